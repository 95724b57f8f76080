import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern } from '../../model/check-plan.ts'
import { type Arterial, arterial } from '../testing/arterial.ts'
import { planCorridor } from '../corridor/index.ts'
import type { Pattern } from '../../model/signal.ts'
import type { MeasuredApproach } from './measurement.ts'
import { type RollingDecision, RollingOptimizer, ROLLING_OPTIONS, type RollingState } from './rolling.ts'
import { offsetDifference } from './step.ts'

const EVERY_S = 180

const street: Arterial = arterial({ spacing_m: [320], lefts: 'protected' })
const schedule = planCorridor({ ...street, options: { objective: 'band', cycle_min_s: 90, cycle_max_s: 90 } }).candidates[0]!.patterns
const optimizer = new RollingOptimizer({ graph: street.graph, corridor: street.corridor, schedule, volumes: street.volumes })

/** What radars would tell of flows that are `factor` times those of the schedule; `draw` adds chance. */
function heard(now_s: number, factor = 1, draw: (k: number) => number = () => 0, change: (approach: MeasuredApproach) => MeasuredApproach = (same) => same): MeasuredApproach[] {
  let k = 0
  return schedule.flatMap(({ signal }) => street.graph.listApproaches(signal).map(({ id: link, speed_mps }) => {
    const movements = street.graph.listMovementsFrom(link).map(({ id: movement }) => ({ movement, passed: Math.max(0, Math.round(((street.volumes.get(movement) ?? 0) * factor * EVERY_S) / 3600 + draw(k++))) }))
    const entered = movements.reduce((sum, { passed }) => sum + passed, 0)
    return change({ sensor: `${signal}/${link}`, signal, link, from_s: now_s - EVERY_S, until_s: now_s, movements, entered, entry_speed_mps: 0.95 * speed_mps + draw(k) / 100, vehicles: entered > 0 ? 4 : 0, lanes: [{ lane: 0, passed: entered, queue_mean: entered > 0 ? 1 : 0 }] })
  }))
}

function drive(windows: number, tell: (now_s: number, i: number) => MeasuredApproach[]): { decisions: RollingDecision[]; states: RollingState[] } {
  let state = optimizer.begin(0)
  const decisions: RollingDecision[] = []
  const states = [state]
  for (let i = 0; i < windows; i++) {
    const now_s = (i + 1) * EVERY_S
    const found = optimizer.decide(state, now_s, tell(now_s, i))
    state = found.state
    decisions.push(found.decision)
    states.push(state)
  }
  return { decisions, states }
}

const kinds = ({ decisions }: { decisions: RollingDecision[] }): string[] => decisions.map(({ kind }) => kind)
/** A little more and less, so that no window is like the one before. */
const chance = (i: number) => (k: number): number => ((7 * i + 3 * k) % 5) - 2

const splitsOf = (pattern: Pattern): [string, number][] => (pattern.kind === 'rings' ? pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase, split_s }): [string, number] => [phase, split_s])) : [])

