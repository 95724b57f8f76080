import { describe, expect, it } from 'vitest'
import { prepareNetwork } from '../prepare.ts'
import { simulate } from '../simulate.ts'
import { compiled, flow, inputFor, oneLaneSignal } from '../testing/networks.ts'
import { tripTable } from '../trip-table.ts'
import { readRecord, recordOf, RECORD_SIZE, writeRecord, type RunRecord } from './record.ts'

const network = oneLaneSignal()

/** Vehicles at a light that turns green once an hour, or at one that is always green. */
function run(green: number, gridlock_after_s: number): { record: RunRecord; waited: number } {
  const trips = flow(network, ['in', 'out'], 0, 40, 10)
  const input = inputFor(network, [compiled('x', 3600, 0, { g: [[0, green]] })], trips, { stop_at_s: 2000, measure_until_s: 2000, gridlock_after_s })
  const found = simulate(prepareNetwork(network), input)
  return { record: recordOf(found, tripTable(trips), 2000), waited: found.vehicles.delay_s.reduce((sum, delay) => sum + delay, 0) / trips.length }
}

describe('recordOf', () => {
  it('counts delay and the wait to enter of all that were to come', () => {
    const { record, waited } = run(3599, 300)
    expect(record).toMatchObject({ vehicles_demanded: 4, completed: 4, inside: 0, waiting: 0, gridlocked: 0 })
    expect(record.total_delay_s).toBeCloseTo(waited + record.insertion_delay_s, 9)
    expect(record.corridor_delay_s).toBeNaN()
  })

  it('charges those who had not arrived when a run was aborted as if they had stood to its end', () => {
    const [ended, aborted] = [run(1, 604_800), run(1, 300)]
    expect([ended.record.completed, aborted.record.completed]).toEqual([0, 0])
    expect([ended.record.gridlocked, aborted.record.gridlocked]).toEqual([0, 1])
    expect(aborted.record.end_s).toBeLessThan(1000)
    expect(aborted.waited).toBeLessThan(ended.waited - 500)
    expect(aborted.record.total_delay_s).toBeCloseTo(ended.record.total_delay_s, 6)
  })

  it('comes out of shared memory as it went in', () => {
    const rows = new Float64Array(new SharedArrayBuffer(3 * RECORD_SIZE * 8))
    const { record } = run(3599, 300)
    writeRecord(rows, 1, record)
    expect(readRecord(rows, 1)).toEqual(record)
    expect(readRecord(rows, 2).seed).toBe(0)
  })
})
