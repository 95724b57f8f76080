// Painting on a worker thread, so that whoever answers requests never waits for fonts and pictures. Compiled code only; from TypeScript sources it is done where it is called.
import { Worker } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import { painted, type PaintedAs } from './painting.ts'

export interface ToPainter { ticket: number; svg: string; as: PaintedAs }
export type FromPainter = { ticket: number } & ({ bytes: Uint8Array } | { failed: string })

interface Asked { resolve: (bytes: Uint8Array) => void; reject: (error: unknown) => void }
interface Thread { worker: Worker; asked: Map<number, Asked> }

const isCompiled = import.meta.url.endsWith('.js')
let thread: Thread | undefined
let tickets = 0

/** Bytes of `painted`, made elsewhere. A thread that dies fails what it had; the next drawing starts another one. */
export function paint(svg: string, as: PaintedAs): Promise<Uint8Array> {
  if (!isCompiled) return new Promise((resolve) => resolve(painted(svg, as)))
  const { worker, asked } = thread ??= startThread()
  const ticket = ++tickets
  return new Promise((resolve, reject) => {
    asked.set(ticket, { resolve, reject })
    worker.ref()
    worker.postMessage({ ticket, svg, as } satisfies ToPainter, [])
  })
}

function startThread(): Thread {
  const worker = new Worker(new URL('./painting-worker.js', import.meta.url))
  const started: Thread = { worker, asked: new Map() }
  const end = (why: string): void => {
    if (thread === started) thread = undefined
    for (const { reject } of started.asked.values()) reject(new GreenwaveError('internal', why))
    started.asked.clear()
  }
  worker.on('message', (message: FromPainter) => {
    const asked = started.asked.get(message.ticket)
    started.asked.delete(message.ticket)
    // A process that waits for no picture may end.
    if (started.asked.size === 0) worker.unref()
    if ('bytes' in message) asked?.resolve(message.bytes)
    else asked?.reject(new GreenwaveError('internal', `the picture of a screen could not be painted: ${message.failed}`))
  })
  worker.on('error', (error) => end(`the thread that paints pictures failed: ${String(error)}`))
  worker.on('exit', (code) => end(`the thread that paints pictures ended with code ${code}`))
  return started
}
