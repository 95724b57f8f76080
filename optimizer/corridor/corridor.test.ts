import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Band } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import { type Arterial, arterial, type ArterialOptions } from '../testing/arterial.ts'
import { type Candidate, type CorridorPlanOptions, paretoBands, planCorridor } from './index.ts'

const plan = (street: Arterial, options: Partial<CorridorPlanOptions> = {}): Candidate[] => planCorridor({ ...street, options }).candidates

/** Every car of the band meets green: its front and its tail, at each stop line, read from the compiled pattern. */
function expectBandInGreen(street: Arterial, candidate: Candidate, band: Band, group: string): void {
  for (const { signal, time_s } of band.front_s) {
    const pattern = candidate.patterns.find((each) => each.signal === signal)
    const compiled = compileSignal(street.graph.getSignal(signal), pattern as NonNullable<typeof pattern>)
    const windows = compiled.groups.find(({ id }) => id === group)?.green_windows_s ?? []
    const inside = windows.some(([start, end]) => modulo(time_s - compiled.offset_s - start + 1e-6, compiled.cycle_s) + band.width_s <= end - start + 1e-5)
    expect(inside, `${band.direction} band at ${signal}`).toBe(true)
  }
}

function expectSound(street: Arterial, candidate: Candidate): void {
  expect(checkPlan(street.graph, candidate.patterns)).toEqual([])
  for (const { cycle_s, offset_s } of candidate.patterns) {
    expect(cycle_s).toBe(candidate.cycle_s)
    expect(Number.isInteger(offset_s) && offset_s >= 0 && offset_s < cycle_s).toBe(true)
  }
  const { value, bound, gap } = candidate.certificate
  expect(gap).toBeCloseTo(Math.max(0, bound - value), 9)
  for (const band of candidate.bands) {
    for (const { distance_m, travel_time_s, speed_mps } of band.links) {
      expect(travel_time_s * speed_mps).toBeCloseTo(distance_m, 6)
      expect(speed_mps).toBeLessThanOrEqual(14 + 1e-9)
    }
    if (band.width_s > 0) expectBandInGreen(street, candidate, band, band.direction === 'outbound' ? '2' : '6')
  }
}

