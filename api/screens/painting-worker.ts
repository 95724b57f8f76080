// A worker thread that paints drawings one after another: each answers by its ticket.
import { parentPort } from 'node:worker_threads'
import type { FromPainter, ToPainter } from './painting-thread.ts'
import { painted } from './painting.ts'

const port = parentPort!

port.on('message', ({ ticket, svg, as }: ToPainter) => {
  try {
    // A copy of its own, of which the memory can be handed over.
    const bytes = new Uint8Array(painted(svg, as))
    port.postMessage({ ticket, bytes } satisfies FromPainter, [bytes.buffer])
  } catch (error) {
    port.postMessage({ ticket, failed: error instanceof Error ? error.message : String(error) } satisfies FromPainter)
  }
})
