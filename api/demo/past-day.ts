// Yesterday, simulated in the background hour by hour and stored as if its probes had been heard then: a night has a day to work on.
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
  const street = open()
  try {
    const reader = timingReader(store)
    for (const [i, from] of hours.entries()) {
      report(i / hours.length, `simulating ${formatDay(day)} from ${local.timeOfDay(from) / HOUR_S}:00`)
      const stretch = await stretchFrom(reader, { network: DEMO_NETWORK, local, from, seed })
      await street.begin(stretch)
      for (let to = from + STEP_S; to <= from + HOUR_S; to += STEP_S) {
        signal.throwIfAborted()
        const told = await street.advance(to)
        clock.time_s = to
        if (told.fixes > 0) {
          const { fixes, health } = await decodeBatch(feed, groundOf(scenario), told.csv, to)
          await ingest.submit({ feed: feed.id, id: `past-${to}`, fixes, health })
          await ingest.storeMinutes()
        }
        await sleep(BREATH_MS)
      }
    }
  } finally {
    await street.close()
    await ingest.close()
  }
  return { day: formatDay(day), hours: hours.length }
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
