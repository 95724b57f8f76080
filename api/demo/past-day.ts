// Yesterday, simulated in the background, some hours at a time, and stored hour by hour as if its probes had been heard then: a night has a day to work on.
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { formatDay, LocalTime } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import { Ingest, matchingHere } from '../../plans/live/index.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import type { Store } from '../../plans/ports/store.ts'
import { timingReader } from '../../plans/workflow/index.ts'
import { decodeBatch, groundOf } from '../ingest/decode.ts'
import type { Told } from './messages.ts'
import type { Street } from './street-thread.ts'
import { DEMO_NETWORK } from './town.ts'
import { stretchFrom } from './timings.ts'

export const PAST_DAY_JOB = 'demo.past-day'

const HOUR_S = 3600
const STEP_S = 300
/** Between steps, so that whoever asks meanwhile is answered. */
const BREATH_MS = 20
/** Of an hour: anything heard then, and the hour is taken as it is. */
const SAMPLE_S = 600
/** Hours that are simulated at a time, each in a thread: somebody waits for the day. */
const MOST_STREETS = 4

export interface PastDay {
  store: Store
  scenario: Scenario
  feed: FeedRecord
  open: () => Street
  seed: number
}

/** The hours of a local day of which nothing is stored yet. Answers how many were missing. */
export async function simulatePastDay({ store, scenario, feed, open, seed }: PastDay, day: number, { report, signal }: { report: (share: number, label: string) => void; signal: AbortSignal }): Promise<{ day: string; hours: number }> {
  const local = new LocalTime(scenario.scenario.time_zone)
  const hours = await missingHours(store, local, day)
  if (hours.length === 0) return { day: formatDay(day), hours: 0 }
  // Its clock is that of the day: what a feed told then was heard then.
  const clock = { time_s: hours[0]!, now: () => clock.time_s }
  const ingest = new Ingest({ network: DEMO_NETWORK, map: scenario.network, matching: matchingHere(new RoadGraph(scenario.network)), store, clock })
  try {
    for await (const { i, from, told } of driven({ store, open, seed }, { local, hours, signal })) {
      report(i / hours.length, `simulating ${formatDay(day)} from ${local.timeOfDay(from) / HOUR_S}:00`)
      for (const [step, { csv, fixes: count }] of told.entries()) {
        signal.throwIfAborted()
        clock.time_s = from + (step + 1) * STEP_S
        if (count > 0) {
          const { fixes, health } = await decodeBatch(feed, groundOf(scenario), csv, clock.time_s)
          await ingest.submit({ feed: feed.id, id: `past-${clock.time_s}`, fixes, health })
          await ingest.storeMinutes()
        }
        await sleep(BREATH_MS)
      }
    }
  } finally {
    await ingest.close()
  }
  return { day: formatDay(day), hours: hours.length }
}

/** The hours in their order, each with what its probes told step by step. The next ones are simulated meanwhile. */
async function* driven({ store, open, seed }: Pick<PastDay, 'store' | 'open' | 'seed'>, { local, hours, signal }: { local: LocalTime; hours: readonly Instant[]; signal: AbortSignal }): AsyncGenerator<{ i: number; from: Instant; told: Told[] }> {
  const streets = hours.slice(0, Math.min(MOST_STREETS, availableParallelism())).map(() => open())
  const reader = timingReader(store)
  const drive = async (i: number): Promise<Told[]> => {
    const [street, from] = [streets[i % streets.length]!, hours[i]!]
    await street.begin(await stretchFrom(reader, { network: DEMO_NETWORK, local, from, seed }))
    const told: Told[] = []
    for (let to = from + STEP_S; to <= from + HOUR_S; to += STEP_S) {
      signal.throwIfAborted()
      told.push(await street.advance(to))
    }
    return told
  }
  const begin = (i: number): Promise<Told[]> => {
    const told = drive(i)
    // What fails is said when it is this hour's turn.
    told.catch(() => {})
    return told
  }
  try {
    const ahead = streets.map((_, i) => begin(i))
    for (const [i, from] of hours.entries()) {
      const told = await ahead.shift()!
      if (i + streets.length < hours.length) ahead.push(begin(i + streets.length))
      yield { i, from, told }
    }
  } finally {
    await Promise.all(streets.map((street) => street.close()))
  }
}

async function missingHours(store: Store, local: LocalTime, day: number): Promise<Instant[]> {
  const hours: Instant[] = []
  for (let hour = 0; hour < 24; hour++) {
    const from = local.instant(day, hour * HOUR_S)
    const middle = from + (HOUR_S - SAMPLE_S) / 2
    if (!(await isHeard(store, middle, middle + SAMPLE_S))) hours.push(from)
  }
  return hours
}

async function isHeard({ observations }: Store, from: Instant, until: Instant): Promise<boolean> {
  for await (const rows of observations.fixes(DEMO_NETWORK, from, until)) if (rows.length > 0) return true
  return false
}
