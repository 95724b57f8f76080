import { describe, expect, it } from 'vitest'
import { demoTown } from '../../api/demo/town.ts'
import { compileSignal } from '../../model/compile.ts'
import type { Plan } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { patternOf } from '../../plans/street.ts'
import { deriveDocument } from '../../plans/workflow/derived.ts'
import { columnsOf, countStops, joined, thin } from './columns.ts'
import { densityOf, depositOf } from './density.ts'
import { deltaOf, withDelta } from './delta.ts'
import { newestOnly } from './line.ts'
import { Desk } from './desk.ts'
import type { Said } from './messages.ts'
import { Previewer } from './previewer.ts'
import type { EngineInput } from './protocol.ts'
import { runningPlan } from './testing.ts'
import { theoreticalVehicles } from './theoretical.ts'

const scenario = demoTown('Asia/Shanghai')
const corridor = scenario.scenario.corridors[1]!
const graph = new RoadGraph(scenario.network)

const original = runningPlan(scenario, graph, corridor, 'morning')
const input: EngineInput = { scenario, corridor: corridor.id, period: 'morning', original }
const engine = new Previewer(input)
const [first, second] = [original.intersections[0]!, original.intersections[1]!]
const moved = (by: number) => ({ edits: [{ kind: 'offset' as const, signal: second.signal, was_s: second.offset_s, becomes_s: (second.offset_s + by) % second.cycle_s }] })

describe('a preview', () => {
  it('shows windows, bands and certificate as the service derives them from the same edit', () => {
    const { document, compiled, links, ends, faults } = engine.preview(1, moved(21))
    const service = deriveDocument(graph, corridor, { ...original, intersections: original.intersections.map((one) => (one.signal === second.signal ? { ...one, offset_s: (one.offset_s + 21) % one.cycle_s } : one)) })
    expect(document).toEqual(service)
    expect(compiled).toEqual(service.intersections.map((one) => compileSignal(graph.getSignal(one.signal), patternOf(one))))
    expect(faults).toEqual([])
    expect(links).toHaveLength(2 * (corridor.intersections.length - 1))
    expect(ends.map(({ width_s }) => width_s)).toEqual(service.bands.map(({ width_s }) => width_s))
    for (const link of links) {
      const end = ends.find(({ direction }) => direction === link.direction)!
      expect(link.width_s).toBeGreaterThanOrEqual(end.width_s)
      expect(link.attainability).toBeLessThanOrEqual(1)
    }
  })

  it('of a row of changes is what a fresh engine says of the last one', () => {
    for (const by of [3, 40, 17.5]) engine.preview(2, moved(by))
    const fresh = new Previewer(input)
    expect({ ...engine.preview(3, moved(33)), request: 0 }).toEqual({ ...fresh.preview(3, moved(33)), request: 0 })
  })

  it('tells delay, stops and losers where signals have no common cycle, and between which', () => {
    const other: Plan = { ...original, intersections: original.intersections.map((one, i) => (i > 1 ? one : one.kind === 'stages' ? { ...one, cycle_s: one.cycle_s + 7.3, stages: one.stages.map((stage, k) => (k === 0 ? { ...stage, duration_s: stage.duration_s + 7.3 } : stage)) }
      : { ...one, cycle_s: one.cycle_s + 7.3, barriers: one.barriers.map(({ rings }, b) => ({ rings: rings.map((ring) => ring.map((phase, k) => (b === 0 && k === 0 ? { ...phase, split_s: phase.split_s + 7.3 } : phase))) })) })) }
    const { figures, original: before, apart, faults } = engine.preview(8, { document: other })
    expect(faults.filter(({ code }) => code !== 'common-cycle')).toEqual([])
    expect(apart).toEqual([{ from: second.signal, to: original.intersections[2]!.signal }])
    expect(figures!.delay_s_per_veh).toBeGreaterThan(0)
    expect(figures!.delay_s_per_veh).not.toBe(before!.delay_s_per_veh)
    expect(engine.preview(9, { edits: [] }).apart).toEqual([])
  })

  it('leaves an untouched plan as it is, with nobody who loses', () => {
    const { document, losers, figures, original: before } = engine.preview(4, { edits: [] })
    expect(document).toBe(original)
    expect(losers).toEqual([])
    expect(figures).toEqual(before)
  })

  it('names the rule that is broken and gives no figures for it', () => {
    const parts = first.kind === 'rings' ? first.barriers[0]!.rings[0]!.map(({ split_s }) => split_s) : []
    const { faults, figures } = engine.preview(5, { edits: [{ kind: 'edge', signal: first.signal, parts: [{ part: 0, was_s: parts[0]!, becomes_s: 2 }] }] })
    expect(faults.length).toBeGreaterThan(0)
    expect(faults[0]).toMatchObject({ signal: first.signal })
    expect(figures).toBeUndefined()
  })

  it('tells who loses when green is taken from them', () => {
    const stolen = { ...original, intersections: original.intersections.map((one) => (one.signal === second.signal ? { ...one, offset_s: (one.offset_s + one.cycle_s / 2) % one.cycle_s } : one)) }
    const found = [13, 27, 55, 80].flatMap((by) => engine.preview(6, moved(by)).losers)
    expect(found.length).toBeGreaterThan(0)
    expect(found.every(({ kind }) => kind !== 'side-street')).toBe(true)
    expect(engine.preview(7, { document: stolen }).document.intersections[1]!.offset_s).toBe(stolen.intersections[1]!.offset_s)
  })
})

