import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Signal, StagePattern } from '../signal.ts'
import { modulo } from '../units.ts'
import { checkCorridor, checkWrite, type WriteCheck } from './check-write.ts'
import type { Baseline, DeviceConfig, LampTiming, WriteSet } from './device.ts'
import { lampTimingOf } from './lamp-timing.ts'

const IDS = ['main', 'side', 'walk'] as const
const signal: Signal = {
  id: 'a', source_id: 'a', nodes: [], conflicts: [['main', 'side'], ['main', 'walk']],
  groups: IDS.map((id) => ({ id, kind: id === 'walk' ? 'pedestrian' : 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 })),
}
const pattern = (main = 30, side = 20, offset_s = 12): StagePattern => ({
  kind: 'stages', signal: 'a', cycle_s: main + side + 10, offset_s, offset_reference: 'sequence_start', coordinated: ['main'],
  stages: [
    { id: 'A', kind: 'stage', green: ['main'], duration_s: main }, { id: 'ab', kind: 'interstage', green: [], duration_s: 5 },
    { id: 'B', kind: 'stage', green: ['side', 'walk'], duration_s: side }, { id: 'ba', kind: 'interstage', green: [], duration_s: 5 },
  ],
})
const NOW = 1_795_392_000

function config(change: Partial<DeviceConfig> = {}): DeviceConfig {
  return {
    groups: [
      { group: 'main', name: '1', kind: 'vehicle', min_green: 100, yellow: 30, red_clearance: 20 }, { group: 'side', name: '2', kind: 'vehicle', min_green: 60, yellow: 30, red_clearance: 20 },
      { group: 'walk', name: '3', kind: 'pedestrian', min_green: 50, yellow: 30, red_clearance: 20, walk: 70, pedestrian_clearance: 60 },
    ],
    conflicts: [['main', 'side'], ['main', 'walk']], intergreens: [{ from: 'main', to: 'side', time: 50 }, { from: 'side', to: 'main', time: 50 }],
    slots: [{ slot: 1, timing: lampTimingOf(signal, pattern()), used_by: ['runs now'] }, { slot: 2, used_by: [] }, { slot: 3, used_by: ['day plan 1'] }], ...change,
  }
}

/** A case that passes, with what a test breaks. */
function given({ base = {}, timing = {}, writes = {}, ...rest }: { base?: Partial<Baseline>; timing?: Partial<LampTiming>; writes?: Partial<WriteSet> } & Partial<Omit<WriteCheck, 'base' | 'writes'>> = {}): WriteCheck {
  const want = rest.want ?? { signal, pattern: pattern(33, 17), hash: 'h', plan: 'p' }
  return {
    device: 'c1', now: NOW, want,
    base: { device: 'c1', read_at: NOW, hash: 'b', config: config(), image: {}, mode: 'coordinated', active_slot: 1, clock_skew_s: 0, ...base },
    writes: {
      device: 'c1', protocol: 'x', slot: 2, baseline_hash: 'b', wanted_hash: 'h', plan: 'p', items: [], frames: [], residual: [], hash: 'w',
      timing: { ...lampTimingOf(want.signal, want.pattern), ...timing }, ...writes,
    },
    ...rest,
  }
}
const groupsOf = (change: (group: LampTiming['groups'][number]) => Partial<LampTiming['groups'][number]>): Partial<LampTiming> =>
  ({ groups: lampTimingOf(signal, pattern(33, 17)).groups.map((one) => ({ ...one, ...change(one) })) })
const wanted = (main: number, side: number, offset = 12): Partial<WriteCheck> => ({ want: { signal, pattern: pattern(main, side, offset), hash: 'h', plan: 'p' } })
/** Rules broken, beside that it is not what was approved, where the test breaks the timing itself. */
const rules = (check: WriteCheck): string[] => [...new Set(checkWrite(check).map(({ rule, weight }) => `${rule} ${weight}`))].filter((one) => one !== 'not-as-approved hard')

