// Claims in a store that no other process can reach: everything is free.
import type { Claim } from './store.ts'

export class OwnClaims {
  readonly #held = new Map<string, Claim>()

  claim(name: string): Promise<Claim> {
    let claim = this.#held.get(name)
    if (claim === undefined) this.#held.set(name, claim = this.#claimOf(name))
    return Promise.resolve(claim)
  }

  #claimOf(name: string): Claim {
    const isHeld = (): boolean => this.#held.get(name) === claim
    const claim: Claim = {
      get held() { return isHeld() },
      release: async () => { if (isHeld()) this.#held.delete(name) },
    }
    return claim
  }
}
