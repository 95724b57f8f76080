// Saves what waits, one request at a time, without anybody pressing a button. Knows neither pages nor networks: who sends and who keeps is given.
import type { PlanEdit } from '../../plans/workflow/edits.ts'

/** Saved; on its way; held back because of a fault; taken by nobody now, tried again; refused for good. */
export type SavingState = 'saved' | 'saving' | 'invalid' | 'offline' | 'refused'

export interface SavingPort {
  /** What waits, in order, and whether the document that it leads to may be saved; undefined as long as nobody knows: `changed` is called again then. */
  waiting(): { edits: readonly PlanEdit[]; valid: boolean | undefined }
  /** Throws as it was refused. */
  send(edits: readonly PlanEdit[]): Promise<void>
  /** Of a refusal: `again` after a while, `stale` when the document has changed meanwhile, else for good. */
  judge(error: unknown): 'again' | 'stale' | 'refused'
  /** Reads the plan anew and lays what waits over it; false where it does not fit any more. */
  reload(): Promise<boolean>
  show(state: SavingState, error?: unknown): void
  after(ms: number, run: () => void): void
}

/** Steps of one gesture and its neighbours go together; longer would be felt when the page is closed. */
const GATHER_MS = 250
const AGAIN_MS = 3000
/** As many as the service takes at once. */
const MOST = 1000

export class Saver {
  readonly #port: SavingPort
  #busy = false
  #scheduled = false

  constructor(port: SavingPort) {
    this.#port = port
  }

  /** After every change of what waits. */
  changed(wait_ms = GATHER_MS): void {
    const { edits, valid } = this.#port.waiting()
    if (edits.length === 0 && !this.#busy) return this.#port.show('saved')
    if (valid === false) return this.#port.show('invalid')
    this.#port.show('saving')
    if (valid === undefined || this.#scheduled || this.#busy) return
    this.#scheduled = true
    this.#port.after(wait_ms, () => {
      this.#scheduled = false
      void this.#save()
    })
  }

  async #save(): Promise<void> {
    const { edits, valid } = this.#port.waiting()
    if (this.#busy || edits.length === 0 || valid !== true) return this.changed()
    this.#busy = true
    try {
      await this.#port.send(edits.slice(0, MOST))
      this.#busy = false
      this.changed()
    } catch (error) {
      this.#busy = false
      await this.#refused(error)
    }
  }

  async #refused(error: unknown): Promise<void> {
    const verdict = this.#port.judge(error)
    if (verdict === 'refused') return this.#port.show('refused', error)
    if (verdict === 'again') {
      this.#port.show('offline', error)
      return this.#port.after(AGAIN_MS, () => void this.#save())
    }
    try {
      if (await this.#port.reload()) this.changed(0)
      else this.#port.show('refused', error)
    } catch (lost) {
      this.#port.show('offline', lost)
      this.#port.after(AGAIN_MS, () => void this.#save())
    }
  }
}
