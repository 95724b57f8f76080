// What the signals of the town must run over a stretch of time, as cabinets are told it.
import type { LocalTime } from '../../model/local-time.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Instant, TimeOfDay } from '../../model/units.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { Store } from '../../plans/ports/store.ts'
import type { SignalTiming, TimingReader } from '../../plans/workflow/index.ts'
import type { Stretch, TimingFrom } from './street.ts'

const HOUR_S = 3600

/** What the street asks for: which pattern, until when. */
export interface StreetTimings {
  currentTimings(network: string, at: Instant): Promise<Pick<SignalTiming, 'signal' | 'pattern' | 'hash' | 'until_s'>[]>
}

/** What controllers were made to run, over what the schedule says: a green wave that was pushed is driven on, and gone when it is rolled back. */
export const withDeployed = (store: Pick<Store, 'deployments'>, reader: Pick<TimingReader, 'currentTimings'>): StreetTimings => ({
  async currentTimings(network, at) {
    const lists = await Promise.all((['LEASED', 'PERMANENT'] as const).map((state) => store.deployments.list({ network, state }, { limit: 1000 })))
    const deployed = new Map(lists.flatMap(({ items }) => items).sort((a, b) => a.created_at - b.created_at).map(({ signal, want }) => [signal, want]))
    return (await reader.currentTimings(network, at)).map((timing) => {
      const want = deployed.get(timing.signal)
      return want === undefined ? timing : { ...timing, pattern: want.pattern, hash: want.hash }
    })
  },
})

/** The stretch from an instant to the next full hour, under the timing that the store has for it. */
export async function stretchFrom(reader: StreetTimings, { network, local, from, seed }: { network: string; local: LocalTime; from: Instant; seed: number }): Promise<Stretch> {
  const day = local.day(from)
  const from_s = local.timeOfDay(from)
  const midnight = from - from_s
  const until_s = (Math.floor(from_s / HOUR_S) + 1) * HOUR_S
  const timings: TimingFrom[] = []
  const known = new Map<SignalId, string>()
  for (let time_s = from_s; time_s < until_s;) {
    const now = await reader.currentTimings(network, midnight + time_s)
    const changed = now.filter(({ signal, hash }) => known.get(signal) !== hash)
    for (const { signal, hash } of changed) known.set(signal, hash)
    if (changed.length > 0) timings.push({ time_s, patterns: changed.map(({ pattern }) => pattern) })
    // A reader that names an end that is past would be asked for ever.
    time_s = Math.max(time_s + 1, Math.min(...now.map((timing) => timing.until_s - midnight)))
  }
  return { day, from_s, until_s, timings, seed }
}

/** The same word where two lists run the same from a time of day on. */
export function wordFrom(timings: readonly TimingFrom[], time_s: TimeOfDay): string {
  const running = new Map<SignalId, Pattern>()
  for (const { time_s: from_s, patterns } of timings) if (from_s <= time_s) for (const pattern of patterns) running.set(pattern.signal, pattern)
  const bySignal = (patterns: Iterable<Pattern>): Pattern[] => [...patterns].sort((a, b) => (a.signal < b.signal ? -1 : 1))
  return hashOf([bySignal(running.values()), ...timings.filter(({ time_s: from_s }) => from_s > time_s).map(({ time_s: at, patterns }) => ({ at, patterns: bySignal(patterns) }))])
}