describe('RollingOptimizer', () => {
  it('steps towards less cost where traffic is not what the schedule was made for, then rests', () => {
    const run = drive(8, (now_s, i) => heard(now_s, 1.5, chance(i)))
    expect(run.decisions.some(({ kind }) => kind === 'step')).toBe(true)
    for (const { kind, predicted } of run.decisions) if (kind === 'step') expect(predicted!.after.total).toBeLessThan(predicted!.before.total)
    expect(kinds(run).slice(-3).filter((kind) => kind === 'hold').length).toBeGreaterThan(0)
  })

  it('keeps limits, range and every rule, whatever is heard', () => {
    fc.assert(fc.property(fc.infiniteStream(fc.integer({ min: 0, max: 9 })), fc.double({ min: 0, max: 2, noNaN: true }), (stream, factor) => {
      const { states } = drive(4, (now_s) => heard(now_s, factor, () => stream.next().value - 4))
      states.slice(1).forEach(({ running }, i) => running.forEach((pattern, s) => {
        const before = states[i]!.running[s]!
        const moved = Math.abs(offsetDifference(before.offset_s, pattern.offset_s, pattern.cycle_s))
        expect(moved).toBeLessThanOrEqual(ROLLING_OPTIONS.limits.offset_s)
        expect(Math.abs(offsetDifference(schedule[s]!.offset_s, pattern.offset_s, pattern.cycle_s))).toBeLessThanOrEqual(ROLLING_OPTIONS.range.offset_s)
        expect(checkPattern(street.graph.getSignal(pattern.signal), pattern)).toEqual([])
        const usual = new Map(splitsOf(schedule[s]!))
        for (const [phase, split_s] of splitsOf(pattern)) expect(split_s).toBeGreaterThanOrEqual((1 - ROLLING_OPTIONS.range.split_loss) * usual.get(phase)! - 1e-6)
      }))
    }), { numRuns: 3 })
  })

  it('decides the same on the same data', () => {
    const once = (): RollingDecision[] => drive(4, (now_s, i) => heard(now_s, 1.3, chance(i))).decisions
    expect(once()).toEqual(once())
  })

  it('goes back in limited steps when data stays away, and then runs the schedule', () => {
    const before = 5
    const { decisions, states } = drive(16, (now_s, i) => heard(i < before ? now_s : before * EVERY_S, 1.5, chance(Math.min(i, before - 1))))
    expect(JSON.stringify(states[before]!.running)).not.toBe(JSON.stringify(schedule))
    expect(decisions[before]!.kind).toBe('return')
    expect(decisions[before]!.sentence).toContain('s old')
    expect(decisions.at(-1)!.kind).toBe('scheduled')
    expect(states.at(-1)!.running).toEqual(schedule)
  })

  it('remembers a queue that does not clear for a while, and forgets it', () => {
    const link = street.graph.listApproaches('S1').find(({ from }) => from === 'S1n')!.id
    const standing = (each: MeasuredApproach): MeasuredApproach => (each.link === link ? { ...each, vehicles: 20, lanes: each.lanes.map((lane) => ({ ...lane, queue_mean: 20 })) } : each)
    const { states } = drive(20, (now_s, i) => heard(now_s, 1, chance(i), i === 1 ? standing : undefined))
    const kept = states.map(({ backlog }) => [...backlog.values()].reduce((sum, vph) => sum + vph, 0))
    expect(kept[1]).toBe(0)
    expect(kept[2]).toBeGreaterThan(100)
    for (const k of [3, 4, 5]) expect(kept[k]).toBeCloseTo(kept[k - 1]! * Math.exp(-EVERY_S / 900), 6)
    const own = new Set(street.graph.listMovementsFrom(link).map(({ id }) => id))
    expect([...states[2]!.backlog.keys()].every((movement) => own.has(movement))).toBe(true)
    expect(drive(40, (now_s, i) => heard(now_s, 1, chance(i), i === 1 ? standing : undefined)).states.at(-1)!.backlog.size).toBe(0)
  })

  it('takes the speed at which vehicles come into sight for that of the link, unless they have only just started there', () => {
    const slow = (each: MeasuredApproach): MeasuredApproach => ({ ...each, entry_speed_mps: each.entry_speed_mps * 0.7 })
    const paces = (metres: number): ReadonlyMap<string, number> => {
      const own = arterial({ spacing_m: [metres], lefts: 'protected' })
      const rolling = new RollingOptimizer({ graph: own.graph, corridor: own.corridor, schedule, volumes: own.volumes })
      return rolling.decide(rolling.begin(0), EVERY_S, heard(EVERY_S, 1, chance(0), slow)).state.paces
    }
    expect(paces(320).get('S1-S2')).toBeLessThan(0.95)
    expect(paces(120).get('S1-S2')).toBeUndefined()
    // From beyond the corridor they come driving, however short the link.
    expect(paces(120).get('west-S1')).toBeLessThan(0.95)
  })

  it('believes a quiet night', () => {
    const run = drive(5, (now_s) => heard(now_s, 0))
    expect(run.decisions.every(({ faults }) => faults.length === 0)).toBe(true)
    expect(kinds(run).every((kind) => kind === 'hold' || kind === 'step')).toBe(true)
  })

  it('believes random traffic of every load', () => {
    fc.assert(fc.property(fc.infiniteStream(fc.integer({ min: -3, max: 3 })), fc.double({ min: 0.1, max: 1.4, noNaN: true }), (stream, factor) => {
      const { decisions } = drive(3, (now_s) => heard(now_s, factor, () => stream.next().value))
      expect(decisions.flatMap(({ faults }) => faults.map(({ sentence }) => sentence))).toEqual([])
    }), { numRuns: 3 })
  })

  it.each([
    ['negative', 'number', (each: MeasuredApproach): MeasuredApproach => ({ ...each, entered: -3 })],
    ['impossible', 'impossible-flow', (each: MeasuredApproach): MeasuredApproach => ({ ...each, entered: 600, movements: each.movements.map((one) => ({ ...one, passed: 300 })) })],
    ['not a number', 'number', (each: MeasuredApproach): MeasuredApproach => ({ ...each, vehicles: Number.NaN })],
  ] as const)('does not believe %s counts, and returns where many say so', (_name, kind, change) => {
    const { decisions } = drive(2, (now_s, i) => heard(now_s, 1, chance(i), change))
    expect(decisions[0]!.faults.map((fault) => fault.kind)).toContain(kind)
    expect(decisions[0]!.kind).toBe('scheduled')
  })

  it('goes on where one approach is not to be believed, and says which', () => {
    const [first] = street.graph.listApproaches('S2')
    const { decisions } = drive(2, (now_s, i) => heard(now_s, 1.2, chance(i), (each) => (each.link === first!.id ? { ...each, entered: -1 } : each)))
    expect(decisions[0]!.faults).toMatchObject([{ kind: 'number', link: first!.id }])
    expect(['hold', 'step']).toContain(decisions[0]!.kind)
    expect(decisions[0]!.sentence).toContain(`Not believed: approach ${first!.id} counts -1 vehicles`)
  })

  it('does not take the same few vehicles of quiet hours for a sensor that hangs', () => {
    const { decisions } = drive(4, (now_s) => heard(now_s, 0.1))
    expect(decisions.flatMap(({ faults }) => faults)).toEqual([])
  })

  it('finds a sensor that hangs', () => {
    const { decisions } = drive(3, (now_s) => heard(now_s, 1))
    expect(decisions[1]!.faults).toEqual([])
    expect(decisions[2]!.faults.every(({ kind }) => kind === 'frozen')).toBe(true)
    expect(decisions[2]!.faults.length).toBeGreaterThan(0)
  })

  it('finds a sensor that contradicts its neighbours', () => {
    const between = street.corridor.outbound!.legs[0]!
    const link = street.graph.listApproaches('S2').find(({ from }) => from === street.graph.getSignal('S1').nodes[0])!.id
    expect(between.distance_m).toBeGreaterThan(0)
    const { decisions } = drive(3, (now_s, i) => heard(now_s, 1, chance(i), (each) => (each.link === link ? { ...each, entered: 0, movements: each.movements.map((one) => ({ ...one, passed: 0 })), lanes: [{ lane: 0, passed: 0, queue_mean: 0 }] } : each)))
    expect(decisions.at(-1)!.faults).toMatchObject([{ kind: 'contradiction', link }])
  })

  it('waits for a second sound window after data came back', () => {
    const run = drive(6, (now_s, i) => heard(i === 2 ? 0 : now_s, 1.5, chance(i)))
    expect(kinds(run)[2]).toMatch(/return|scheduled/)
    expect(kinds(run)[3]).toMatch(/return|scheduled/)
    expect(run.decisions[3]!.sentence).toContain('data is sound again')
    expect(kinds(run)[4]).toMatch(/step|hold/)
  })

  it('refuses a schedule without a pattern for a signal of the corridor', () => {
    expect(() => new RollingOptimizer({ graph: street.graph, corridor: street.corridor, schedule: schedule.slice(1), volumes: street.volumes })).toThrow('signal S1 of corridor "main" has no pattern in the schedule')
  })
})
