import { describe, expect, it } from 'vitest'
import type { MeasuredApproach } from '../../optimizer/dynamic/index.ts'
import { type DynamicRunTask, cutOff, runDynamic } from './run-dynamic.ts'
import type { Pattern } from '../../model/signal.ts'

const heard = (until_s: number): MeasuredApproach[] => [{ sensor: '1/a', signal: '1', link: 'a', from_s: until_s - 60, until_s, lanes: [], movements: [], entered: 0, entry_speed_mps: Number.NaN, vehicles: 0 }]

describe('cutOff', () => {
  it('lets data through until its time, then tells what was said last', () => {
    const feed = cutOff(200)
    expect(feed(100, heard(100))[0]!.until_s).toBe(100)
    expect(feed(199, heard(199))[0]!.until_s).toBe(199)
    expect(feed(200, heard(200))[0]!.until_s).toBe(199)
    expect(feed(900, heard(900))[0]!.until_s).toBe(199)
  })

  it('tells nothing where data was cut off from the beginning', () => {
    expect(cutOff(0)(60, heard(60))).toEqual([])
  })
})

describe('runDynamic', () => {
  it('refuses a schedule without a common cycle, naming two signals', () => {
    const pattern = (signal: string, cycle_s: number): Pattern => ({ kind: 'rings', signal, cycle_s, offset_s: 0, offset_reference: 'begin_of_green', coordinated: [], barriers: [] })
    const task = { schedule: [pattern('1', 90), pattern('2', 90), pattern('3', 120)], every_cycles: 2 } as unknown as DynamicRunTask
    expect(() => runDynamic(task)).toThrow('signals 1 and 3 of the schedule have cycles of 90 s and 120 s; the dynamic mode needs one')
  })
})
