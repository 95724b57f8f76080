import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Plan } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { planScenario } from '../plan-scenario.ts'
import { deriveDocument } from './derived.ts'
import { applyEdits, durationsOf, inverseOf, partsOf, sequenceOf, undoOf, type Parts, type PlanEdit } from './edits.ts'
import { runningDocument } from './testing.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))
const graph = new RoadGraph(scenario.network)
const ids = ['1', '2', '3', '4', '5', '6']
const link = (to: string) => ({ from: String(Number(to) - 1), to, distance_m: 400, travel_time_s: 40, speed_mps: 10 })
const plan: Plan = { ...runningDocument(scenario), bands: [{ direction: 'outbound', width_s: 20, width_cycle: 0.2, limited_by: [], links: ['2', '3'].map(link), front_s: [] }] }
const staged: Plan = {
  ...plan, intersections: [{
    id: '1', source_id: '1', signal_groups: [], kind: 'stages', signal: '1', cycle_s: 90, offset_s: 4, offset_reference: 'sequence_start', coordinated: ['2'],
    stages: [{ id: 'a', kind: 'stage', green: ['2', '6'], duration_s: 50 }, { id: 'b', kind: 'stage', green: ['4', '8'], duration_s: 40 }],
  }],
}

const seconds = fc.double({ min: -500, max: 500, noNaN: true, noDefaultInfinity: true })
const shuffledOf = (list: readonly string[]): fc.Arbitrary<string[]> => fc.shuffledSubarray([...list], { minLength: list.length })

/** One part twice, each time half as long. */
function doubled(parts: Parts, at: number): Parts {
  if (parts.kind === 'stages') {
    const i = at % parts.stages.length
    const half = (id: string) => ({ ...parts.stages[i]!, id, duration_s: parts.stages[i]!.duration_s / 2 })
    const name = `${parts.stages[i]!.id}+`
    return parts.stages.some(({ id }) => id === name) ? parts : { kind: 'stages', stages: parts.stages.flatMap((stage, k) => (k === i ? [half(stage.id), half(name)] : [stage])) }
  }
  const b = at % parts.barriers.length
  return { kind: 'rings', barriers: parts.barriers.map(({ rings }, i) => ({ rings: rings.map((ring) => ring.flatMap((one) => (i === b ? [{ ...one, split_s: one.split_s / 2 }, { split_s: one.split_s / 2, phase: one.phase }] : [one]))) })) }
}

/** A command that fits the plan as it is. */
const editOf = (now: Plan): fc.Arbitrary<PlanEdit> => {
  const one = fc.constantFrom(...now.intersections)
  return fc.oneof(
    fc.tuple(one, seconds).map(([{ signal, offset_s }, becomes_s]): PlanEdit => ({ kind: 'offset', signal, was_s: offset_s, becomes_s })),
    fc.tuple(one, fc.nat(), seconds).map(([it, at, becomes_s]): PlanEdit => {
      const durations = durationsOf(it)
      const part = at % durations.length
      return { kind: 'edge', signal: it.signal, parts: [{ part, was_s: durations[part]!, becomes_s }] }
    }),
    one.chain((it) => fc.tuple(...sequenceOf(it).map(shuffledOf)).map((becomes): PlanEdit => ({ kind: 'sequence', signal: it.signal, was: sequenceOf(it), becomes }))),
    fc.tuple(one, fc.nat()).map(([it, at]): PlanEdit => ({ kind: 'parts', signal: it.signal, was: partsOf(it), becomes: doubled(partsOf(it), at) })),
    fc.tuple(seconds, seconds).map(([becomes_s, offset_s]): PlanEdit => ({
      kind: 'cycle', was_s: now.cycle_s, becomes_s,
      signals: now.intersections.map((it) => ({
        signal: it.signal, was: { cycle_s: it.cycle_s, offset_s: it.offset_s, durations_s: durationsOf(it) }, becomes: { cycle_s: becomes_s, offset_s, durations_s: durationsOf(it).map((s) => s * 1.1) },
      })),
    })),
    fc.double({ min: 0.5, max: 30, noNaN: true }).map((becomes_mps): PlanEdit => ({ kind: 'speed', direction: 'outbound', to: '3', was_mps: now.bands[0]!.links[1]!.speed_mps, becomes_mps })),
  )
}

/** A row of commands, each on the plan that those before it left. */
const rowOf = (start: Plan): fc.Arbitrary<PlanEdit[]> => {
  const more = (now: Plan, left: number): fc.Arbitrary<PlanEdit[]> => (left === 0 ? fc.constant([]) : editOf(now).chain((edit) => more(applyEdits(now, [edit]), left - 1).map((rest) => [edit, ...rest])))
  return fc.nat(6).chain((n) => more(start, n))
}

