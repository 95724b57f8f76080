// What follows from an edited timing: green windows compiled anew, bands measured anew. Nothing was optimised, and the certificate says so.
import { compileSignal } from '../../model/compile.ts'
import { resolveCorridor, type CorridorDirection, type ResolvedCorridor } from '../../model/corridor.ts'
import type { Band, Certificate, CompiledSignal, Direction, GreenWindow, Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import { common, greensOf, piecesOf, windowsOf } from '../../optimizer/capacity/index.ts'
import { patternOf } from '../street.ts'

/** Times of a band closer than this are the same, s. */
const SAME_S = 1e-6

export function deriveDocument(graph: RoadGraph, corridor: Corridor, plan: Plan): Plan {
  const compiled = plan.intersections.map((one) => compileSignal(graph.getSignal(one.signal), patternOf(one)))
  return deriveFrom(graph, resolveCorridor(graph, corridor), plan, compiled)
}

/** The same where corridor and signals are known already: compiled signals in the order of the intersections. */
export function deriveFrom(graph: RoadGraph, ways: Pick<ResolvedCorridor, Direction>, plan: Plan, signals: readonly CompiledSignal[]): Plan {
  const compiled = new Map(signals.map((signal) => [signal.signal, signal]))
  const intersections = plan.intersections.map((one, i) => ({ ...one, signal_groups: signals[i]!.groups }))
  const measured = plan.bands.map((band) => {
    const way = ways[band.direction]
    return way === undefined ? { band, least_s: 0 } : measureBand(graph, way, compiled, band, plan.cycle_s)
  })
  // What was proven of the plan before the edit no longer holds.
  const { link_bands: _links, paths: _paths, insight: _insight, ...kept } = plan
  return { ...kept, intersections, bands: measured.map(({ band }) => band), certificate: certificateOf(measured) }
}

/** Nobody changes a compiled signal; while a plan is dragged most stay. */
const opened = new WeakMap<CorridorDirection, WeakMap<CompiledSignal, readonly GreenWindow[]>>()

/** In the local clock of the signal: all stop lines of the direction under it show green to the corridor. */
function openAt(graph: RoadGraph, way: CorridorDirection, signal: CompiledSignal): readonly GreenWindow[] {
  const known = opened.get(way) ?? new WeakMap<CompiledSignal, readonly GreenWindow[]>()
  opened.set(way, known)
  const windows = known.get(signal) ?? openAnew(graph, way, signal)
  known.set(signal, windows)
  return windows
}

function openAnew(graph: RoadGraph, { crossings }: CorridorDirection, signal: CompiledSignal): GreenWindow[] {
  const movements = crossings.find((crossing) => crossing.signal === signal.signal)?.movements ?? []
  return movements.reduce((open, { id }) => {
    const all = graph.listConnections(id).flatMap(({ groups = [] }) => groups)
    const safe = all.filter(({ right_of_way }) => right_of_way === 'protected')
    const groups = [...new Set((safe.length > 0 ? safe : all).map(({ group }) => group))]
    return groups.length === 0 ? open : common(open, piecesOf(greensOf(signal, groups), signal.cycle_s))
  }, [[0, signal.cycle_s] as GreenWindow])
}

export interface Measured {
  band: Band
  /** Shortest green on the way: no band of these splits is wider. */
  least_s: number
}

/** The widest row of departures from the first stop line that meet green at every other, at the band's speeds. Greens whole, nothing kept for queues. */
export function measureBand(graph: RoadGraph, way: CorridorDirection, compiled: ReadonlyMap<SignalId, CompiledSignal>, band: Band, cycle_s: number): Measured {
  const links = band.links.map((link) => (link.speed_mps > 0 && link.distance_m > 0 ? { ...link, travel_time_s: link.distance_m / link.speed_mps } : link))
  const order = [links[0]?.from, ...links.map(({ to }) => to)].filter((id): id is SignalId => id !== undefined)
  const arrivals = links.reduce<number[]>((times, { travel_time_s }) => [...times, times.at(-1)! + travel_time_s], [0])
  let open: GreenWindow[] = [[0, cycle_s]]
  let least_s = cycle_s
  const edges: { signal: SignalId; windows: GreenWindow[] }[] = []
  for (const [i, signal] of order.entries()) {
    const timed = compiled.get(signal)
    if (timed === undefined) continue
    const own = openAt(graph, way, timed)
    least_s = Math.min(least_s, Math.max(0, ...windowsOf(own, timed.cycle_s).map(([from, to]) => to - from)))
    // A signal of half the cycle is green twice in it.
    const repeats = Math.max(1, Math.round(cycle_s / timed.cycle_s))
    const windows = piecesOf(Array.from({ length: repeats }, (_, k) => k * timed.cycle_s + timed.offset_s - arrivals[i]!).flatMap((shift) => windowsOf(own, timed.cycle_s).map(([from, to]): GreenWindow => [from + shift, to + shift])), cycle_s)
    edges.push({ signal, windows: windowsOf(windows, cycle_s) })
    open = common(open, windows)
  }
  const widest = windowsOf(open.sort((a, b) => a[0] - b[0]), cycle_s).reduce<GreenWindow | undefined>((best, one) => (best === undefined || one[1] - one[0] > best[1] - best[0] + SAME_S ? one : best), undefined)
  if (widest === undefined) return { least_s, band: { ...band, links, width_s: 0, width_cycle: 0, limited_by: [], front_s: [] } }
  const width_s = Math.round((widest[1] - widest[0]) / SAME_S) * SAME_S
  const touches = (time: number, edge: number): boolean => Math.abs((((time - edge) % cycle_s) + 1.5 * cycle_s) % cycle_s - cycle_s / 2) < SAME_S
  const limited_by = edges.filter(({ windows }) => windows.some(([from, to]) => to - from < cycle_s - SAME_S && (touches(from, widest[0]) || touches(to, widest[1])))).map(({ signal }) => signal)
  return { least_s, band: { ...band, links, width_s, width_cycle: width_s / cycle_s, limited_by, front_s: order.map((signal, i) => ({ signal, time_s: widest[0] + arrivals[i]! })) } }
}

function certificateOf(measured: readonly Measured[]): Certificate {
  const value = measured.reduce((sum, { band }) => sum + band.width_s, 0)
  const bound = measured.reduce((sum, { least_s }) => sum + least_s, 0)
  const show = (s: number): string => `${Math.round(s * 10) / 10} s`
  const widths = measured.map(({ band }) => `${show(band.width_s)} ${band.direction}`).join(' and ')
  const gap = Math.max(0, bound - value)
  return {
    objective: 'band', value, bound: Math.max(bound, value), gap, proven: gap < SAME_S, method: 'measured after an edit by hand',
    sentence: measured.length === 0 ? 'Edited by hand; the plan has no bands.' : `Edited by hand: the bands are ${widths} wide, measured on whole greens. The shortest greens on the way allow at most ${show(bound)} together.`,
  }
}
