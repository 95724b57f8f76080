// Paints a time-space scene as SVG: time to the right, the corridor upwards in the outbound direction, two bars at
// each stop line (lower = outbound, upper = inbound). Sizes are CSS pixels; 760 wide prints 1:1 on A4 portrait.
import type { Direction } from '../model/plan.ts'
import { feetFromMetres, formatTimeOfDay } from '../model/units.ts'
import { paintBandLabels, paintBands, paintPartBands } from './paint-bands.ts'
import { paintLegend } from './paint-legend.ts'
import { DIRECTION_COLOUR, DISPLAY_COLOUR, FONT, INK, MUTED, PAPER, RULE } from './palette.ts'
import { thinLine } from './polyline.ts'
import type { ScenePoint } from './polyline.ts'
import { linearScale, multiples, timeStep } from './scale.ts'
import type { LinearScale } from './scale.ts'
import type { Frame } from './frame.ts'
import { spreadLabels } from './labels.ts'
import { element, escapeText, px, subpath, text } from './svg.ts'
import type { PixelPoint } from './svg.ts'
import { columnsOf, pixelsOf, shorten } from './text-width.ts'
import type { SceneStation, TimeSpaceScene } from './time-space.ts'
import { DIRECTIONS } from './time-space.ts'

export interface PaintOptions {
  /** Read out by screen readers and shown as the picture's name. */
  title: string
  /** px; default 760. */
  width?: number
  /** px; default grows with the number of stations, within one A4 page. */
  height?: number
  units?: 'metric' | 'us'
  /** Upper limit of points in trajectories; they get coarser until they fit. */
  most_points?: number
}

const FONT_PX = 11
const NAME_COLUMNS = 22
/** Width of a column of bold text in the widest of the usual fonts (Verdana, DejaVu Sans), em. */
const BOLD_EM = 0.67
const LEGEND_PX = 46
/** About 8 bytes a point in a path: under 700 kB for each picture. */
const MOST_POINTS = 80_000
/** Vehicles closer than this on average are a grey area; then only every second, third ... is drawn. */
const NEAREST_PX = 2.5
/** Half the width of a vehicle's line: leaving out less is invisible. */
const THINNEST_PX = 0.3

/** One standalone `<svg>`; deterministic, no external reference. */
export function paintTimeSpace(scene: TimeSpaceScene, options: PaintOptions): string {
  const frame = frameOf(scene, options)
  const width = options.width ?? 760
  const height = frame.bottom + 34 + LEGEND_PX
  const units = options.units ?? 'metric'
  return element(
    'svg',
    { 'xmlns': 'http://www.w3.org/2000/svg', 'class': 'time-space', 'viewBox': `0 0 ${px(width)} ${px(height)}`, 'width': width, 'height': height, 'role': 'img', 'font-family': FONT, 'font-size': FONT_PX, 'fill': INK },
    element('title', {}, escapeText(options.title)),
    element('desc', {}, escapeText(describe(scene))),
    element('rect', { width, height, fill: PAPER }),
    paintTimeAxis(frame),
    paintPartBands(frame),
    paintBands(frame),
    paintTrajectories(frame, options.most_points ?? MOST_POINTS),
    paintStations(frame),
    paintBandLabels(frame),
    paintNames(frame, units),
    paintLegend(frame, height - LEGEND_PX + 6),
  )
}

function frameOf(scene: TimeSpaceScene, { width = 760, height }: PaintOptions): Frame {
  const columns = Math.max(12, ...scene.stations.map(({ name }) => Math.min(NAME_COLUMNS, columnsOf(name))))
  const left = Math.round(columns * BOLD_EM * FONT_PX) + 16
  const right = width - 56
  const top = 30
  const plot = (height ?? Math.min(1000, Math.max(300, 60 + scene.stations.length * 50)) + 34 + LEGEND_PX) - 34 - LEGEND_PX
  const bottom = plot
  const y = linearScale(scene.extent_m, [bottom, top])
  const places = scene.stations.map(({ position_m }) => y(position_m))
  const nearest = Math.min(Infinity, ...places.slice(1).map((place, i) => Math.abs(place - (places[i] as number))))
  const every = { outbound: everyVehicle(scene, 'outbound', right - left), inbound: everyVehicle(scene, 'inbound', right - left) }
  return { scene, x: linearScale(scene.range_s, [left, right]), y, left, right, top, bottom, bar: Math.min(4.5, Math.max(1.2, nearest / 4)), every }
}