describe('an edited plan', () => {
  it('has its bands measured: those of the optimizer where nothing changed, and less where a signal is moved', async () => {
    const { scenario: textbook, hashes } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
    const { plan: best, graph: streets } = await planScenario({
      scenario: textbook, scenario_name: 'textbook', options: { objective: 'band', cycle_min_s: 80, cycle_max_s: 80, queue_clearance: false }, runs: 0, seed: 1, version: 'test', inputs: hashes,
    })
    const corridor = textbook.scenario.corridors[0]!
    const same = deriveDocument(streets, corridor, best)
    expect(same.intersections).toEqual(best.intersections)
    for (const [i, band] of same.bands.entries()) {
      expect(band.width_s).toBeCloseTo(best.bands[i]!.width_s, 4)
      expect(band.front_s.map(({ signal }) => signal)).toEqual(best.bands[i]!.front_s.map(({ signal }) => signal))
      for (const [k, { time_s }] of band.front_s.entries()) expect(((time_s - best.bands[i]!.front_s[k]!.time_s) % 80 + 120) % 80).toBeCloseTo(40, 3)
    }
    const { signal, offset_s } = best.intersections[1]!
    const moved = deriveDocument(streets, corridor, applyEdits(best, [{ kind: 'offset', signal, was_s: offset_s, becomes_s: offset_s + 9 }]))
    expect(moved.bands[0]!.width_s).toBeCloseTo(best.bands[0]!.width_s - 9, 4)
    expect(moved.bands[0]!.limited_by).toContain(signal)
    expect(moved.certificate).toMatchObject({ proven: false, method: 'measured after an edit by hand' })
    const { to, speed_mps } = best.bands[0]!.links[0]!
    const slower = deriveDocument(streets, corridor, applyEdits(best, [{ kind: 'speed', direction: 'outbound', to, was_mps: speed_mps, becomes_mps: speed_mps / 2 }]))
    expect(slower.bands[0]!.links[0]!.travel_time_s).toBeCloseTo(best.bands[0]!.links[0]!.travel_time_s * 2, 6)
    expect(slower.bands[0]!.width_s).toBeLessThan(best.bands[0]!.width_s)
  })
})

describe('edits', () => {
  it.each([['rings', plan], ['stages', staged]])('are taken back exactly, all or one by one: %s', (_name, start) => {
    fc.assert(fc.property(rowOf(start), (edits) => {
      const after = applyEdits(start, edits)
      expect(applyEdits(after, undoOf(edits))).toEqual(start)
      expect(JSON.stringify(applyEdits(after, undoOf(edits)))).toBe(JSON.stringify(start))
      expect(undoOf(undoOf(edits))).toEqual(edits)
      for (const edit of edits) expect(inverseOf(inverseOf(edit))).toEqual(edit)
    }), { numRuns: 30 })
  })

  it('refuse a value that is not the one they were written on', () => {
    expect(() => applyEdits(plan, [{ kind: 'offset', signal: '2', was_s: 999, becomes_s: 1 }])).toThrow('not 999 s as the edit expects')
    expect(() => applyEdits(plan, [{ kind: 'offset', signal: '99', was_s: 0, becomes_s: 1 }])).toThrow('no signal "99"')
    expect(() => applyEdits(plan, [{ kind: 'edge', signal: '1', parts: [{ part: 40, was_s: 0, becomes_s: 1 }] }])).toThrow('there is no part 40')
    const was = sequenceOf(plan.intersections[0]!)
    expect(() => applyEdits(plan, [{ kind: 'sequence', signal: '1', was, becomes: was.map((list) => list.map(() => '2')) }])).toThrow('not one of the same parts')
    const parts = partsOf(staged.intersections[0]!)
    const twice: Parts = { kind: 'stages', stages: [{ id: 'a', kind: 'stage', green: ['2'], duration_s: 45 }, { id: 'a', kind: 'stage', green: ['4'], duration_s: 45 }] }
    expect(() => applyEdits(staged, [{ kind: 'parts', signal: '1', was: twice, becomes: parts }])).toThrow('the stages of 1 are not those that the edit expects')
    expect(() => applyEdits(staged, [{ kind: 'parts', signal: '1', was: parts, becomes: twice }])).toThrow('two stages "a"')
    expect(() => applyEdits(staged, [{ kind: 'parts', signal: '1', was: parts, becomes: { kind: 'rings', barriers: [] } }])).toThrow('runs by stages')
    expect(() => applyEdits(plan, [{ kind: 'speed', direction: 'inbound', to: '2', was_mps: 10, becomes_mps: 11 }])).toThrow('no inbound band')
    expect(() => applyEdits(plan, [{ kind: 'offset', signal: '2', was_s: plan.intersections[1]!.offset_s, becomes_s: Number.NaN }])).toThrow('must be a number')
  })

  it('make windows anew', () => {
    const { offset_s } = plan.intersections[1]!
    const edge: PlanEdit = { kind: 'edge', signal: '2', parts: durationsOf(plan.intersections[1]!).slice(0, 2).map((was_s, part) => ({ part, was_s, becomes_s: was_s + (part === 0 ? -2 : 2) })) }
    const edited = deriveDocument(graph, scenario.scenario.corridors[0]!, applyEdits(plan, [{ kind: 'offset', signal: '2', was_s: offset_s, becomes_s: 7 }, edge]))
    const width = (document: Plan, group: string): number => {
      const [from, to] = document.intersections[1]!.signal_groups.find(({ id }) => id === group)!.green_windows_s[0]!
      return to - from
    }
    const through = sequenceOf(plan.intersections[1]!)[0]![1]!
    expect(width(edited, through)).toBeCloseTo(width(plan, through) + 2, 6)
    expect(edited.intersections.map(({ id }) => id)).toEqual(ids)
  })
})

it('an edited plan keeps nothing that was proven of the one before', () => {
  const rank = { cycle_s: 90, value_s: 30, share: 1 / 3 }
  const certificate = { value: 1, bound: 1, gap: 0, gap_share: 0, proven: true, stopped: 'proven' as const }
  const proven: Plan = { ...plan, paths: { bands: [], certificate, sentences: [] }, link_bands: { bands: [], certificate, sentences: [] }, insight: { cycles: { cycles: [rank], best: rank, taken: rank, better: 0 }, steps: [], sentences: [] } }
  const derived = deriveDocument(graph, scenario.scenario.corridors[0]!, proven)
  expect(Object.keys(derived).filter((key) => ['paths', 'link_bands', 'insight'].includes(key))).toEqual([])
})
