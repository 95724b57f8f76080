// Who of several processes does what has a name. Alone, a process does everything.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Service } from '../server.ts'

/** As `adapters/streams/nats` shares names out. */
export interface Sharing {
  /** `mqtt`: what the names are of. */
  group: string
  /** All names that somebody should have, asked again and again. */
  wanted: () => Promise<readonly string[]>
  gain: (name: string) => { release(patience_ms: number): Promise<void> }
  warn: (sentence: string) => void
}

export interface Shares {
  stop(patience_ms: number): Promise<void>
}

export type Share = (sharing: Sharing) => Shares

const shares = new WeakMap<Service, Share>()
const LOOK_MS = 2000

export const setShare = (service: Service, share: Share): void => { shares.set(service, share) }
export const shareOf = (service: Service): Share => shares.get(service) ?? alone

/** Everything here. */
export function alone({ wanted, gain, warn }: Sharing, look_ms = LOOK_MS): Shares {
  const held = new Map<string, ReturnType<Sharing['gain']>>()
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const names = new Set(await wanted())
        for (const [name, holding] of held) {
          if (names.has(name)) continue
          held.delete(name)
          await holding.release(look_ms)
        }
        for (const name of names) if (!held.has(name) && !stopping.signal.aborted) held.set(name, gain(name))
      } catch (error) {
        warn(`what is to be read could not be looked up: ${(error as Error).message}`)
      }
      await sleep(look_ms, undefined, { signal: stopping.signal }).catch(() => {})
    }
  })()
  return {
    async stop(patience_ms) {
      stopping.abort()
      await running
      await Promise.all([...held.values()].map((holding) => holding.release(patience_ms)))
    },
  }
}
