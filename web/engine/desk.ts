// What a worker of the engine does with a question: plain functions, tried without a worker.
import { GreenwaveError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import { withDelta } from './delta.ts'
import { densityOf } from './density.ts'
import type { Answers, Asked, Question, Said } from './messages.ts'
import { Previewer } from './previewer.ts'
import type { EngineInput, Measured, Preview, TrajectoryColumns } from './protocol.ts'
import { simulateDocument } from './simulation-run.ts'
import { theoreticalVehicles } from './theoretical.ts'

export class Desk {
  #input: EngineInput | undefined
  #previewer: Previewer | undefined
  /** Of which the next plan is told as a change. */
  #sent: Plan | undefined
  #columns: { number: number; trajectories: TrajectoryColumns } | undefined

  answer(question: Question, say: (said: Said, transfer: ArrayBuffer[]) => void): void {
    const { id } = question
    try {
      const value = this.#work(question, (share) => say({ id, kind: 'progress', share }, []))
      say({ id, kind: 'done', value }, buffersOf(value))
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error)
      say({ id, kind: 'failed', sentence, ...(error instanceof GreenwaveError ? { code: error.code } : {}) }, [])
    }
  }

  #work(asked: Asked, onProgress: (share: number) => void): Answers[keyof Answers] {
    switch (asked.kind) {
      case 'open':
        this.#input = asked.input
        this.#previewer = undefined
        this.#sent = undefined
        return true
      case 'preview': {
        const previewer = this.#open()
        if ('edits' in asked.what) return shownOf(previewer.preview(asked.request, asked.what))
        this.#sent = withDelta(this.#sent, asked.what.document)
        return shownOf(previewer.preview(asked.request, { document: this.#sent }))
      }
      case 'theoretical': return theoreticalVehicles(this.#open().graph, this.#open().corridor, asked.document, asked.range_s)
      case 'simulate': return simulateDocument(this.#known(), asked.request, onProgress)
      case 'density': {
        if (asked.trajectories !== undefined) this.#columns = { number: asked.columns, trajectories: asked.trajectories }
        if (this.#columns?.number !== asked.columns) throw new GreenwaveError('internal', `trajectories ${asked.columns} were never sent`)
        return densityOf({ ...asked.request, trajectories: this.#columns.trajectories })
      }
    }
  }

  #known(): EngineInput {
    if (this.#input === undefined) throw new GreenwaveError('internal', 'the engine was asked before it was opened')
    return this.#input
  }

  #open(): Previewer {
    return (this.#previewer ??= new Previewer(this.#known()))
  }
}

/** The page has the document and its windows: what it does not get it need not read. */
function shownOf({ document: _document, compiled: _compiled, ...shown }: Measured): Preview {
  return shown
}

/** Columns at the top of an answer go over without a copy. */
function buffersOf(value: object | true): ArrayBuffer[] {
  if (value === true) return []
  return Object.values(value).flatMap((part: unknown): ArrayBuffer[] => {
    if (ArrayBuffer.isView(part)) return part.buffer instanceof ArrayBuffer ? [part.buffer] : []
    return typeof part === 'object' && part !== null && !Array.isArray(part) && Object.values(part).some((inner) => ArrayBuffer.isView(inner)) ? buffersOf(part) : []
  })
}