describe('only the newest', () => {
  it('is worked on: what was begun is answered, what waited and was overtaken is not', async () => {
    const done: ((value: number) => void)[] = []
    const asked: number[] = []
    const ask = newestOnly((question: number) => new Promise<number>((resolve) => { asked.push(question); done.push(resolve) }))
    const answers = [ask(1), ask(2), ask(3)]
    done[0]!(10)
    expect(await answers[0]).toBe(10)
    expect(await answers[1]).toBeUndefined()
    await Promise.resolve()
    done[1]!(30)
    expect(await answers[2]).toBe(30)
    expect(asked).toEqual([1, 3])
  })

  it('goes on after a failure', async () => {
    const ask = newestOnly((question: number) => (question === 1 ? Promise.reject(new Error('no')) : Promise.resolve(question)))
    await expect(ask(1)).rejects.toThrow('no')
    expect(await ask(2)).toBe(2)
  })
})

/** One vehicle that drives, stands for 20 s and drives on, told every second. */
function stopAndGo(): { starts: number[]; times_s: Float32Array; positions_m: Float32Array } {
  const positions = [0]
  for (let t = 0; t < 60; t++) positions.push(positions.at(-1)! + (t < 20 || t >= 40 ? 12 : 0))
  return { starts: [0, positions.length], times_s: Float32Array.from(positions, (_, t) => t), positions_m: Float32Array.from(positions) }
}

describe('columns', () => {
  it('keep the corners of a journey and stay within the tolerance at every sample', () => {
    const samples = stopAndGo()
    // A wiggle that nobody could see.
    samples.positions_m.forEach((x, i) => { samples.positions_m[i] = x + Math.sin(i) * 0.9 })
    const keep = new Uint8Array(samples.times_s.length)
    thin(samples.times_s, samples.positions_m, 0, keep.length, 3, keep)
    const kept = [...keep.keys()].filter((i) => keep[i] === 1)
    expect(kept.length).toBeLessThanOrEqual(6)
    for (let i = 0; i < keep.length; i++) {
      const b = kept.findIndex((at) => at >= i)
      const [p, q] = [kept[Math.max(0, b - 1)]!, kept[b]!]
      const share = q === p ? 0 : (i - p) / (q - p)
      expect(Math.abs(samples.positions_m[p]! + share * (samples.positions_m[q]! - samples.positions_m[p]!) - samples.positions_m[i]!)).toBeLessThanOrEqual(3 + 1e-4)
    }
  })

  it('know stops and mean speed, and lie one behind the other when joined', () => {
    const { starts, times_s, positions_m } = stopAndGo()
    expect(countStops(times_s, positions_m, 0, starts[1]!)).toBe(1)
    const one = columnsOf(stopAndGo(), () => 1, 1, 'simulated')
    expect(one.mean_speed_mps[0]).toBeCloseTo(8)
    const two = joined([one, one])
    expect([...two.starts]).toEqual([0, 4, 8])
    expect([...two.directions, ...two.stops]).toEqual([1, 1, 1, 1])
    expect(two.positions_m.slice(4)).toEqual(one.positions_m)
  })
})

