import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkWrite } from '../../../model/device/check-write.ts'
import type { Baseline, WantedTiming } from '../../../model/device/device.ts'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Signal, StagePattern } from '../../../model/signal.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { traciDriver } from './driver.ts'
import { WRITABLE } from './write-set.ts'

const group = (id: string) => ({ id, kind: 'vehicle' as const, min_green_s: 8, yellow_s: 3, red_clearance_s: 2 })
const signal: Signal = { id: 'J1', source_id: 'J1', nodes: [], groups: [group('a'), group('b')], conflicts: [['a', 'b']] }
const settings = { port: 1, starts_at: 0, light: 'J1', links: [{ groups: [{ group: 'a', right_of_way: 'protected' }], rest: 'r' }, { groups: [{ group: 'b', right_of_way: 'protected' }], rest: 'r' }] }
const context: DriverContext = { signal, time_zone: 'UTC', now: () => 0, wait: () => Promise.resolve(), wire: () => undefined, secret: () => undefined }
const open = (more: Record<string, unknown> = {}) => traciDriver().open({ id: 'one', network: 'n', signal: 'J1', protocol: 'traci', settings: { ...settings, ...more }, enabled: true, version: 1 }, context)

const kept = { kind: 'vehicle' as const, min_green: 80, yellow: 30, red_clearance: 20 }
const base: Baseline = {
  device: 'one', read_at: 0, hash: 'h', mode: 'fixed', active_slot: 1, clock_skew_s: 0, image: { 'program 0': 'type 0\n30 s Gr\n3 s yr\n2 s rr\n20 s rG\n3 s ry\n2 s rr' },
  config: { groups: [{ group: 'a', name: 'a', ...kept }, { group: 'b', name: 'b', ...kept }], conflicts: [['a', 'b']], intergreens: [], slots: [{ slot: 1, used_by: ['it runs now'] }, { slot: 107, used_by: [] }] },
}

function wanted(first: number, second: number, offset_s: number): WantedTiming {
  const pattern: StagePattern = {
    kind: 'stages', signal: 'J1', cycle_s: first + second + 10, offset_s, offset_reference: 'sequence_start', coordinated: ['a'],
    stages: [{ id: 'A', kind: 'stage', green: ['a'], duration_s: first }, { id: 'ab', kind: 'interstage', green: [], duration_s: 5 }, { id: 'B', kind: 'stage', green: ['b'], duration_s: second }, { id: 'ba', kind: 'interstage', green: [], duration_s: 5 }],
  }
  return { signal, pattern, hash: `${first} ${second} ${offset_s}`, plan: 'plan-1' }
}
const seconds = fc.integer({ min: 8, max: 80 })

/** Ids of the set commands of a message, read by hand: none of the adapter's own decoding. */
function setVariables(hex: string): number[] {
  const bytes = Buffer.from(hex, 'hex')
  expect(bytes.readUInt32BE(0)).toBe(bytes.length)
  const variables: number[] = []
  for (let at = 4; at < bytes.length;) {
    const [length, head] = bytes[at] === 0 ? [bytes.readUInt32BE(at + 1), at + 5] : [bytes[at] as number, at + 1]
    expect(bytes[head]).toBe(0xc2)
    variables.push(bytes[head + 1] as number)
    at += length
  }
  return variables
}

describe('what is written to a traffic light', () => {
  it('is a program and who runs meanwhile, whatever the plan', () => {
    const adapter = open()
    fc.assert(fc.property(seconds, seconds, fc.integer({ min: 0, max: 200 }), (first, second, offset) => {
      const want = wanted(first, second, offset)
      const writes = adapter.plan(base, want)
      expect(writes.frames.flatMap(({ hex }) => setVariables(hex))).toEqual([0x2c, 0x23])
      expect(compareLamps(lampTimingOf(signal, want.pattern), writes.timing)).toEqual([])
      expect(adapter.plan(structuredClone(base), structuredClone(want))).toEqual(writes)
    }))
    expect(WRITABLE).toEqual([0x2c, 0x23, 0x22, 0x24])
  })

  it('takes a new name each time and passes the rules that hold for every controller', () => {
    const want = wanted(32, 22, 17)
    const adapter = open()
    const writes = adapter.plan(base, want)
    expect(writes.slot).toBe(107)
    expect(writes.items.map(({ name, new: value }) => `${name}: ${value}`)).toEqual([
      'program gw7 phase 1: 32 s Gr', 'program gw7 phase 2: 3 s yr', 'program gw7 phase 3: 2 s rr', 'program gw7 phase 4: 22 s rG', 'program gw7 phase 5: 3 s ry', 'program gw7 phase 6: 2 s rr',
      'program gw7 offset: 17', 'program that runs meanwhile: 0',
    ])
    expect([...checkWrite({ device: 'one', base, writes, want, now: 0 }), ...adapter.check(base, writes)]).toEqual([])
  })

  it('is refused where lamps could not change then, never rounded', () => {
    expect(() => open().plan(base, wanted(20.5, 20.5, 0))).toThrow('20.5 s; the controller keeps whole multiples of 1 s')
    expect(open({ step_s: 0.5 }).plan(base, wanted(20.5, 20.5, 0)).timing.cycle).toBe(510)
  })

  it('is refused where nothing runs, or the light has other connections', () => {
    const { active_slot: _, ...idle } = base
    expect(() => open().plan(idle, wanted(20, 20, 0))).toThrow('none of its programs runs')
    expect(() => open().plan({ ...base, image: { 'program 0': 'type 0\n30 s Grr' } }, wanted(20, 20, 0))).toThrow('it has 3 connections, the settings name 2')
  })

  it('finds fault with what it never writes, with programs that decide by themselves, and with those that may nowhere follow', () => {
    const adapter = open()
    const writes = adapter.plan(base, wanted(32, 22, 17))
    expect(adapter.check(base, { ...writes, items: [...writes.items, { id: 'state 0x20', name: 'lamps', old: null, new: 'GG' }] })).toMatchObject([{ rule: 'never-written', weight: 'hard' }])
    expect(adapter.check({ ...base, image: { 'program 0': base.image['program 0']!.replace('type 0', 'type 3') } }, writes)).toMatchObject([{ rule: 'profile', weight: 'hard' }])
    expect(adapter.check({ ...base, image: { 'program 0': 'type 0\n30 s GG\n20 s gg' } }, writes)[0]).toMatchObject({ rule: 'intergreen', weight: 'hard' })
  })
})

describe('settings of a traffic light', () => {
  it.each([
    [{ port: 0 }, 'controller one: port is 0; it must be a whole number from 1 to 65535'],
    [{ step_s: 0.25 }, 'controller one: step_s is 0.25; it must be whole tenths of a second'],
    [{ transition: 'jump' }, 'controller one: transition is "jump"; it must be "dwell" or "shortway"'],
    [{ light: undefined }, 'controller one: light is missing; it must be a text'],
    [{ links: [{ groups: [{ group: 'z', right_of_way: 'protected' }], rest: 'r' }] }, 'with groups of signal J1 (a, b)'],
  ])('name what is wrong with %j', (more, sentence) => {
    expect(() => open(more)).toThrow(sentence)
  })
})
