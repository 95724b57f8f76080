// What must hold for every ring structure and whatever the detectors say.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SignalControl } from '../../model/control.ts'
import type { GroupId, RingPattern, Signal } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { hash } from '../kernel/random.ts'
import { SHOWS_GREEN, SHOWS_RED, SHOWS_YELLOW } from './controller.ts'
import type { RingController } from './ring-controller.ts'
import { ringController, run, type Green } from './testing.ts'

interface Case {
  signal: Signal
  pattern: RingPattern
  control: Partial<SignalControl>
  seed: number
}

/** Two rings, one to three barrier groups, one or two phases per ring and group, in random order of lead and lag. */
const structures = fc.record({
  groups: fc.array(fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })), { minLength: 2, maxLength: 3 }),
  mins: fc.array(fc.integer({ min: 4, max: 12 }), { minLength: 12, maxLength: 12 }),
  spare: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 12, maxLength: 12 }),
  yellows: fc.array(fc.integer({ min: 30, max: 45 }), { minLength: 12, maxLength: 12 }),
  reds: fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 12, maxLength: 12 }),
  offset: fc.integer({ min: 0, max: 100 }),
  fixedForceOff: fc.boolean(),
  type: fc.constantFrom('actuated' as const, 'coordinated' as const),
  seed: fc.integer({ min: 1, max: 1e6 }),
})

function build({ groups, mins, spare, yellows, reds, offset, fixedForceOff, type, seed }: typeof structures extends fc.Arbitrary<infer T> ? T : never): Case {
  let k = 0
  const all: { id: GroupId; barrier: number; ring: number; split: number }[] = []
  const signal: Signal = { id: 'S', source_id: 'S', nodes: ['S'], groups: [], conflicts: [] }
  const barriers = groups.map((counts, barrier) => {
    const rings = counts.map((count, ring) => Array.from({ length: count }, () => {
      const [i, id] = [k++, String(k)]
      const [min_green_s, yellow_s, red_clearance_s] = [mins[i]!, yellows[i]! / 10, reds[i]! / 10]
      signal.groups.push({ id, kind: 'vehicle', min_green_s, yellow_s, red_clearance_s })
      const split = Math.ceil(min_green_s + yellow_s + red_clearance_s) + spare[i]!
      all.push({ id, barrier, ring, split })
      return { phase: id, split_s: split }
    }))
    const longest = Math.max(...rings.map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0)))
    for (const ring of rings) ring.at(-1)!.split_s += longest - ring.reduce((sum, { split_s }) => sum + split_s, 0)
    return { rings }
  })
  for (const a of all) for (const b of all) if (a.id < b.id && (a.barrier !== b.barrier || a.ring === b.ring)) signal.conflicts.push([a.id, b.id])
  const cycle = barriers.reduce((sum, { rings }) => sum + rings[0]!.reduce((total, { split_s }) => total + split_s, 0), 0)
  const coordinated = barriers[0]!.rings.map((ring) => ring.at(-1)!.phase)
  const pattern: RingPattern = { kind: 'rings', signal: 'S', cycle_s: cycle, offset_s: modulo(offset, cycle), offset_reference: 'sequence_start', coordinated, barriers }
  return { signal, pattern, control: { type, coordination: { force_off: fixedForceOff ? 'fixed' : 'floating' } }, seed }
}

/** Detectors that go on and off at random: on for one to eight seconds, with a chance of its own for each phase and minute. */
function calls(phase: number, time_s: number, seed: number): boolean {
  const busy = hash(seed, phase, Math.floor(time_s / 60), 1) / 2 ** 32
  return hash(seed, phase, Math.floor(time_s / (1 + (phase % 8))), 2) / 2 ** 32 < busy * busy
}

interface Observed {
  controller: RingController
  greens: Green[]
  faults: string[]
  /** Yield points, with the groups that were green up to them. */
  yields: { time_s: number; green: GroupId[] }[]
}

