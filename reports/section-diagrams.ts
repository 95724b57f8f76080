// The time-space diagrams after and before over the same stretch of time, and the bands link by link.
import { paintTimeSpace } from '../diagram/paint-time-space.ts'
import { partBandsOf } from '../diagram/part-bands.ts'
import { buildTimeSpaceScene, stationFromCompiled } from '../diagram/time-space.ts'
import type { TimeSpaceScene, TimeSpaceStation } from '../diagram/time-space.ts'
import type { Band, CompiledSignal } from '../model/plan.ts'
import { distance, distanceUnit, fixed, listed, percent, plain, speed, speedUnit, tenths } from './format.ts'
import { html, paintedMarkup, table } from './html.ts'
import type { Markup } from './html.ts'
import { partBandTables } from './part-band-tables.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'

/** Enough to see a pattern repeat; longer corridors get as many cycles as a trip takes, and two more. */
const CYCLES = 4
/** More would not be legible across an A4 page. */
const MOST_CYCLES = 8

export function diagramSection(input: PlanReportInput): Markup {
  const running = input.running.name ?? 'the plan now running'
  const cycles = [...new Set(input.running.compiled.map(({ cycle_s }) => cycle_s))]
  const unequal = cycles.length === 1 ? '' : ` Its signals run on ${cycles.length} different cycles (${listed(cycles.map(plain))} s), so no band repeats.`
  return html`<section id="diagram">
<h2>Time-space diagram</h2>
${figure(input, 'after', 'After: the proposed plan.')}
${figure(input, 'before', `Before: ${running}.${unequal}`)}
${bandTable(input)}${partBandTables(input)}
</section>`
}

export type When = 'before' | 'after'

/** The plan over the street, or what ran before it. */
export function planScene(input: PlanReportInput, when: When): TimeSpaceScene {
  const cycles = [...new Set(input.running.compiled.map(({ cycle_s }) => cycle_s))]
  const common = cycles.length === 1 ? cycles[0] : undefined
  const shown: { compiled: readonly CompiledSignal[]; bands: Band[]; cycle_s: number | undefined } = when === 'after'
    ? { compiled: input.plan.intersections.map(({ id, cycle_s, offset_s, signal_groups }) => ({ signal: id, cycle_s, offset_s, groups: signal_groups })), bands: input.plan.bands, cycle_s: input.plan.cycle_s }
    : { compiled: input.running.compiled, bands: common === undefined ? [] : input.running.bands ?? [], cycle_s: common }
  const stations = input.stations.flatMap((station): TimeSpaceStation[] => {
    const compiled = shown.compiled.find(({ signal }) => signal === station.signal)
    return compiled === undefined ? [] : [stationFromCompiled(compiled, station)]
  })
  return buildTimeSpaceScene({
    stations, bands: shown.bands, part_bands: when === 'after' ? partBandsOf(input.plan) : [], range_s: diagramRange(input), ...(shown.cycle_s === undefined ? {} : { cycle_s: shown.cycle_s }),
    ...(input.trajectories === undefined ? {} : { trajectories: input.trajectories[when] }),
  })
}

/** One standalone SVG. `width` px. */
export const paintPlan = (input: PlanReportInput, when: When, scene: TimeSpaceScene = planScene(input, when), width = 760): string =>
  paintTimeSpace(scene, { title: `Time-space diagram ${when}: ${input.corridor_name}`, units: input.units ?? 'metric', width })

/** Whole cycles around the middle of what was simulated; without trajectories, from the first band on. */
export function diagramRange(input: PlanReportInput): readonly [number, number] {
  if (input.diagram_range_s !== undefined) return input.diagram_range_s
  const cycle = input.plan.cycle_s
  const trip = Math.max(0, ...input.plan.bands.map((band) => band.links.reduce((sum, link) => sum + link.travel_time_s, 0)))
  const length = Math.min(MOST_CYCLES, Math.max(CYCLES, Math.ceil(trip / cycle) + 2)) * cycle
  let [first, last] = [Infinity, -Infinity]
  for (const { points } of input.trajectories?.after ?? []) {
    first = Math.min(first, points.times_s[0] ?? first)
    last = Math.max(last, points.times_s[points.times_s.length - 1] ?? last)
  }
  if (last <= first) return [0, length]
  const start = Math.max(Math.ceil(first / cycle), Math.floor(((first + last) / 2 - length / 2) / cycle)) * cycle
  return [start, start + length]
}

function figure(input: PlanReportInput, when: When, caption: string): Markup {
  const scene = planScene(input, when)
  const svg = paintPlan(input, when, scene)
  const layers = [...(scene.bands.length + scene.part_bands.length > 0 ? ['bands'] : []), ...(scene.trajectories.length > 0 ? ['trajectories'] : [])]
  const toggles = layers.map((layer) => html`<input type="checkbox" class="toggle show-${layer}" id="${when}-${layer}" checked><label for="${when}-${layer}">${layer === 'trajectories' ? 'vehicles' : layer}</label>\n`)
  return html`<figure class="diagram">
${toggles}
<div class="wide">${paintedMarkup(svg)}</div>
<figcaption>${caption}</figcaption>
</figure>\n`
}

function bandTable(input: PlanReportInput): Markup {
  const units = input.units ?? 'metric'
  const bands = input.plan.bands.filter(({ width_s }) => width_s > 0)
  if (bands.length === 0) return html`<p>No band passes all signals of the corridor with this plan.</p>`
  const summaries = bands.map(({ direction, width_s, width_cycle, limited_by }) => html`<p><strong class="${direction}">${direction}</strong> band ${tenths(width_s)} s, ${percent(width_cycle)} of the cycle${limited_by.length === 0 ? '' : `; limited by ${listed(limited_by.map((signal) => stationName(input, signal)))}`}.</p>`)
  const rows = bands.flatMap((band) => band.links.map((link) => [
    html`${stationName(input, link.from)} → ${stationName(input, link.to)}`,
    html`<span class="${band.direction}">${band.direction}</span>`,
    distance(link.distance_m, units), speed(link.speed_mps, units), fixed(link.travel_time_s, 1),
  ]))
  return html`<h3>Bands</h3>
${summaries}
${table('Speed of progression, link by link', [{ head: 'Link' }, { head: 'Direction' }, { head: `Distance, ${distanceUnit(units)}`, numeric: true }, { head: `Speed, ${speedUnit(units)}`, numeric: true }, { head: 'Travel time, s', numeric: true }], rows)}`
}