/** Which share of the vehicles leaves the lines apart. */
function everyVehicle({ trajectories }: TimeSpaceScene, direction: Direction, width_px: number): number {
  const vehicles = 1 + trajectories.reduce((most, trajectory) => (trajectory.direction === direction ? Math.max(most, trajectory.vehicle) : most), -1)
  return Math.max(1, Math.ceil((vehicles * NEAREST_PX) / width_px))
}

/** The picture in a sentence, for those who cannot see it. */
function describe(scene: TimeSpaceScene): string {
  const widths = DIRECTIONS.flatMap((direction) => {
    const band = scene.bands.find((candidate) => candidate.direction === direction)
    return band === undefined ? [] : [`${direction} band ${px(band.width_s)} s`]
  })
  const parts = scene.part_bands.length === 0 ? [] : ['bands of links or paths']
  const bands = widths.length === 0 ? 'no end-to-end band' : widths.join(', ')
  return `${scene.stations.length} signals from ${scene.stations[0]?.name ?? ''} to ${scene.stations.at(-1)?.name ?? ''}; ${[bands, ...parts].join(', ')}; ${DIRECTIONS.map((direction) => `${new Set(scene.trajectories.filter((trajectory) => trajectory.direction === direction).map(({ vehicle }) => vehicle)).size} vehicles ${direction}`).join(', ')}.`
}

function paintTimeAxis({ scene, x, left, right, top, bottom }: Frame): string {
  const [start, end] = scene.range_s
  const step = timeStep(end - start, (right - left) / 62)
  // From an hour after midnight on, master time is a time of day; before, it is the second of a made-up example.
  const clock = start >= 3600
  const ticks = multiples(start, end, step)
  const minor = step >= 10 ? multiples(start, end, timeStep(end - start, (right - left) / 9)) : []
  const grid = ticks.map((t) => subpath([[x(t), top], [x(t), bottom + 5]])).join('')
  const small = minor.map((t) => subpath([[x(t), bottom], [x(t), bottom + 3]])).join('')
  return element(
    'g',
    { class: 'axis' },
    element('path', { d: grid, stroke: RULE, fill: 'none' }),
    element('path', { d: small + subpath([[left, bottom], [right, bottom]]), stroke: MUTED, 'stroke-width': 0.7, fill: 'none' }),
    element('g', { 'fill': MUTED, 'text-anchor': 'middle' }, ...ticks.map((t) => text(clock ? formatTimeOfDay(t) : px(t), { x: x(t), y: bottom + 17 }))),
    text(clock ? 'time of day' : 'time, s', { 'x': right, 'y': bottom + 30, 'fill': MUTED, 'text-anchor': 'end' }),
    paintCycle(scene, x, top),
  )
}

/** A measure over the first whole cycle, and marks at the others. */
function paintCycle({ cycle_s, range_s }: TimeSpaceScene, x: LinearScale, top: number): string {
  if (cycle_s === undefined) return ''
  const starts = multiples(range_s[0], range_s[1], cycle_s)
  const marks = starts.map((t) => subpath([[x(t), top - 10], [x(t), top - 2]])).join('')
  const [a, b] = starts
  if (a === undefined || b === undefined) return ''
  return element(
    'g',
    { class: 'cycle' },
    element('path', { d: marks + subpath([[x(a), top - 6], [x(b), top - 6]]), stroke: MUTED, 'stroke-width': 0.7, fill: 'none' }),
    text(`cycle ${px(cycle_s)} s`, { 'x': x((a + b) / 2), 'y': top - 12, 'fill': MUTED, 'text-anchor': 'middle' }),
  )
}