describe('checkWrite', () => {
  it('lets a timing through that keeps every rule', () => {
    expect(checkWrite(given())).toEqual([])
  })

  it('holds each group to the minimum green that was read', () => {
    const least = (min_green: number) => given({ base: { config: config({ groups: config().groups.map((one) => (one.group === 'side' ? { ...one, min_green } : one)) }) } })
    expect(rules(least(170))).toEqual([])
    expect(checkWrite(least(171))).toMatchObject([{ rule: 'minimum-green', weight: 'hard', device: 'c1', value: 170, limit: 171, sentence: 'controller c1: group side would be green for 17 s, its minimum as read from the controller is 17.1 s' }])
    expect(rules(given({ base: { config: config({ groups: config().groups.filter(({ group }) => group !== 'side') }) } }))).toEqual(['minimum-green hard'])
  })

  it('holds walk and pedestrian clearance to the local rule and the width of the crossing', () => {
    expect(rules(given({ limits: { walk: 70 } }))).toEqual([])
    expect(rules(given({ limits: { walk: 71 } }))).toEqual(['pedestrian hard'])
    expect(rules(given({ limits: { crossings: [{ group: 'walk', width_m: 7.2 }] } }))).toEqual([])
    expect(rules(given({ limits: { crossings: [{ group: 'walk', width_m: 7.21 }] } }))).toEqual(['pedestrian hard'])
    const long = (pedestrian_clearance: number) => given({ base: { config: config({ groups: config().groups.map((one) => (one.group === 'walk' ? { ...one, pedestrian_clearance } : one)) }) } })
    expect(rules(long(150))).toEqual([])
    expect(rules(long(151))).toEqual(['pedestrian hard'])
  })

  it('asks for the yellow and red clearance of the controller, and a yellow of three seconds', () => {
    for (const change of [{ yellow: 31 }, { yellow: 29 }, { red_clearance: 21 }, { red_clearance: 19 }]) expect(rules(given({ timing: groupsOf(({ group }) => (group === 'side' ? change : {})) }))).toEqual(['clearance hard'])
    const short = { groups: config().groups.map((one) => (one.group === 'side' ? { ...one, yellow: 29, red_clearance: 21 } : one)) }
    expect(rules(given({ base: { config: config(short) }, timing: groupsOf(({ group }) => (group === 'side' ? { yellow: 29, red_clearance: 21 } : {})) }))).toEqual(['clearance hard'])
  })

  it('refuses greens that conflict by the matrix of the controller', () => {
    const found = checkWrite(given({ base: { config: config({ conflicts: [['side', 'walk'], ['main', 'side'], ['main', 'walk']] }) } }))
    expect(found).toMatchObject([{ rule: 'conflict', weight: 'hard', value: 170, sentence: 'controller c1: groups side and walk conflict by the matrix of the controller and would be green together for 17 s' }])
  })

  it('asks for the intergreen between stages, last to first too', () => {
    const matrix = (there: number, back: number) => given({ base: { config: config({ intergreens: [{ from: 'main', to: 'side', time: there }, { from: 'side', to: 'main', time: back }] }), active_slot: undefined as never } })
    expect(rules(matrix(50, 50))).toEqual([])
    expect(checkWrite(matrix(51, 50)).map(({ sentence }) => sentence)).toEqual(['controller c1: 5 s from the end of group main to the start of group side; the controller asks for 5.1 s'])
    expect(checkWrite(matrix(50, 51)).map(({ sentence }) => sentence)).toEqual(['controller c1: 5 s from the end of group side to the start of group main; the controller asks for 5.1 s'])
  })

  it('asks for the intergreen from the plan running now to the new one', () => {
    // Side runs to the end of the old cycle, which its own plan makes up for by a late start of main.
    const old = (end: number): LampTiming => ({ ...lampTimingOf(signal, pattern()), groups: lampTimingOf(signal, pattern()).groups.map((one) => (one.group === 'side' ? { ...one, greens: [[350, end]] } : one)) })
    const running = (end: number) => given({ base: { config: config({ slots: [{ slot: 1, timing: old(end), used_by: [] }, { slot: 2, used_by: [] }] }) } })
    expect(rules(running(550))).toEqual([])
    expect(checkWrite(running(551)).map(({ sentence }) => sentence)).toEqual(['controller c1: 4.9 s from the end of group side in the plan running now to the start of group main in the new one; the controller asks for 5 s'])
    expect(rules(running(610))).toContain('intergreen hard')
  })

  it('asks for windows in one cycle, and an offset in it', () => {
    for (const timing of [{ offset: 600 }, { offset: -1 }, groupsOf(({ group }) => (group === 'side' ? { greens: [[600, 700]] } : {})), groupsOf(({ group }) => (group === 'side' ? { greens: [[380, 380]] } : {})), groupsOf(({ group }) => (group === 'side' ? { greens: [[100, 500], [400, 700]] } : {}))]) {
      expect(rules(given({ timing }))).toEqual(['sum hard'])
    }
    expect(rules(given({ ...wanted(33, 17, 59) }))).toEqual([])
  })

  it('asks for whole tenths', () => {
    for (const timing of [{ cycle: 600.5 }, { cycle: 0 }, groupsOf(() => ({ yellow: 30.5 })), groupsOf(({ group }) => (group === 'side' ? { greens: [[380.5, 550]] } : {}))]) expect(rules(given({ timing }))).toEqual(['range hard'])
  })

  it('writes into spare slots only', () => {
    expect(rules(given({ writes: { slot: 1 } }))).toEqual(['spare-slot hard'])
    expect(checkWrite(given({ writes: { slot: 3 } }))[0]?.sentence).toBe('controller c1: slot 3 is not spare: day plan 1')
    expect(rules(given({ writes: { slot: 4 } }))).toEqual(['spare-slot hard'])
    expect(rules(given({ base: { active_slot: 2 } }))).toEqual(['spare-slot hard'])
  })

  it('refuses what was computed for another baseline or another timing', () => {
    expect(rules(given({ base: { hash: 'other' } }))).toEqual(['baseline hard'])
    expect(checkWrite(given({ writes: { wanted_hash: 'other' } })).map(({ rule }) => rule)).toEqual(['not-as-approved'])
  })

  it('refuses lamps that are not those approved, and asks two people where the protocol cannot say them', () => {
    expect(checkWrite(given({ timing: { offset: 121 } })).map(({ rule, weight }) => [rule, weight])).toEqual([['not-as-approved', 'hard'], ['not-as-approved', 'hard'], ['not-as-approved', 'hard']])
    expect(checkWrite(given({ timing: { offset: 121 }, writes: { residual: [{ group: 'main', sentence: 'a tenth late', error_s: 0.1 }] } }))).toMatchObject([{ rule: 'not-as-approved', weight: 'soft', value: 0.1 }])
  })

  it('sends nothing to a controller that is not at work', () => {
    for (const mode of ['coordinated', 'fixed', 'free'] as const) expect(rules(given({ base: { mode } }))).toEqual([])
    for (const mode of ['transition', 'manual', 'preempted', 'flash', 'dark', 'all-red', 'fault', 'door-open', 'starting', 'unknown'] as const) expect(rules(given({ base: { mode } }))).toEqual(['mode hard'])
  })

  it('asks for a clock within half a second', () => {
    for (const clock_skew_s of [0.5, -0.5]) expect(rules(given({ base: { clock_skew_s } }))).toEqual([])
    for (const clock_skew_s of [0.51, -0.51, Number.NaN]) expect(rules(given({ base: { clock_skew_s } }))).toEqual(['clock hard'])
    expect(rules(given({ base: { clock_skew_s: undefined as never } }))).toEqual(['clock soft'])
    expect(rules(given({ base: { clock_skew_s: undefined as never }, limits: { unread_clock: 'allow' } }))).toEqual([])
  })

  it('asks two people before somebody waits long or a queue finds no room', () => {
    expect(rules(given({ limits: { maximum_red: 430 } }))).toEqual([])
    expect(rules(given({ limits: { maximum_red: 429 } }))).toEqual(['maximum-red soft'])
    expect(rules(given({ queues: [{ group: 'side', queue_m: 80, storage_m: 80 }] }))).toEqual([])
    expect(rules(given({ queues: [{ group: 'side', queue_m: 81, storage_m: 80 }] }))).toEqual(['maximum-red soft'])
  })

  it('asks two people before a large change', () => {
    expect(rules(given(wanted(36, 14)))).toEqual([])
    expect(rules(given(wanted(37, 13)))).toEqual(['change soft'])
    expect(rules(given(wanted(39, 21)))).toEqual([])
    expect(rules(given({ ...wanted(39, 26), limits: { cycle_change: 150 } }))).toEqual([])
    expect(checkWrite(given({ ...wanted(39, 26), limits: { cycle_change: 149 } }))).toMatchObject([{ rule: 'change', weight: 'soft', value: 150, limit: 149 }])
  })

  it('asks two people soon after a change and near a change of the schedule, and nobody once too often a day', () => {
    const history = (change: object) => given({ history: { writes_today: 0, ...change } })
    expect(rules(history({ changed_s: NOW - 900 }))).toEqual([])
    expect(rules(history({ changed_s: NOW - 899 }))).toEqual(['too-soon soft'])
    expect(rules(history({ writes_today: 23 }))).toEqual([])
    expect(rules(history({ writes_today: 24 }))).toEqual(['too-soon hard'])
    expect(rules(history({ period: { from_s: NOW - 120, until_s: NOW + 120 } }))).toEqual([])
    expect(rules(history({ period: { from_s: NOW - 119, until_s: NOW + 1000 } }))).toEqual(['too-soon soft'])
    expect(rules(history({ period: { from_s: NOW - 1000, until_s: NOW + 119 } }))).toEqual(['too-soon soft'])
  })

  it('lets nothing through that breaks a minimum, a clearance or a conflict at any tenth of the cycle', () => {
    // Near the edge of what is allowed, so that about half of the timings pass.
    const near = fc.record({ start: fc.integer({ min: 0, max: 599 }), main: fc.integer({ min: 97, max: 300 }), gap: fc.integer({ min: 48, max: 90 }), side: fc.integer({ min: 58, max: 160 }), walks: fc.boolean(), yellow: fc.constantFrom(30, 30, 30, 30, 29), old: fc.integer({ min: 0, max: 599 }) })
    let passed = 0
    const free = { unread_clock: 'allow' as const, maximum_red: 9999, cycle_change: 9999, green_change: 99, walk: 0 }
    fc.assert(fc.property(near, ({ start, main, gap, side, walks, yellow, old }) => {
      const green = (from: number, length: number): [number, number][] => [[modulo(from, 600), modulo(from, 600) + length]]
      const groups = [{ group: 'main', greens: green(start, main) }, { group: 'side', greens: green(start + main + gap, side) }, { group: 'walk', greens: walks ? green(start + main + gap, side) : [] }]
      const timing: LampTiming = { cycle: 600, offset: 0, groups: groups.map((one) => ({ ...one, yellow, red_clearance: 20 })) }
      const before: LampTiming = { cycle: 600, offset: 0, groups: [{ group: 'main', greens: [[old, old + 100]], yellow: 30, red_clearance: 20 }] }
      const check = given({ timing, limits: free, base: { config: config({ slots: [{ slot: 1, timing: before, used_by: [] }, { slot: 2, used_by: [] }] }) } })
      if (rules(check).length > 0) return
      passed++
      // By what lamps show from tenth to tenth: the old plan's last cycle and two of the new one.
      const shown = (tenth: number): string[] => (tenth < 0 ? before : timing).groups.filter((one) => one.greens.some(([start, end]) => modulo(tenth - start, 600) < end - start)).map(({ group }) => group)
      const ended = new Map<string, number>()
      let last = shown(-600)
      for (let tenth = -599; tenth < 1200; tenth++) {
        const now = shown(tenth)
        for (const group of last) if (!now.includes(group)) ended.set(group, tenth)
        for (const group of now) {
          const foes = config().conflicts.filter((pair) => pair.includes(group)).map(([a, b]) => (a === group ? b : a))
          if (foes.some((foe) => now.includes(foe))) throw new Error(`${group} is green beside its foe at ${tenth}`)
          const soon = last.includes(group) ? undefined : foes.find((foe) => tenth - (ended.get(foe) ?? -9999) < 50)
          if (soon !== undefined) throw new Error(`${group} turns green at ${tenth}, ${soon} ended at ${ended.get(soon)}`)
        }
        last = now
      }
      expect(timing.groups.every((one) => one.greens.length === 0 || one.yellow === 30)).toBe(true)
      expect(timing.groups.every(({ group, greens }) => greens.every(([start, end]) => end - start >= config().groups.find((one) => one.group === group)!.min_green))).toBe(true)
    }), { numRuns: 150 })
    expect(passed).toBeGreaterThan(30)
  })
})

describe('checkCorridor', () => {
  const member = (device: string, cycle: number) => ({ device, timing: { cycle, offset: 0, groups: [] } })
  it('takes cycles that are equal, half or double', () => {
    expect(checkCorridor([member('a', 600), member('b', 600), member('c', 300)])).toEqual([])
    expect(checkCorridor([member('a', 600), member('b', 600), member('c', 1200)])).toEqual([])
    expect(checkCorridor([])).toEqual([])
  })
  it('names the member that does not fit', () => {
    expect(checkCorridor([member('a', 600), member('b', 610), member('c', 600)])).toMatchObject([{ rule: 'corridor', weight: 'hard', device: 'b', value: 610, limit: 600 }])
    expect(checkCorridor([member('a', 600), member('b', 200)])).toHaveLength(1)
  })
})