function observe({ signal, pattern, control, seed }: Case, cycles = 8): Observed {
  const controller = ringController(signal, pattern, control)
  controller.startInStep(0)
  const faults: string[] = []
  const yields: Observed['yields'] = []
  const last = signal.groups.map(() => ({ shows: SHOWS_RED, since: -1e9, greenEnd: -1e9 }))
  const index = new Map(signal.groups.map(({ id }, g) => [id, g]))
  signal.groups.forEach((_, g) => { last[g]!.shows = controller.shows[g]! })
  const greens = run(controller, 0, cycles * pattern.cycle_s, (t, seen) => {
    controller.phases.forEach((_, p) => { seen.calling[p] = calls(p, t, seed) ? 1 : 0 })
  }, (t) => {
    // What `last` holds is from before this tick: a green that ends at the yield point was green up to it.
    if (controller.atYield) yields.push({ time_s: t, green: signal.groups.filter((_, g) => last[g]!.shows === SHOWS_GREEN).map(({ id }) => id) })
    signal.groups.forEach((group, g) => {
      const [was, now] = [last[g]!, controller.shows[g]!]
      if (was.shows === now) return
      const known = was.since >= 0
      if (was.shows === SHOWS_GREEN && now !== SHOWS_YELLOW) faults.push(`${t}: ${group.id} went from green to ${now}`)
      if (was.shows === SHOWS_GREEN && known && t - was.since < group.min_green_s - 1e-6) faults.push(`${t}: ${group.id} was green for ${t - was.since} s`)
      if (was.shows === SHOWS_YELLOW && known && Math.abs(t - was.since - group.yellow_s) > 1e-6) faults.push(`${t}: yellow of ${group.id} lasted ${t - was.since} s`)
      if (was.shows === SHOWS_GREEN) was.greenEnd = t
      Object.assign(was, { shows: now, since: t })
    })
    for (const [a, b] of signal.conflicts) {
      const [p, q] = [index.get(a)!, index.get(b)!]
      if (controller.shows[p] !== SHOWS_RED && controller.shows[q] !== SHOWS_RED) faults.push(`${t}: ${a} and ${b} together`)
      for (const [from, to] of [[p, q], [q, p]] as const) {
        const { yellow_s, red_clearance_s } = signal.groups[from]!
        if (controller.shows[to] === SHOWS_GREEN && last[to]!.since === t && t - last[from]!.greenEnd < yellow_s + red_clearance_s - 1e-6) faults.push(`${t}: ${to} started ${t - last[from]!.greenEnd} s after ${from}`)
      }
    }
  })
  return { controller, greens, faults, yields }
}

const barrierOf = (pattern: RingPattern, group: GroupId): number => pattern.barriers.findIndex(({ rings }) => rings.flat().some(({ phase }) => phase === group))

/** What is not as coordination promises: cycles of one length, every coordinated phase green up to its yield point. */
function listBreaches(one: Case): string[] {
  const { controller, yields } = observe(one)
  const { cycle_s, coordinated } = one.pattern
  return [
    ...(yields.length < 7 ? [`${yields.length} yield points in 8 cycles`] : []),
    ...(controller.count.out_of_step > 0 ? [`${controller.count.out_of_step} cycles out of step`] : []),
    ...yields.slice(1).flatMap(({ time_s }, i) => (Math.abs(time_s - yields[i]!.time_s - cycle_s) < 1e-6 ? [] : [`a cycle of ${time_s - yields[i]!.time_s} s`])),
    ...yields.flatMap(({ time_s, green }) => coordinated.filter((group) => !green.includes(group)).map((group) => `${time_s}: ${group} is not green`)),
  ]
}

