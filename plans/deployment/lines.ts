// One line to a controller at a time: whoever only looks at lamps hangs up before anybody speaks to it about plans.
import type { ControllerAdapter } from '../ports/controllers.ts'

/** Hangs up; comes back when that is done. */
type HangUp = () => Promise<void>

/** Lines of this process, by controller. */
export class Lines {
  readonly #busy = new Map<string, number>()
  readonly #looking = new Map<string, HangUp>()

  /** An adapter that counts as busy until it is closed; whoever looks has hung up by then. */
  async speak(device: string, adapter: ControllerAdapter): Promise<ControllerAdapter> {
    this.#busy.set(device, (this.#busy.get(device) ?? 0) + 1)
    let isOpen = true
    const close = adapter.close.bind(adapter)
    adapter.close = async () => {
      if (isOpen) this.#hangUp(device)
      isOpen = false
      await close()
    }
    await this.#looking.get(device)?.()
    return adapter
  }

  /** False while anybody speaks to the controller. Otherwise `hangUp` is called once somebody wants to, until `looked` is. */
  look(device: string, hangUp: HangUp): boolean {
    if (this.#busy.has(device)) return false
    this.#looking.set(device, hangUp)
    return true
  }

  looked(device: string): void {
    this.#looking.delete(device)
  }

  #hangUp(device: string): void {
    const left = (this.#busy.get(device) ?? 1) - 1
    if (left === 0) this.#busy.delete(device)
    else this.#busy.set(device, left)
  }
}
