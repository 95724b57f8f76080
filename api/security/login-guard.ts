// Slows down who guesses passwords: a login, and an address, that failed too often waits, longer each time.
import { GreenwaveError } from '../../model/errors.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { Instant } from '../../model/units.ts'

const FREE = { login: 5, address: 20 } as const
const FIRST_WAIT_S = 15
const LONGEST_WAIT_S = 900
const FORGET_S = 3600
const MOST_REMEMBERED = 20_000

interface Failures {
  count: number
  last: Instant
}

export class LoginGuard {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `request.too-many` while the login or the address has to wait. */
  check(login: string, address: string): void {
    const wait = Math.max(this.#wait(`login ${login}`, FREE.login), this.#wait(`address ${address}`, FREE.address))
    if (wait > 0) throw new GreenwaveError('request.too-many', `Too many wrong passwords; try again in ${Math.ceil(wait)} s`)
  }

  failed(login: string, address: string): void {
    const now = this.#clock.now()
    for (const key of [`login ${login}`, `address ${address}`]) {
      const before = this.#failures.get(key)
      this.#failures.delete(key)
      this.#failures.set(key, { count: before === undefined || now - before.last > FORGET_S ? 1 : before.count + 1, last: now })
    }
    // The oldest go first: a Map keeps the order of insertion.
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MOST_REMEMBERED) break
      this.#failures.delete(key)
    }
  }

  passed(login: string): void {
    this.#failures.delete(`login ${login}`)
  }

  #wait(key: string, free: number): number {
    const failures = this.#failures.get(key)
    if (failures === undefined || failures.count < free) return 0
    const wait = Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (failures.count - free))
    const now = this.#clock.now()
    // A clock that was put back must not keep anybody out for longer.
    failures.last = Math.min(failures.last, now)
    return failures.last + wait - now
  }
}
