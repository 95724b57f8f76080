// What controllers and lines do wrong in the field, as switches. The core keeps those that need no protocol; an emulator asks for the others where it codes and decodes,
// and has those that only its protocol can get wrong (the order of arrays, checksums) in its own settings.

export type RequestKind = 'read' | 'write' | 'command'

/** What becomes of a reply. `late` comes after `late_ms` of the computer's time, when whoever asked has given up. */
export type Fate = 'sent' | 'dropped' | 'duplicated' | 'late'

export class Faults {
  /** Acknowledges that another plan shall run and goes on with the old one. */
  ack_without_effect = false
  /** Besides, tells the new plan when asked which one runs. */
  echo_without_effect = false
  /** Acknowledges writes and keeps what it had. */
  ignores_writes = false
  /** Takes a plan whose parts don't add up to its cycle, and runs the parts. */
  sum_unchecked = false
  /** Of a write of several items so many stand; then comes a refusal. */
  partial_after: number | undefined
  /** Refuses whatever is written. */
  refuses_writes = false
  /** Refuses to change plans. */
  refuses_commands = false
  /** Answers carry a sequence of their own, or none. */
  no_sequence_echo = false
  /** Answers to writes repeat another value than was sent. */
  wrong_echo = false
  /** Nothing comes in or goes out. */
  link_down = false
  /** Of the computer's clock. */
  late_ms = 600
  readonly #fates: { on: RequestKind | 'any'; fate: Fate; times: number }[] = []
  readonly #actions: { on: RequestKind | 'any'; left: number; action(): void }[] = []

  /** What becomes of the next `times` replies to such requests. */
  nextReply(fate: Fate, on: RequestKind | 'any' = 'any', times = 1): void { this.#fates.push({ on, fate, times }) }

  /** Does something just before the nth such request from now is worked on: another writer, a restart, the line cut. */
  atRequest(on: RequestKind | 'any', action: () => void, nth = 1): void { this.#actions.push({ on, left: nth, action }) }

  /** An emulator calls it for each request that came in, before it works on it. False: it never arrived. */
  arrives(kind: RequestKind): boolean {
    for (const due of this.#actions.filter(({ on }) => on === 'any' || on === kind)) {
      if (--due.left > 0) continue
      this.#actions.splice(this.#actions.indexOf(due), 1)
      due.action()
    }
    return !this.link_down
  }

  /** An emulator sends each reply through it. */
  deliver(kind: RequestKind, send: () => void): void {
    if (this.link_down) return
    const due = this.#fates.find(({ on, times }) => times > 0 && (on === 'any' || on === kind))
    if (due !== undefined && --due.times === 0) this.#fates.splice(this.#fates.indexOf(due), 1)
    switch (due?.fate ?? 'sent') {
      case 'sent': send(); return
      case 'dropped': return
      case 'duplicated': send(); send(); return
      case 'late': setTimeout(() => { if (!this.link_down) send() }, this.late_ms).unref()
    }
  }
}
