import { describe, expect, it } from 'vitest'
import { AFTER, BANDS, BEFORE, BEFORE_PATTERNS, DIFFERENCES, EVALUATION, PLAN, SIGNALS, SIX, THROUGH, drive, patternOf } from '../test/made-up-corridor.ts'
import { headline, warnings } from './headline.ts'
import { planReport } from './plan-report.ts'
import type { PlanReportInput } from './plan-report.ts'
import { diagramRange } from './section-diagrams.ts'
import { listMovementChanges } from './section-changes.ts'

const RANGE = [61_200, 61_600] as const

const INPUT: PlanReportInput = {
  corridor_name: 'Lakeside Avenue 南湖大道', period_name: 'weekdays 17:00–18:00', scenario_name: 'Lakeside', plan: PLAN, signals: SIGNALS,
  stations: SIX.map(({ id, name, position_m }) => ({ signal: id, name, position_m, ...THROUGH })),
  running: { compiled: BEFORE, patterns: BEFORE_PATTERNS },
  simulation: { ...EVALUATION, differences: DIFFERENCES },
  trajectories: { before: drive(BEFORE, RANGE), after: drive(AFTER, RANGE) },
  import_notes: [{ kind: 'assumed', place: { file: 'signal.csv', line: 14, element: 'record MinGreen of 16' }, message: 'no value, 5 s assumed' }],
}

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>&`

const unsimulated = (input: PlanReportInput): PlanReportInput => {
  const copy = { ...input }
  delete copy.simulation
  delete copy.trajectories
  return copy
}

/** The document without tags: what a reader sees. */
const seen = (report: string): string => report.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')

describe('the plan report', () => {
  const report = planReport(INPUT)

  it('is one file that refers to nothing outside and runs nothing', () => {
    const bare = report.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')
    expect(bare).not.toMatch(/https?:|url\(|@import|\bsrc=|\son\w+=|<script|<link|<iframe|<object|\sstyle=/i)
    expect([...bare.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true)
    expect(report.length).toBeLessThan(2_000_000)
  })

  it('leads every contents link to a section and gives each id once', () => {
    const ids = [...report.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [, target] of report.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target)
  })

  it('closes what it opens', () => {
    const open: string[] = []
    for (const [tag, close, name, self] of report.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*?(\/?)>/gi)) {
      if (self === '/' || ['meta', 'input', 'br'].includes(name as string)) continue
      if (close === '/') expect([tag, open.pop()]).toEqual([tag, name])
      else open.push(name as string)
    }
    expect(open).toEqual([])
  })

  it('answers first', () => {
    expect(headline(INPUT)).toBe(
      'On the corridor, the number of stops falls by 45 % (−1.22 ± 0.11 per vehicle) and delay falls by 45 % (−55.1 ± 4.9 s per vehicle) against the plan now running; '
      + `the green bands are ${(Math.round((BANDS[0]?.width_s ?? 0) * 10) / 10)} s outbound and ${(Math.round((BANDS[1]?.width_s ?? 0) * 10) / 10)} s inbound in a cycle of 100 s, proven to be the widest possible with these splits and speeds.`,
    )
    expect(seen(report).indexOf('the number of stops falls')).toBeLessThan(seen(report).indexOf('Before and after'))
  })

  it('does not call an undecided change a change, and says when nothing was proven or simulated', () => {
    const undecided = DIFFERENCES.map((difference) => ({ ...difference, verdict: 'undecided' as const }))
    const plan = { ...PLAN, certificate: { ...PLAN.certificate, proven: false, gap: 3.14 } }
    const sentence = headline({ ...INPUT, plan, simulation: { ...EVALUATION, differences: undecided } })
    expect(sentence).toContain('stops shows no certain change (−1.22 ± 0.11 per vehicle)')
    expect(sentence).toContain('together at most 3.1 s less than the widest possible')
    const bare = unsimulated(INPUT)
    expect(headline(bare)).toMatch(/^The plan was not simulated; the green bands/)
    expect(seen(planReport(bare))).toContain('nothing is said about stops and delay')
  })

  it('says that something gets worse in the same plain words', () => {
    const worse = DIFFERENCES.map((difference) => ({ ...difference, difference: { mean: 0.5, ci95: null }, percent: 4.25, verdict: 'worse' as const }))
    expect(headline({ ...INPUT, simulation: { ...EVALUATION, differences: worse } })).toContain('the number of stops rises by 4.3 % (+0.50 per vehicle)')
  })

  it('warns of gridlock, lost trips, missing bands and limits', () => {
    expect(warnings(INPUT)).toEqual([])
    const after = { ...EVALUATION.after, gridlocked_runs: 2, completed_share: 0.91 }
    const plan = { ...PLAN, bands: PLAN.bands.map((band) => (band.direction === 'inbound' ? { ...band, width_s: 0 } : band)), losers: PLAN.losers.map((loser) => ({ ...loser, limit: 45 })) }
    expect(warnings({ ...INPUT, plan, simulation: { ...EVALUATION, after, differences: [] } })).toEqual([
      'No inbound band passes all signals.', '2 of 10 runs after ended in gridlock; they are counted in all figures.',
      'Only 91 % of the trips after were completed; delay is understated.', '1 movement is over a limit: Station Road northbound through.',
    ])
  })

  it('escapes every string that a user can write', () => {
    const plan = {
      ...PLAN, id: HOSTILE, certificate: { ...PLAN.certificate, sentence: HOSTILE, method: HOSTILE },
      losers: PLAN.losers.map((loser) => ({ ...loser, name: HOSTILE, sentence: HOSTILE, measure: HOSTILE })),
      intersections: PLAN.intersections.map((intersection) => ({ ...intersection, source_id: HOSTILE, name: HOSTILE })),
      provenance: { ...PLAN.provenance, version: HOSTILE, objective: HOSTILE, assumptions: [HOSTILE], inputs: { [HOSTILE]: HOSTILE } },
    }
    const evaluation = (of: typeof EVALUATION.after): typeof EVALUATION.after => ({ ...of, movements: of.movements.map((movement) => ({ ...movement, name: HOSTILE })) })
    const hostile = planReport({
      ...INPUT, plan, corridor_name: HOSTILE, period_name: HOSTILE, scenario_name: HOSTILE, description: HOSTILE, notes: [HOSTILE],
      stations: INPUT.stations.map((station) => ({ ...station, name: HOSTILE })), running: { ...INPUT.running, name: HOSTILE },
      signals: SIGNALS.map((signal) => ({ ...signal, groups: signal.groups.map((group) => ({ ...group, name: HOSTILE })) })),
      simulation: { before: evaluation(EVALUATION.before), after: evaluation(EVALUATION.after), differences: DIFFERENCES.map((difference) => ({ ...difference, measure: HOSTILE })) },
      import_notes: [{ kind: 'assumed', place: { file: HOSTILE, element: HOSTILE }, message: HOSTILE }],
      candidates: [{ cycle_s: 90, note: HOSTILE }],
    })
    expect(hostile).not.toMatch(/<script|<img|onerror='/)
    expect(hostile.split('&lt;script&gt;').length).toBeGreaterThan(60)
  })

  it('shows both diagrams over the same time, with bands only where a cycle is common', () => {
    expect(report.match(/class="time-space"/g)).toHaveLength(2)
    expect(report.match(/id="(after|before)-(bands|trajectories)"/g)).toEqual(['id="after-bands"', 'id="after-trajectories"', 'id="before-trajectories"'])
    expect(seen(report)).toContain('Its signals run on 2 different cycles (110 and 90 s), so no band repeats.')
  })

  it('centres the diagram on what was simulated, in whole cycles', () => {
    const [start, end] = diagramRange(INPUT)
    expect([start % 100, (end - start) % 100]).toEqual([0, 0])
    expect(start >= 61_000 && end <= 61_600).toBe(true)
    expect(diagramRange({ ...INPUT, diagram_range_s: [5, 9] })).toEqual([5, 9])
    expect(diagramRange(unsimulated(INPUT))).toEqual([0, 400])
  })

  it('states every offset with its reference point, and what ran before', () => {
    const text = seen(report)
    expect(text).toContain('begin of green: phases 2 and 6 are all green from here')
    expect(text).toContain('start of the first stage')
    expect(text).toContain('100 s was 110 s')
    const same = planReport({ ...INPUT, running: { compiled: AFTER, patterns: SIX.map(({ id }) => ({ ...patternOf(id, 100, 20), offset_reference: 'begin_of_yellow' })) } })
    // Offset 20 at begin of yellow of signal 1 (phase 6, green for 41 s from its start) is begin of green 79.
    expect(seen(same)).toContain('Offset 0 s was 79 s Measured at')
  })

  it('lists every movement and every phase', () => {
    for (const { id } of SIX) expect(report).toContain(`s${id}</span></h3>`)
    expect(report.match(/class="los los-/g)).toHaveLength(2 * EVALUATION.after.movements.length)
    expect(report).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  it('leaves out movements that nobody makes, and counts them', () => {
    const still = (of: typeof EVALUATION.after): typeof EVALUATION.after => ({ ...of, movements: of.movements.map((movement) => (movement.name === 'EBL' ? { ...movement, volume_vph: 0 } : movement)) })
    const text = planReport({ ...INPUT, simulation: { before: still(EVALUATION.before), after: still(EVALUATION.after), differences: DIFFERENCES } })
    expect(text.match(/class="los los-/g)).toHaveLength(2 * 54)
    expect(seen(text)).toContain('Movements without a vehicle are left out (6).')
  })

  it('says why nothing counts as better when more runs gridlock after', () => {
    const stuck = { before: EVALUATION.before, after: { ...EVALUATION.after, gridlocked_runs: 1 }, differences: DIFFERENCES }
    expect(seen(planReport({ ...INPUT, simulation: stuck }))).toContain('nothing counts as better')
    expect(seen(report)).not.toContain('nothing counts as better')
  })

  it('says that a single pair of runs decides nothing', () => {
    const single = (of: typeof EVALUATION.after): typeof EVALUATION.after => ({ ...of, runs: 1 })
    const text = seen(planReport({ ...INPUT, simulation: { before: single(EVALUATION.before), after: single(EVALUATION.after), differences: DIFFERENCES.map((d) => ({ ...d, difference: { ...d.difference, ci95: null }, verdict: 'undecided' as const })) } }))
    expect(text).toContain('One pair of runs with the same seed gives no interval')
    expect(text).toContain('−55.1 −45 %')
  })

  it('prints miles and feet on demand, and degrees of saturation where given', () => {
    const us = seen(planReport({ ...INPUT, units: 'us', saturation: { '1.EBT': { before: 0.87, after: 1.04 } } }))
    expect(us).toContain('Speed, mph')
    expect(us).toContain('Queue, ft before')
    expect(us).toContain('v/c before')
    expect(us).toContain('0.87 1.04')
    expect(seen(report)).not.toContain('v/c before')
  })

  it('shows cycles considered and the trade between the directions only where given', () => {
    expect(report).not.toContain('class="pareto"')
    const more = planReport({ ...INPUT, candidates: [{ cycle_s: 90, outbound_s: 27, inbound_s: 18, cost_s: 41.2 }, { cycle_s: 100, chosen: true }], pareto: [{ outbound_s: 30, inbound_s: 0 }, { outbound_s: 16, inbound_s: 16, chosen: true }] })
    expect(seen(more)).toContain('90 27.0 18.0 25 % 41.2')
    expect(more).toContain('this plan 16 / 16 s')
  })

  it('weighs changes by the mean volume and leaves out movements of one side only', () => {
    const [first] = EVALUATION.after.movements
    if (first === undefined) throw new Error('no movement')
    const before = { ...EVALUATION.before, movements: [{ ...first, delay_s: 30, volume_vph: 300 }] }
    const after = { ...EVALUATION.after, movements: [{ ...first, delay_s: 48, volume_vph: 500 }, { ...first, movement: 'new' }] }
    expect(listMovementChanges(before, after).map(({ change_s, total_veh_h }) => [change_s, total_veh_h])).toEqual([[18, 2]])
  })

  it('is the same for the same input', () => {
    expect(planReport(INPUT)).toBe(report)
  })

  it('names a signal that is missing', () => {
    expect(() => planReport({ ...INPUT, signals: SIGNALS.slice(1) })).toThrow('the plan names signal "1"')
  })
})

describe('the report of a plan for paths or links', () => {
  const certificate = { value: 6000, bound: 7500, gap: 1500, gap_share: 0.2, proven: false, stopped: 'effort' as const }
  const band = { mode: 'car' as const, front_s: [] }
  const paths = { certificate, sentences: ['The last says what is proven.'], bands: [{ ...band, id: 'a', name: 'north to east', persons_h: 300, weight: 0.75, width_s: 20 }, { ...band, id: 'b', name: HOSTILE, persons_h: 100, weight: 0.25, width_s: 0, reason: 'others lose more' }] }
  const alongPaths: PlanReportInput = { ...unsimulated(INPUT), plan: { ...PLAN, bands: PLAN.bands.map((one) => ({ ...one, width_s: 0 })), paths } }

  it('begins with their bands and their proof, and does not miss bands that nobody asked for', () => {
    expect(headline(alongPaths)).toBe('The plan was not simulated; 1 of 2 paths planned for, with 75 % of their persons, has a green band 20 s wide in a cycle of 100 s; weighed by persons that is at most 20.0 % less than possible with these splits and speeds.')
    expect(warnings(alongPaths)).toEqual([])
    const text = seen(planReport(alongPaths))
    expect(text).toContain('The last says what is proven.')
    expect(text).toContain('others lose more')
    expect(planReport(alongPaths)).not.toContain('<script>')
    const link_bands = { certificate: { ...certificate, value: 18, bound: 19, gap: 1 }, sentences: ['So wide.'], bands: [{ direction: 'outbound' as const, from: '1', to: '2', width_s: 18, bound_s: 30, gap_s: 12, weight: 1, front_s: [] }] }
    expect(headline({ ...unsimulated(INPUT), plan: { ...PLAN, link_bands } })).toBe('The plan was not simulated; the links carry green bands of 18 s, 18 s in the mean by volume, in a cycle of 100 s, at most 1 s less than the widest possible.')
    expect(seen(planReport({ ...unsimulated(INPUT), plan: { ...PLAN, link_bands } }))).toContain('Bands of the links')
  })

  it('says why where that was asked for', () => {
    const rank = { cycle_s: 90, value_s: 30, share: 1 / 3 }
    const insight = { cycles: { cycles: [rank], best: rank, taken: rank, better: 0 }, steps: [], sentences: ['C = 90 s can carry 30 s of band'] }
    expect(seen(planReport({ ...INPUT, plan: { ...PLAN, insight } }))).toContain('C = 90 s can carry 30 s of band')
    expect(seen(planReport(INPUT))).not.toContain('can carry 30 s')
  })
})
