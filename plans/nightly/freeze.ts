// The day as it was, measured once: whoever comes later finds what the first one found, however late a feed delivers.
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import type { NetworkRecord } from '../ports/networks.ts'
import type { Store } from '../ports/store.ts'
import { openReckoner } from '../reckoning/reckoner.ts'

export interface FreezeRequest {
  network: NetworkRecord
  scenario: Scenario
  /** Local date. */
  day: string
  signal: AbortSignal
}

/** The frozen state of the day; undefined where no feed told anything. Throws `input.value` where a feed lies off the roads as another datum does. */
export async function freezeDay(store: Store, { network, scenario, day, signal }: FreezeRequest): Promise<TrafficState | undefined> {
  const frozen = await store.states.day(network.id, day)
  if (frozen !== undefined) return frozen
  const measured = await measureDay(store, { network, scenario, day, signal })
  if (measured === undefined) return undefined
  return store.tx(async (stores) => {
    const other = await stores.states.day(network.id, day)
    if (other !== undefined) return other
    await stores.states.putDay(network.id, day, measured)
    return measured
  })
}

/** Rows that go to the thread at once; as many are read meanwhile, and no more. */
const ROWS = 2000

async function measureDay(store: Store, { network, scenario, day, signal }: FreezeRequest): Promise<TrafficState | undefined> {
  const number = parseDay(day)
  if (number === undefined) throw new GreenwaveError('input.value', `the day is ${JSON.stringify(day)}; it must be a date such as 2026-11-22`)
  const local = new LocalTime(network.time_zone)
  const { timing, scenario: settings, network: { coordinate_reference } } = scenario
  const reckoner = openReckoner(scenario.network)
  let taken = reckoner.ask('beginDay', { timing, settings, coordinate_reference, time_zone: network.time_zone }, signal)
  // It may fail while the next rows are read; told is what is awaited.
  taken.catch(() => {})
  try {
    for await (const piece of store.observations.fixes(network.id, local.instant(number, 0), local.instant(number + 1, 0))) {
      for (let from = 0; from < piece.length; from += ROWS) {
        await taken
        taken = reckoner.ask('addFixes', piece.slice(from, from + ROWS), signal)
        taken.catch(() => {})
      }
    }
    await taken
    return await reckoner.ask('endDay', undefined, signal)
  } finally {
    await reckoner.close()
  }
}