describe('density', () => {
  const trajectories = columnsOf(stopAndGo(), () => 0, 1, 'simulated')
  const request = { trajectories, time_s: [0, 60] as [number, number], position_m: [-10, 600] as [number, number], width: 120, height: 61 }

  it('holds every vehicle-second that is in the picture, folded or not', () => {
    const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0)
    expect(sum(depositOf(request))).toBeCloseTo(60, 3)
    expect(sum(depositOf({ ...request, time_s: [0, 25], fold_s: 25 }))).toBeCloseTo(60, 3)
    expect(sum(depositOf({ ...request, time_s: [0, 50], fold_s: 25 }))).toBeCloseTo(120, 3)
  })

  it('is fullest where the vehicle stands, and steps evenly in lightness', () => {
    const { pixels, fullest, width } = densityOf({ ...request, scheme: 'light' })
    const row = Math.floor((600 - 240) / 10)
    const at = 4 * (row * width + 60)
    expect(fullest).toBeCloseTo(0.5, 3)
    expect(pixels[at + 3]).toBe(255)
    expect(pixels[3]).toBe(0)
    const dark = densityOf({ ...request, scheme: 'dark' }).pixels
    expect(dark[at + 1]!).toBeGreaterThan(pixels[at + 1]!)
  })
})

describe('vehicles of the bands', () => {
  it('are one a cycle, inside every green on their way', () => {
    const wide: Plan = { ...original, bands: original.bands.map((band) => ({ ...band, width_s: 10, front_s: corridor.intersections.map((signal, i) => ({ signal, time_s: 30 * i })) })) }
    const { directions, times_s, starts } = theoreticalVehicles(graph, engine.corridor, wide, [0, 600])
    expect(directions.length).toBeGreaterThan(8)
    expect((times_s[starts[1]!]! - times_s[0]!) % original.cycle_s).toBeCloseTo(0)
  })
})

describe('a plan that goes over as a change', () => {
  const shifted = (plan: Plan, by: number): Plan => ({ ...plan, intersections: plan.intersections.map((one, i) => (i === 1 ? { ...one, offset_s: (one.offset_s + by) % one.cycle_s } : one)) })

  it('is the same plan on the other side, in which what stayed is the very same object', () => {
    const [one, two] = [shifted(original, 5), { ...shifted(original, 9), cycle_s: 88 }]
    let there = withDelta(undefined, structuredClone(deltaOf(undefined, original)))
    expect(there).toEqual(original)
    for (const [before, after] of [[original, one], [one, two], [two, original]] as const) {
      const delta = deltaOf(before, after)
      expect(delta.intersections.filter((part) => typeof part !== 'number')).toHaveLength(1)
      const next = withDelta(there, structuredClone(delta))
      expect(next).toEqual(after)
      expect(next.intersections[0]).toBe(there.intersections[0])
      there = next
    }
  })

  it('is not taken for a change of another plan', () => {
    expect(() => withDelta(undefined, deltaOf(original, shifted(original, 3)))).toThrow('no intersection')
  })
})

describe('the desk', () => {
  it('answers in the words of the engine, refused or not', () => {
    const desk = new Desk()
    const said: Said[] = []
    const ask = (question: Parameters<Desk['answer']>[0]): void => desk.answer(question, (answer, transfer) => { said.push(structuredClone(answer, { transfer })) })
    ask({ id: 1, kind: 'preview', request: 1, what: { edits: [] } })
    ask({ id: 2, kind: 'open', input: { ...input, corridor: 'nowhere' } })
    ask({ id: 3, kind: 'preview', request: 1, what: { edits: [] } })
    ask({ id: 4, kind: 'open', input })
    ask({ id: 5, kind: 'preview', request: 9, what: moved(5) })
    expect(said.map((one) => (one.kind === 'failed' ? one.code : one.kind))).toEqual(['internal', 'done', 'corridor.unknown', 'done', 'done'])
    expect(said.at(-1)).toMatchObject({ id: 5, value: { request: 9 } })
  })
})
