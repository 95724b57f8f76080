// The engine as the page sees it: three threads, so that neither a simulation nor a picture holds up what follows the hand.
import type { Plan } from '../../model/plan.ts'
import { deltaOf } from './delta.ts'
import { Line, newestOnly } from './line.ts'
import type { Asked } from './messages.ts'
import type { DensityRequest, Engine, EngineInput, TrajectoryColumns } from './protocol.ts'

const start = (): Line => new Line(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))

/** Rejects where the corridor or the period can't be worked with, in the engine's words. */
export async function openEngine(input: EngineInput): Promise<Engine> {
  const hand = start()
  const open = async (line: Line): Promise<Line> => {
    await line.ask({ kind: 'open', input })
    return line
  }
  await open(hand)
  let request = 0
  let sent: Plan | undefined
  let simulator: Promise<Line> | undefined
  const painter = new Painter()
  return {
    preview: newestOnly((what) => {
      if ('edits' in what) return hand.ask({ kind: 'preview', request: ++request, what })
      const document = deltaOf(sent, what.document)
      sent = what.document
      return hand.ask({ kind: 'preview', request: ++request, what: { document } })
    }),
    theoretical: (document, range_s) => hand.ask({ kind: 'theoretical', document, range_s }),
    async simulate(asked, { signal, onProgress } = {}) {
      signal?.throwIfAborted()
      const line = await (simulator ??= open(start()))
      signal?.throwIfAborted()
      // A run can't be talked to: its thread ends, and the next one gets a new thread.
      const abort = (): void => {
        simulator = undefined
        line.close(signal?.reason instanceof Error ? signal.reason : new DOMException('the simulation was given up', 'AbortError'))
      }
      signal?.addEventListener('abort', abort, { once: true })
      try {
        return await line.ask({ kind: 'simulate', request: asked }, onProgress)
      } finally {
        signal?.removeEventListener('abort', abort)
      }
    },
    density: newestOnly((asked) => painter.paint(asked)),
    close() {
      hand.close()
      void simulator?.then((line) => line.close())
      painter.close()
    },
  }
}

/** A thread that knows the trajectories it was sent last. */
class Painter {
  readonly #numbers = new WeakMap<TrajectoryColumns, number>()
  #line: Line | undefined
  #known = 0
  #last = 0

  paint({ trajectories, ...request }: DensityRequest): ReturnType<Engine['density']> {
    const line = (this.#line ??= start())
    const columns = this.#numbers.get(trajectories) ?? ++this.#last
    this.#numbers.set(trajectories, columns)
    const asked: Extract<Asked, { kind: 'density' }> = { kind: 'density', request, columns }
    if (this.#known !== columns) asked.trajectories = trajectories
    this.#known = columns
    return line.ask(asked)
  }

  close(): void {
    this.#line?.close()
  }
}
