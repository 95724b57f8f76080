import { describe, expect, it } from 'vitest'
import type { Lamp, LampTiming } from '../../model/device/device.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { PhaseNumber } from '../../model/observation.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { streetScenario } from '../testing/records.ts'
import { AlarmState } from './alarm.ts'
import { greensOfLog } from './codes.ts'
import { EventBatches } from './event-batches.ts'
import { LampLog } from './lamp-log.ts'
import { Places } from './places.ts'

/** A Monday, 0 o'clock. */
const MIDNIGHT_S = 1_767_571_200
const UTC = new LocalTime('UTC')
const NUMBERS: PhaseNumber[] = [{ device: 'x', signal: 'S', group: 'a', phase: 2, kind: 'phase' }, { device: 'x', signal: 'S', group: 'w', phase: 2, kind: 'pedestrian' }]
const TIMING: LampTiming = { cycle: 700, offset: 100, groups: [{ group: 'a', greens: [[0, 300]], yellow: 30, red_clearance: 20 }, { group: 'w', greens: [[350, 500]], yellow: 0, red_clearance: 0 }] }

/** What the timing shows, `late_s` after its time. */
function lampsAt(time_s: number, late_s = 0): { group: string; lamp: Lamp }[] {
  const position = ((time_s - MIDNIGHT_S - late_s - 10) % 70 + 70) % 70
  return [{ group: 'a', lamp: position < 30 ? 'green' : position < 33 ? 'yellow' : 'red' }, { group: 'w', lamp: position >= 35 && position < 50 ? 'green' : 'red' }]
}

function watch(log: LampLog, from_s: number, until_s: number, { late_s = 0, mode = 'coordinated' as 'coordinated' | 'preempted' } = {}) {
  const rows = []
  for (let time_s = from_s; time_s < until_s; time_s += 0.5) rows.push(...log.add({ time_s, mode, lamps: lampsAt(time_s, late_s) }))
  return rows
}

describe('the log of lamps', () => {
  it('tells each edge once, half way between two looks, and its greens come back out of it', () => {
    const start = MIDNIGHT_S + 36_000
    const rows = watch(new LampLog(NUMBERS), start, start + 300)
    expect(new Set(rows.map(({ event }) => event))).toEqual(new Set([1, 8, 10, 21, 22, 23]))
    const greens = greensOfLog(rows, NUMBERS)
    expect(greens.filter(({ group }) => group === 'a').length).toBeGreaterThanOrEqual(3)
    for (const { group, start_s, end_s } of greens) expect([group, Math.abs(end_s - start_s - (group === 'a' ? 30 : 15)) <= 0.5]).toEqual([group, true])
  })

  it('says nothing of what happened in a hole, nor of dark lamps', () => {
    const log = new LampLog(NUMBERS)
    const start = MIDNIGHT_S + 10
    log.add({ time_s: start, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'green' }] })
    expect(log.add({ time_s: start + 5, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'red' }] })).toEqual([])
    expect(log.add({ time_s: start + 5.5, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'dark' }] })).toEqual([])
    expect(log.add({ time_s: start + 6, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'green' }] })).toEqual([])
    expect(log.add({ time_s: start + 5.9, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'red' }] })).toEqual([])
    expect(log.add({ time_s: start + 6.5, mode: 'coordinated', lamps: [{ group: 'a', lamp: 'red' }] }).map(({ event }) => event)).toEqual([8, 10])
  })

  it('judges by whole cycles in a steady mode, and tells drift from another plan', () => {
    const start = MIDNIGHT_S + 36_000
    const judged = (options: Parameters<typeof watch>[3], seconds = 230) => {
      const log = new LampLog(NUMBERS)
      watch(log, start, start + seconds, options)
      return log.judge(TIMING, start, UTC)
    }
    expect(judged({})).toBe('followed')
    expect(judged({ late_s: 4 })).toMatchObject({ kind: 'drift' })
    expect(judged({}, 100)).toBeUndefined()
    expect(judged({ mode: 'preempted', late_s: 4 })).toBeUndefined()
    const log = new LampLog(NUMBERS)
    watch(log, start, start + 230)
    expect(log.judge({ ...TIMING, cycle: 800 }, start, UTC)).toMatchObject({ kind: 'mismatch' })
    expect(log.judge({ ...TIMING, cycle: 800 }, start + 200, UTC)).toBeUndefined()
  })

  it('gives a controller some cycles after midnight where a day is no whole number of cycles', () => {
    const log = new LampLog(NUMBERS)
    watch(log, MIDNIGHT_S - 200, MIDNIGHT_S + 400, { late_s: 20 })
    expect(log.judge(TIMING, MIDNIGHT_S - 300, UTC)).toBeUndefined()
    watch(log, MIDNIGHT_S + 400, MIDNIGHT_S + 800, { late_s: 20 })
    expect(log.judge(TIMING, MIDNIGHT_S - 300, UTC)).toMatchObject({ kind: 'drift' })
  })
})

describe('an alarm', () => {
  const drift = { kind: 'drift', drift_s: 3, sentences: ['late'] } as const
  const mismatch = { kind: 'mismatch', sentences: ['other'] } as const

  it('is raised when it lasts, once, and cleared once', () => {
    const alarm = new AlarmState()
    const told = [drift, 'followed', drift, undefined, drift, drift, mismatch, mismatch, mismatch, mismatch, mismatch, mismatch, 'followed', 'followed'].map((seen) => alarm.take(seen as never).map((one) => `${one.alarm.kind} ${one.raised}`))
    expect(told).toEqual([[], [], [], [], ['drift true'], [], [], [], [], [], ['drift false', 'mismatch true'], [], ['mismatch false'], []])
  })
})

describe('places', () => {
  it('are had by so many at once, in the order of asking, and left by those who give up', async () => {
    const places = new Places(1)
    const never = new AbortController()
    const [gives, order] = [new AbortController(), [] as string[]]
    await places.take(never.signal)
    const gone = places.take(gives.signal).catch(() => order.push('gone'))
    const next = places.take(never.signal).then(() => order.push('next'))
    gives.abort(new Error('enough'))
    await gone
    places.give()
    await next
    expect([order, places.isWanted]).toEqual([['gone', 'next'], false])
  })
})

describe('batches of the log', () => {
  it('are stored once, also where the store answered nothing the first time', async () => {
    const store = memoryStore({ now: () => MIDNIGHT_S })
    await store.networks.put('town', streetScenario(), 'li', 0)
    let fails = 1
    const flaky = new Proxy(store, { get: (target, name) => (name === 'observations' ? { ...target.observations, append: async (batch: never) => {
      const outcome = await target.observations.append(batch)
      if (fails-- > 0) throw new Error('no answer')
      return outcome
    } } : Reflect.get(target, name, target)) })
    const batches = new EventBatches(flaky, 'town')
    batches.add([{ device: 'x', time_s: MIDNIGHT_S + 2, event: 8, parameter: 2 }, { device: 'x', time_s: MIDNIGHT_S + 1, event: 1, parameter: 2 }])
    await expect(batches.flush(MIDNIGHT_S + 5)).rejects.toThrow('no answer')
    batches.add([{ device: 'x', time_s: MIDNIGHT_S + 3, event: 10, parameter: 2 }])
    await batches.flush(MIDNIGHT_S + 6)
    await batches.flush(MIDNIGHT_S + 7)
    const rows = []
    for await (const some of store.observations.events('town', 0, MIDNIGHT_S + 100)) rows.push(...some)
    expect(rows.map(({ event }) => event)).toEqual([1, 8, 10])
  })
})