describe('planCorridor', () => {
  it.each<[string, ArterialOptions]>([
    ['rings with protected lefts', { lefts: 'protected' }],
    ['rings with lefts of both kinds', { lefts: 'both' }],
    ['rings with permissive lefts', { lefts: 'permissive' }],
    ['stages', { timing: 'stages' }],
    ['unequal cycles in the street', { cycle_s: [80, 110, 95, 70] }],
  ])('gives sound whole-second plans with proven bands for %s', (_, options) => {
    const street = arterial(options)
    for (const candidate of plan(street)) {
      expectSound(street, candidate)
      expect(candidate.meets_target).toBe(true)
    }
    const [band] = plan(street, { objective: 'band' })
    expectSound(street, band as Candidate)
    expect(band?.certificate.value).toBeGreaterThan(10)
    expect(band?.bands.map(({ width_s }) => width_s > 5)).toEqual([true, true])
    expect(band?.certificate.sentence).toMatch(/measured by an independent check/)
  })

  it('never has a candidate of more predicted delay than the band plan in front of it', () => {
    const candidates = plan(arterial({ lefts: 'both' }))
    const costs = candidates.map(({ predicted }) => predicted.total)
    expect(costs).toEqual([...costs].sort((a, b) => a - b))
    expect(new Set(candidates.map(({ kind }) => kind)).size).toBe(candidates.length)
    const [delay] = plan(arterial({ lefts: 'both' }), { objective: 'delay' })
    expect(delay?.predicted.total).toBeLessThanOrEqual(Math.max(...costs) + 1e-9)
  })

  it('is deterministic', () => {
    expect(plan(arterial())).toEqual(plan(arterial()))
  })

  it('plans a street that is one-way', () => {
    const street = arterial({ one_way: true })
    const [band] = plan(street, { objective: 'band' })
    expectSound(street, band as Candidate)
    expect(band?.bands.map(({ direction }) => direction)).toEqual(['outbound'])
    // Without an opposing band nothing stands in the way of the shortest green, less the queues.
    expect(band?.certificate.proven).toBe(true)
  })

  it('stays within the cycles asked for', () => {
    const { candidates, cycles_s } = planCorridor({ ...arterial(), options: { cycle_min_s: 80, cycle_max_s: 84 } })
    expect(cycles_s).toEqual([80, 81, 82, 83, 84])
    for (const { cycle_s } of candidates) expect(cycles_s).toContain(cycle_s)
  })

  it('names the signal and both numbers where the cycle is shorter than its minimums', () => {
    const street = arterial({ group: (signal, group) => (signal === 'S3' && group.id === '4' ? { ...group, pedestrian_clearance_s: 40 } : group) })
    const run = (): unknown => plan(street, { cycle_min_s: 40, cycle_max_s: 50 })
    expect(run).toThrow('cycle 50 s at signal S3 is shorter than its minimums, 69 s')
    expect(run).toThrow(GreenwaveError)
  })

  it('lengthens the default range to what the minimums need', () => {
    const street = arterial({ group: (_, group) => (group.id === '4' ? { ...group, pedestrian_clearance_s: 130 } : group) })
    const { cycles_s, candidates } = planCorridor({ ...street, options: { objective: 'band' } })
    expect(cycles_s).toEqual([159])
    expect(candidates[0]?.cycle_s).toBe(159)
  })

  it('reports oversaturation and who is above the target instead of failing', () => {
    const street = arterial({ main: 3200, side: 1500 })
    const [band] = plan(street, { objective: 'band' })
    expect(checkPlan(street.graph, band?.patterns ?? [])).toEqual([])
    expect(band?.meets_target).toBe(false)
    expect(Math.max(...(band?.saturation.values() ?? []))).toBeGreaterThan(1)
    expect(band?.losers.filter(({ measure }) => measure === 'saturation').map(({ limit }) => limit)).toContain(0.9)
  })

  it('plans without any volume', () => {
    const street = { ...arterial(), volumes: new Map<string, number>() }
    const candidates = plan(street)
    expect(candidates.map(({ predicted }) => predicted.total)).toEqual(candidates.map(() => 0))
    for (const candidate of candidates) expectSound(street, candidate)
  })

  it('names those who wait longer, with both numbers', () => {
    const street = arterial({ cycle_s: 60 })
    const [band] = plan(street, { objective: 'band', cycle_min_s: 140, cycle_max_s: 140 })
    const kinds = new Set(band?.losers.map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(['pedestrian', 'side-street', 'turning'])
    for (const { before, after } of band?.losers ?? []) expect(after).toBeGreaterThan(before)
  })

  it('says which signals leave no two-way band, and still gives the one-way wave', () => {
    // A quarter of a cycle apart, with greens of a third: what suits one direction is red for the other.
    const street = arterial({ spacing_m: [280, 280, 280], lefts: 'permissive', main: 200, side: 1850, sequence_free: false })
    const [band] = plan(street, { objective: 'band', cycle_min_s: 80, cycle_max_s: 80, speed_range: 0, speed_target: 1 })
    expectSound(street, band as Candidate)
    if (band?.explanations.length === 0) throw new Error(`expected an explanation, bands are ${band.bands.map(({ width_s }) => width_s).join(' and ')} s`)
    expect(band?.explanations[0]).toMatch(/at C = 80 s/)
  })

  it('keeps the bands at their optimum while it lowers the delay', () => {
    const street = arterial({ lefts: 'both', spacing_m: [400, 230, 310, 520] })
    const [strict] = plan(street, { objective: 'band', cycle_min_s: 90, cycle_max_s: 90 })
    const [loose] = plan(street, { objective: 'band', cycle_min_s: 90, cycle_max_s: 90, band_slack_s: 6 })
    expect(strict?.certificate.value).toBeGreaterThanOrEqual((loose?.certificate.value ?? 0) - 1e-6)
    expect(loose?.certificate.value).toBeGreaterThanOrEqual((strict?.certificate.value ?? 0) - 6 - 1e-6)
    expect(loose?.predicted.total).toBeLessThanOrEqual((strict?.predicted.total ?? 0) + 1e-9)
  })

  it('keeps every rule for any volumes', () => {
    const flow = fc.integer({ min: 0, max: 1200 })
    fc.assert(fc.property(flow, flow, flow, fc.constantFrom('protected', 'both', 'permissive'), fc.constantFrom('rings', 'stages'), (main, turns, side, lefts, timing) => {
      const street = arterial({ main, turns: Math.round(turns / 4), side, side_turns: Math.round(side / 5), lefts, timing: lefts === 'both' ? 'rings' : timing })
      const candidates = plan(street, { cycle_min_s: 70, cycle_max_s: 90 })
      expect(candidates.length).toBeGreaterThan(0)
      for (const candidate of candidates) expectSound(street, candidate)
    }), { numRuns: 12 })
  })
})

describe('paretoBands', () => {
  it('trades one direction against the other', () => {
    const front = paretoBands(arterial({ lefts: 'protected' }), 90)
    expect(front.length).toBeGreaterThan(1)
    front.slice(1).forEach((point, i) => {
      expect(point.outbound_s).toBeLessThan(front[i]?.outbound_s ?? 0)
      expect(point.inbound_s).toBeGreaterThan(front[i]?.inbound_s ?? Infinity)
    })
  })
})

describe('direction_weight', () => {
  it('gives the direction with more cars the wider band', () => {
    const street = arterial({ lefts: 'protected', spacing_m: [280, 430, 350] })
    for (const [movement] of street.volumes) if (movement.endsWith('.Wt')) street.volumes.set(movement, 300)
    const [even] = plan(street, { objective: 'band', cycle_min_s: 80, cycle_max_s: 80 })
    const [led] = plan(street, { objective: 'band', cycle_min_s: 80, cycle_max_s: 80, direction_weight: 'volume' })
    const outbound = (candidate: Candidate | undefined): number => candidate?.bands[0]?.width_s ?? 0
    const inbound = (candidate: Candidate | undefined): number => candidate?.bands[1]?.width_s ?? 0
    expect(outbound(led) / inbound(led)).toBeGreaterThanOrEqual(outbound(even) / inbound(even) - 1e-9)
  })
})
