// One run as a record of fixed size: what decisions between plans need. Workers write it into shared memory, so that a
// thousand runs cost a few kilobytes and no message carries vehicles.
import type { Direction } from '../../model/plan.ts'
import type { RunResult } from '../result.ts'
import type { TripTable } from '../trip-table.ts'

/** Means are over the vehicles that were to come in the measuring window; NaN where there are none. */
export interface RunRecord {
  seed: number
  vehicles_demanded: number
  inserted: number
  completed: number
  inside: number
  waiting: number
  /** 1 or 0. */
  gridlocked: number
  updates: number
  end_s: number
  /**
   * Delay and the wait to enter, s/veh, by which plans are judged. Nobody is left out: who had not arrived when a run was
   * aborted at its gridlock is charged as if he had stood until the hard end of the run.
   */
  total_delay_s: number
  stops: number
  /** Of those that arrived. */
  travel_time_s: number
  insertion_delay_s: number
  /** Of those that travelled the whole corridor. */
  corridor_delay_s: number
  corridor_stops: number
}

const FIELDS = [
  'seed', 'vehicles_demanded', 'inserted', 'completed', 'inside', 'waiting', 'gridlocked', 'updates', 'end_s',
  'total_delay_s', 'stops', 'travel_time_s', 'insertion_delay_s', 'corridor_delay_s', 'corridor_stops',
] as const satisfies (keyof RunRecord)[]

export const RECORD_SIZE = FIELDS.length

/** In: a run, its trips, and the hard end that it had. */
export function recordOf(run: RunResult, trips: TripTable, stop_at_s: number): RunRecord {
  const { vehicles, corridor } = run
  let [delay, travel, arrived] = [0, 0, 0]
  vehicles.trip.forEach((trip, i) => {
    delay += vehicles.delay_s[i]! + vehicles.insertion_delay_s[i]!
    if (vehicles.completed[i] === 1) {
      travel += vehicles.travel_time_s[i]!
      arrived++
    } else delay += Math.max(0, stop_at_s - Math.max(run.end_s, trips.depart_s[trip]!))
  })
  const n = vehicles.trip.length
  return {
    seed: run.seed, vehicles_demanded: run.vehicles_demanded, inserted: run.inserted, completed: run.completed, inside: run.inside, waiting: run.waiting,
    gridlocked: run.gridlocked ? 1 : 0, updates: run.updates, end_s: run.end_s,
    total_delay_s: delay / n, stops: total(vehicles.stops) / n, travel_time_s: travel / arrived, insertion_delay_s: total(vehicles.insertion_delay_s) / n,
    corridor_delay_s: wholeWay(corridor, 'delay_s'), corridor_stops: wholeWay(corridor, 'stops'),
  }
}

const total = (column: Int32Array | Float64Array): number => {
  let sum = 0
  for (const value of column) sum += value
  return sum
}

function wholeWay(corridor: RunResult['corridor'], measure: 'delay_s' | 'stops'): number {
  let [sum, count] = [0, 0]
  for (const direction of ['outbound', 'inbound'] satisfies Direction[]) {
    corridor[direction].complete.forEach((complete, i) => {
      const value = corridor[direction][measure][i]!
      if (complete === 0 || !Number.isFinite(value)) return
      sum += value
      count++
    })
  }
  return sum / count
}

export function writeRecord(into: Float64Array, row: number, record: RunRecord): void {
  FIELDS.forEach((field, k) => { into[row * RECORD_SIZE + k] = record[field] })
}

export const readRecord = (from: Float64Array, row: number): RunRecord =>
  Object.fromEntries(FIELDS.map((field, k) => [field, from[row * RECORD_SIZE + k]!])) as unknown as RunRecord