describe('every ring controller', () => {
  it('keeps conflicting greens apart, and minimum green, yellow and red clearance in full', () => {
    fc.assert(fc.property(structures, (spec) => { expect(observe(build(spec)).faults).toEqual([]) }), { numRuns: 40 })
  })

  it('crosses barriers with all rings together', () => {
    fc.assert(fc.property(structures, (spec) => {
      const one = build(spec)
      const { greens } = observe(one)
      for (const { group, start_s } of greens.filter((green) => green.start_s > 0)) {
        const barrier = barrierOf(one.pattern, group)
        // Nobody of another barrier group is green, or clears, when a green starts.
        for (const other of greens) {
          if (barrierOf(one.pattern, other.group) === barrier) continue
          const { yellow_s, red_clearance_s } = one.signal.groups.find(({ id }) => id === other.group)!
          expect(other.start_s < start_s && start_s < other.end_s + yellow_s + red_clearance_s - 1e-6).toBe(false)
        }
      }
    }), { numRuns: 20 })
  })

  it('keeps to the minimums of a phase that another ring takes along late (dual entry)', () => {
    const one = build({
      groups: [[1, 1], [1, 1]], mins: [4, 12, 7, 11, 4, 4, 4, 4, 4, 4, 4, 4], spare: [0, 7, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0], yellows: [30, 30, 40, 30, 30, 30, 30, 30, 30, 30, 30, 30],
      reds: [0, 21, 21, 11, 0, 0, 0, 0, 0, 0, 0, 0], offset: 3, fixedForceOff: false, type: 'coordinated', seed: 163351,
    })
    expect(observe(one).controller.count.out_of_step).toBe(0)
  })

  it('keeps the cycle when coordinated, with the coordinated phases green at every yield point', () => {
    fc.assert(fc.property(structures, (spec) => {
      expect(listBreaches(build({ ...spec, type: 'coordinated' }))).toEqual([])
    }), { numRuns: 40 })
  })

  it('keeps coordinated phases green at the yield point where one stays green over several cycles', () => {
    expect(listBreaches(build({
      groups: [[1, 1], [1, 1]], mins: [4, 12, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4], spare: [0, 1, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0], yellows: [30, 38, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
      reds: [0, 23, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], offset: 48, fixedForceOff: false, type: 'coordinated', seed: 47753,
    }))).toEqual([])
  })

  it('asks how long all rings take to clear before it goes around to a phase earlier in its ring', () => {
    expect(listBreaches(build({
      groups: [[1, 2], [2, 2]], mins: [4, 12, 4, 4, 4, 12, 7, 4, 4, 4, 4, 4], spare: [0, 2, 10, 0, 0, 14, 1, 0, 0, 0, 0, 0], yellows: [30, 31, 33, 30, 30, 30, 36, 30, 30, 30, 30, 30],
      reds: [23, 17, 8, 0, 0, 1, 5, 0, 0, 0, 0, 0], offset: 41, fixedForceOff: false, type: 'coordinated', seed: 7,
    }))).toEqual([])
  })

  it('goes on over the barrier where it starts while one ring clears and the other is still green', () => {
    expect(listBreaches(build({
      groups: [[1, 2], [1, 1]], mins: [4, 4, 4, 8, 4, 4, 4, 4, 4, 4, 4, 4], spare: [0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0], yellows: [30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30],
      reds: [0, 0, 20, 1, 0, 0, 0, 0, 0, 0, 0, 0], offset: 21, fixedForceOff: false, type: 'coordinated', seed: 16,
    }))).toEqual([])
  })

  it('serves every call that stays within two cycles (free: two rounds of maximums)', () => {
    fc.assert(fc.property(structures, fc.integer({ min: 0, max: 11 }), (spec, which) => {
      const one = build(spec)
      const { signal, pattern, control, seed } = one
      const controller = ringController(signal, pattern, control)
      controller.startInStep(0)
      const p = which % controller.phases.length
      const group = controller.groups.indexOf(controller.phases[p]!)
      const from = pattern.cycle_s
      const limit = control.type === 'coordinated' ? 2 * pattern.cycle_s : 2 * controller.phases.length * 80
      let served = Number.NaN
      run(controller, 0, from + limit, (t, seen) => {
        controller.phases.forEach((_, q) => { seen.calling[q] = calls(q, t, seed) ? 1 : 0 })
        if (t >= from) seen.calling[p] = 1
      }, (t) => { if (t >= from && Number.isNaN(served) && controller.shows[group] === SHOWS_GREEN) served = t })
      expect(served - from).toBeLessThanOrEqual(limit)
    }), { numRuns: 40 })
  })
})
