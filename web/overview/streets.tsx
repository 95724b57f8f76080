// The streets as one drawing: each direction a line, by its level in colour, width and marks. The table beside it has the figures and is what the keyboard walks.
import { useMemo } from 'preact/hooks'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import type { Point } from '../../model/network.ts'
import { named } from '../words/language.ts'
import type { LiveById } from './figures.ts'
import { isKnown, levelOf } from './levels.ts'
import { words } from './words.ts'

const LANE_M = 3.5
/** A direction is drawn at least so wide, of the longer side of the town: six pixels of nine hundred. */
const LEAST_SHARE = 6 / 900
/** Height of names, in widths of a direction. */
const NAME = 2
/** By level, so that it is seen without colour too. */
const WIDTHS = [0.8, 0.95, 1.1, 1.3] as const

/** To the kerb's side of the direction of travel; y grows to the south. */
function beside(points: readonly Point[], by: number): Point[] {
  return points.map(([x, y], i): Point => {
    const [ax, ay] = points[Math.max(0, i - 1)]!
    const [bx, by_] = points[Math.min(points.length - 1, i + 1)]!
    const length = Math.hypot(bx - ax, by_ - ay) || 1
    return [x - ((by_ - ay) / length) * by, y + ((bx - ax) / length) * by]
  })
}

const pathOf = (points: readonly Point[]): string => points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')

interface Street { id: string; title: string; d: string; width: number }
interface Name { text: string; x: number; y: number; anchor: 'start' | 'middle' | 'end' }
interface Ground { streets: Street[]; signals: { id: string; title: string; at: Point }[]; names: Name[]; box: string; unit: number }

function layOut(drawing: StreetDrawing): Ground {
  const plane = ([x, y]: Point): Point => [x, -y]
  const lines = drawing.links.map(({ points_m }) => points_m.map(plane))
  const all = lines.flat()
  const [left, right, top, bottom] = all.reduce(([l, r, t, b], [x, y]) => [Math.min(l, x), Math.max(r, x), Math.min(t, y), Math.max(b, y)], [Infinity, -Infinity, Infinity, -Infinity])
  const unit = Math.max(right - left, bottom - top) * LEAST_SHARE
  const side = drawing.driving_side === 'left' ? -1 : 1
  const streets = drawing.links.map(({ id, name, lanes }, i): Street => {
    const width = Math.max(lanes * LANE_M, unit)
    return { id, title: named(name ?? id), width, d: pathOf(beside(lines[i]!, side * ((width - lanes * LANE_M) / 2 + unit * 0.2))) }
  })
  const margin = unit * 8
  return {
    streets, unit, names: namesOf(drawing, lines, unit), box: `${left - margin} ${top - margin} ${right - left + 2 * margin} ${bottom - top + 2 * margin}`,
    signals: drawing.signals.map(({ id, name, at_m }) => ({ id, title: named(name ?? id), at: plane(at_m) })),
  }
}

/** Each street once, at that of its ends in the open that lies farthest to the left or the bottom. */
function namesOf({ links, signals }: StreetDrawing, lines: readonly Point[][], unit: number): Name[] {
  const ids = new Set(signals.map(({ id }) => id))
  const ends = new Map<string, { at: Point; towards: Point }>()
  for (const [i, { name, from }] of links.entries()) {
    if (name === undefined || ids.has(from)) continue
    const [at, towards] = [lines[i]![0]!, lines[i]!.at(-1)!]
    const known = ends.get(name)
    if (known === undefined || at[0] - at[1] < known.at[0] - known.at[1]) ends.set(name, { at, towards })
  }
  const names = [...ends].map(([name, { at: [x, y], towards: [tx, ty] }]): Name => {
    const text = named(name)
    // Streets that go up and down are named beyond their end, where nothing lies under the name; others above their line.
    if (Math.abs(ty - y) > Math.abs(tx - x)) return { text, x, y: y > ty ? y + unit * 4.2 : y - unit * 2.4, anchor: 'middle' }
    return { text, x, y: y - unit * 3.4, anchor: tx > x ? 'start' : 'end' }
  }).sort((a, b) => a.x - b.x)
  // Of two that would run into each other the second stands a line lower.
  for (const [i, name] of names.entries()) {
    const before = names.slice(0, i).findLast(({ anchor, y }) => anchor === 'middle' && Math.abs(y - name.y) < unit * NAME)
    if (name.anchor === 'middle' && before !== undefined && name.x - before.x < (widthOf(name.text) + widthOf(before.text)) / 2 * unit * NAME) name.y += unit * NAME * 1.25
  }
  return names
}

/** Of a text, in heights of its letters, about; Chinese signs are as wide as they are high. */
const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1.05 : 0.62), 1)

export interface StreetsProps { drawing: StreetDrawing; live: LiveById; planned: ReadonlySet<string>; old: boolean; picked: string | undefined; onPick: (link: string | undefined) => void; language: string }

export function Streets({ drawing, live, planned, old, picked, onPick, language }: StreetsProps) {
  const { streets, signals, names, box, unit } = useMemo(() => layOut(drawing), [drawing, language])
  return (
    <svg class={`ov-streets ${old ? 'ov-old' : ''}`} viewBox={box} role="img" aria-label={words().streets(streets.length)} onClick={({ target }) => onPick((target as Element).getAttribute('data-link') ?? undefined)}>
      <g class="ov-casing">{streets.map(({ id, d, width }) => <path key={id} d={d} stroke-width={width * 1.3 + unit} />)}</g>
      <g class="ov-lines">
        {streets.map(({ id, d, width, title }) => {
          const link = live.get(id)
          const level = isKnown(link) && !old ? levelOf(link.index) : undefined
          const wide = width * (level === undefined ? 0.6 : WIDTHS[level]!)
          return (
            <g key={id} class={`${level === undefined ? 'ov-unknown' : `ov-level-${level}`} ov-${link?.freshness ?? 'no-data'}`}>
              <path d={d} data-link={id} stroke-width={wide} {...(level === undefined ? { 'stroke-dasharray': `${unit * 0.5} ${unit * 1.5}` } : {})} {...(picked === id ? { 'data-picked': '' } : {})}><title>{title}</title></path>
              {level === undefined || level < 2 ? null : <path class="ov-mark" d={d} stroke-width={wide * 0.28} {...(level === 2 ? { 'stroke-dasharray': `${unit * 2} ${unit * 2.6}` } : {})} />}
            </g>
          )
        })}
      </g>
      <g class="ov-signals">{signals.map(({ id, title, at: [cx, cy] }) => <circle key={id} cx={cx} cy={cy} r={unit * 1.15} stroke-width={unit * 0.45} class={planned.has(id) ? 'ov-planned' : ''}><title>{title}</title></circle>)}</g>
      <g class="ov-names" font-size={unit * NAME} stroke-width={unit * 0.7}>{names.map(({ text, x, y, anchor }) => <text key={text} x={x} y={y} text-anchor={anchor}>{text}</text>)}</g>
    </svg>
  )
}
