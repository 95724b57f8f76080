// Bands from signal to signal and from end to end, measured on whole greens as the service measures an edited plan.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Band, BandLink, CompiledSignal, Direction, Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { measureBand, type Measured } from '../../plans/workflow/derived.ts'
import type { BandFigures } from './protocol.ts'

const DIRECTIONS: Direction[] = ['outbound', 'inbound']

interface LinkMeasure { from: CompiledSignal | undefined; to: CompiledSignal | undefined; speed_mps: number; cycle_s: number; figures: BandFigures }

/** Keeps what it measured of a link until one of its two signals or its speed changes. */
export class BandMeter {
  readonly #graph: RoadGraph
  readonly #corridor: ResolvedCorridor
  readonly #links = new Map<string, LinkMeasure>()

  constructor(graph: RoadGraph, corridor: ResolvedCorridor) {
    this.#graph = graph
    this.#corridor = corridor
  }

  /** End to end the bands of the document themselves, in figures; the others as a car at the band's speed on that link meets them. */
  of(document: Plan, signals: readonly CompiledSignal[]): { links: BandFigures[]; ends: BandFigures[] } {
    const compiled = new Map(signals.map((signal) => [signal.signal, signal]))
    const found: { links: BandFigures[]; ends: BandFigures[] } = { links: [], ends: [] }
    for (const direction of DIRECTIONS) {
      const way = this.#corridor[direction]
      if (way === undefined) continue
      const known = document.bands.find((band) => band.direction === direction)
      const measured = (links: BandLink[]): Measured => measureBand(this.#graph, way, compiled, { direction, width_s: 0, width_cycle: 0, limited_by: [], links, front_s: [] }, document.cycle_s)
      const links = known?.links ?? way.legs.map(({ from, to, distance_m, speed_limit_mps }) => ({ from, to, distance_m, speed_mps: speed_limit_mps, travel_time_s: distance_m / speed_limit_mps }))
      for (const link of links) found.links.push(this.#link(direction, link, compiled, document.cycle_s, measured))
      if (links.length === 0) continue
      const all = measured(links)
      found.ends.push(figuresOf(known ?? all.band, all.least_s))
    }
    return found
  }

  #link(direction: Direction, link: BandLink, compiled: ReadonlyMap<string, CompiledSignal>, cycle_s: number, measured: (links: BandLink[]) => Measured): BandFigures {
    const key = `${direction} ${link.from} ${link.to} ${link.distance_m}`
    const [from, to, kept] = [compiled.get(link.from), compiled.get(link.to), this.#links.get(key)]
    if (kept?.from === from && kept?.to === to && kept?.speed_mps === link.speed_mps && kept.cycle_s === cycle_s) return kept.figures
    const { band, least_s } = measured([link])
    const figures = figuresOf(band, least_s)
    this.#links.set(key, { from, to, speed_mps: link.speed_mps, cycle_s, figures })
    return figures
  }
}

function figuresOf(band: Band, least_s: number): BandFigures {
  const { direction, width_s, width_cycle, limited_by, links, front_s } = band
  const [metres, seconds] = links.reduce(([m, s], { distance_m, travel_time_s }) => [m + distance_m, s + travel_time_s], [0, 0])
  return {
    direction, from: links[0]!.from, to: links.at(-1)!.to, width_s, share: width_cycle, attainability: least_s > 0 ? Math.min(1, width_s / least_s) : 0,
    speed_mps: seconds > 0 ? metres / seconds : 0, limited_by, front_s: width_s > 0 ? front_s : [],
  }
}