function paintTrajectories({ scene, x, y, every }: Frame, most: number): string {
  const drawn = scene.trajectories.filter(({ direction, vehicle }) => vehicle % every[direction] === 0)
  if (drawn.length === 0) return ''
  let tolerance_px = THINNEST_PX
  const thin = (): { direction: string; points: ScenePoint[] }[] =>
    drawn.map(({ direction, points }) => ({ direction, points: thinLine(points, { time_s: tolerance_px / x.density, position_m: tolerance_px / y.density }) }))
  let lines = thin()
  // Coarser until it fits; past 5 px a line is no longer a trajectory, then it stays too large.
  while (lines.reduce((sum, { points }) => sum + points.length, 0) > most && tolerance_px < 5) {
    tolerance_px *= 1.6
    lines = thin()
  }
  const paths = DIRECTIONS.map((direction) => {
    const d = lines.filter((line) => line.direction === direction).map(({ points }) => subpath(points.map((p): PixelPoint => [x(p.time_s), y(p.position_m)]))).join('')
    return d === '' ? '' : element('path', { d, stroke: DIRECTION_COLOUR[direction] })
  })
  return element('g', { 'class': 'trajectories', 'fill': 'none', 'stroke-width': 0.6, 'stroke-opacity': '0.62', 'stroke-linejoin': 'round' }, ...paths)
}

function paintStations(frame: Frame): string {
  return element('g', { class: 'signals' }, ...frame.scene.stations.map((station) => paintStation(station, frame)))
}

/** Red as the full bar, green as its thinner and paler continuation: told apart without colour. */
function paintStation(station: SceneStation, { x, y, left, right, bar }: Frame): string {
  const line = y(station.position_m)
  const bars = station.bars.flatMap(({ direction, intervals }) => {
    // Vehicles stop before they reach the bar of their direction: outbound from below, inbound from above.
    const side = direction === 'outbound' ? 1 : -1
    return (['green', 'yellow', 'red'] as const).map((display) => {
      const height = display === 'green' ? bar * 0.6 : bar
      const [near, far] = [line + side * 0.4, line + side * (0.4 + height)]
      const d = intervals
        .filter((interval) => interval.display === display)
        .map(({ start_s, end_s }) => subpath([[x(start_s), near], [x(end_s), near], [x(end_s), far], [x(start_s), far]], true))
        .join('')
      return d === '' ? '' : element('path', { d, fill: DISPLAY_COLOUR[display] })
    })
  })
  const ticks = station.references_s.map((t) => subpath([[x(t), line - bar - 3], [x(t), line + bar + 3]])).join('')
  return element(
    'g',
    {},
    element('path', { d: subpath([[left, line], [right, line]]), stroke: RULE, fill: 'none' }),
    ...bars,
    ticks === '' ? '' : element('path', { d: ticks, stroke: INK, 'stroke-width': 1.2, fill: 'none' }),
  )
}

function paintNames({ scene, y, left, right, top, bottom }: Frame, units: 'metric' | 'us'): string {
  const wanted = scene.stations.map(({ position_m }) => y(position_m))
  const places = spreadLabels(wanted, 25, [top + 8, bottom - 4])
  const crowded = places.some((place, i) => i > 0 && Math.abs(place - (places[i - 1] as number)) < 24)
  const right_places = spreadLabels(wanted, 12, [top, bottom])
  const same = scene.cycle_s
  return element('g', { class: 'names' }, ...scene.stations.map((station, i) => {
    const place = places[i] as number
    const cycle = station.cycle_s === same ? '' : ` · cycle ${px(station.cycle_s)} s`
    const detail = `offset ${px(station.offset_s)} s${cycle}`
    const moved = Math.abs(place - (wanted[i] as number)) > 1
    const name = shorten(station.name, NAME_COLUMNS)
    const fits = pixelsOf(detail, FONT_PX - 1.5) < left - 14
    return [
      text(name, { 'x': left - 10, 'y': crowded ? place + 4 : place - 1, 'text-anchor': 'end', 'font-weight': '600' }),
      crowded ? '' : text(fits ? detail : `${px(station.offset_s)} s${cycle}`, { 'x': left - 10, 'y': place + 11, 'text-anchor': 'end', 'fill': MUTED, 'font-size': FONT_PX - 1.5 }),
      moved ? element('path', { d: subpath([[left - 8, place], [left, wanted[i] as number]]), stroke: MUTED, 'stroke-width': 0.6, fill: 'none' }) : '',
      text(distanceLabel(station.position_m - (scene.stations[0] as SceneStation).position_m, units), { x: right + 6, y: (right_places[i] as number) + 4, fill: MUTED, 'font-size': FONT_PX - 1 }),
    ].join('')
  }))
}

function distanceLabel(metres: number, units: 'metric' | 'us'): string {
  return units === 'us' ? `${Math.round(feetFromMetres(metres))} ft` : `${Math.round(metres)} m`
}
