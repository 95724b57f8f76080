// One cycle of a signal to scale: rings with barriers across them, or stages with the groups below. Edges are dragged or moved by keys and stop at the wall
// that the rules put up, which says why. Times in s after the start of the sequence.
import { useRef, useState } from 'preact/hooks'
import { buildTimingBar, type TimingBarScene, type TimingRow, type TimingSegment } from '../../diagram/ring-barrier.ts'
import { linearScale, multiples, timeStep, type LinearScale } from '../../diagram/scale.ts'
import type { Violation } from '../../model/check-plan.ts'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import { patternOf } from '../../plans/street.ts'
import { durationsOf, type PlanEdit } from '../../plans/workflow/edits.ts'
import { listEdges, moveEdge, type Edge } from '../editing/moves.ts'
import { nameOf } from './structure.ts'
import { seconds, words } from './words.ts'
import { ruleText } from '../words/rules.ts'

const ROW_PX = 46
const GROUP_PX = 18
const GAP_PX = 4
const TOP_PX = 26
const LABEL_PX = 92
const RIGHT_PX = 14
/** About the longest reason. */
const TEXT_PX = 260
const STEP_S = 1
const FINE_S = 0.1
const GREAT_S = 5

export interface BarsProps {
  signal: Signal
  one: PlannedIntersection
  width: number
  /** What is ghosted: how the signal ran before the edits. */
  original?: PlannedIntersection | undefined
  picked: number | undefined
  pick: (part: number | undefined) => void
  trial: (edits: PlanEdit[]) => void
  commit: (edits?: PlanEdit[]) => void
}

/** Undefined where the timing is so broken that nothing can be drawn. */
function sceneOf(signal: Signal, one: PlannedIntersection): TimingBarScene | undefined {
  try {
    return buildTimingBar(signal, patternOf(one), one.signal_groups)
  } catch {
    return undefined
  }
}

const isGroupRow = (row: TimingRow): boolean => row.segments.every(({ kind }) => kind === 'group')

interface Walls { least_s: number; most_s: number; before?: Violation | undefined; after?: Violation | undefined }

/** How far an edge may go to either side, and the rules that end it there. */
function wallsOf(signal: Signal, one: PlannedIntersection, edge: Edge): Walls {
  const [down, up] = [-1, 1].map((sign) => moveEdge(signal, one, edge, sign * one.cycle_s, FINE_S)) as [ReturnType<typeof moveEdge>, ReturnType<typeof moveEdge>]
  const at = edge.begin_s[0]!
  return { least_s: at + down.by_s, most_s: at + up.by_s, before: down.wall, after: up.wall }
}

export function Bars({ signal, one, width, original, picked, pick, trial, commit }: BarsProps) {
  const svg = useRef<SVGSVGElement>(null)
  // From where an edge is dragged: all of it is measured against how the signal was then.
  const [held, setHeld] = useState<{ index: number; from: PlannedIntersection; at_px: number; walls: Walls } | undefined>(undefined)
  const [focused, setFocused] = useState<number | undefined>(undefined)
  const scene = sceneOf(signal, one)
  if (scene === undefined) return null
  const x = linearScale([0, scene.cycle_s], [LABEL_PX, width - RIGHT_PX])
  let y = TOP_PX
  const rows = scene.rows.map((row) => {
    const height = isGroupRow(row) ? GROUP_PX : ROW_PX
    y += height + GAP_PX
    return { row, top: y - height - GAP_PX, height }
  })
  const bottom = y
  const edges = listEdges(signal, one)
  const showing = held?.index ?? focused
  const walls = held !== undefined ? held.walls : focused === undefined || edges[focused] === undefined ? undefined : wallsOf(signal, one, edges[focused]!)

  const nudge = (index: number, by_s: number, step_s: number): void => {
    const { edits } = moveEdge(signal, one, edges[index]!, by_s, step_s)
    if (edits.length > 0) commit(edits)
  }
  const keys = (index: number) => (event: KeyboardEvent): void => {
    const step = event.altKey ? FINE_S : event.shiftKey ? GREAT_S : STEP_S
    const sign = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? -1 : 0
    if (sign !== 0) nudge(index, sign * step, event.altKey ? FINE_S : STEP_S)
    else if (event.key === 'Home' || event.key === 'End') nudge(index, (event.key === 'Home' ? -1 : 1) * one.cycle_s, STEP_S)
    else if (event.key === 'Escape' && held !== undefined) giveUp()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const giveUp = (): void => {
    setHeld(undefined)
    trial([])
  }
  const grab = (index: number) => (event: PointerEvent): void => {
    if (event.button !== 0) return
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    setHeld({ index, from: one, at_px: event.clientX, walls: wallsOf(signal, one, edges[index]!) })
  }
  const drag = (event: PointerEvent): void => {
    if (held === undefined) return
    const scale = (svg.current?.getBoundingClientRect().width ?? width) / width
    const by_s = ((event.clientX - held.at_px) / scale) * (scene.cycle_s / (width - LABEL_PX - RIGHT_PX))
    trial(moveEdge(signal, held.from, listEdges(signal, held.from)[held.index]!, by_s, event.altKey ? FINE_S : STEP_S).edits)
  }
  const drop = (): void => {
    if (held === undefined) return
    setHeld(undefined)
    commit()
  }

  return (
    <svg ref={svg} class="st-bars" viewBox={`0 0 ${width} ${bottom + 34}`} width={width} height={bottom + 34} role="group" aria-label={words().bars}>
      <Ticks x={x} cycle_s={scene.cycle_s} bottom={bottom} />
      {rows.map(({ row, top, height }, i) => (
        <g key={row.label}>
          <text class="st-row-name" x={LABEL_PX - 10} y={top + height / 2 + 4} text-anchor="end">{one.kind === 'rings' ? words().ring(i + 1) : i === 0 ? words().stages : row.label}</text>
          {row.segments.map((segment, k) => <Bar key={k} segment={segment} x={x} top={top} height={height} picked={segment.part !== undefined && segment.part === picked} pick={pick} />)}
        </g>
      ))}
      <Ghost signal={signal} original={original} one={one} x={x} rows={rows} />
      {scene.barriers_s.map((at) => (one.kind === 'rings' ? <line key={at} class="st-barrier" x1={x(at)} x2={x(at)} y1={TOP_PX - 8} y2={bottom} /> : null))}
      <Reference at={x(scene.reference_s)} bottom={bottom} />
      {walls === undefined ? null : <WallMarks walls={walls} x={x} bottom={bottom} width={width} />}
      {edges.map((edge, index) => {
        const spans = rows.filter(({ row }) => row.segments.some(({ part }) => part !== undefined && edge.after.includes(part)))
        const [from, to] = [Math.min(...spans.map(({ top }) => top)), Math.max(...spans.map(({ top, height }) => top + height))]
        // The edge that begins the sequence anew is also seen at the end of the cycle.
        const at = edge.wraps ? scene.cycle_s : edge.begin_s[0]!
        const [before, after] = [edge.before.map((part) => nameOf(one, part)).join(' + '), edge.after.map((part) => nameOf(one, part)).join(' + ')]
        const durations = durationsOf(one)
        const part = (own: readonly number[]): string => own.map((place) => words().part_now(nameOf(one, place), seconds(durations[place]!))).join(' + ')
        return (
          <g
            key={index} class={`st-edge ${showing === index ? 'st-held' : ''}`} role="slider" tabindex={0} aria-orientation="horizontal"
            aria-label={(edge.before.length > 1 ? words().barrier : words().edge)(before, after)} aria-valuenow={at} aria-valuetext={edgeText(seconds(at), part(edge.before), part(edge.after), showing === index ? walls : undefined)}
            {...(showing === index && walls !== undefined ? { 'aria-valuemin': walls.least_s, 'aria-valuemax': walls.most_s } : { 'aria-valuemin': 0, 'aria-valuemax': scene.cycle_s })}
            onFocus={() => setFocused(index)} onBlur={() => setFocused(undefined)} onKeyDown={keys(index)} onPointerDown={grab(index)} onPointerMove={drag} onPointerUp={drop} onPointerCancel={giveUp}
          >
            <rect class="st-grip" x={x(at) - 12} y={from} width={24} height={to - from} />
            <line x1={x(at)} x2={x(at)} y1={from} y2={to} />
            <circle cx={x(at)} cy={(from + to) / 2} r={5} />
          </g>
        )
      })}
    </svg>
  )
}

function edgeText(at: string, before: string, after: string, walls: Walls | undefined): string {
  const now = words().edge_at(at, before, after)
  return walls === undefined ? now : [now, words().room(seconds(walls.least_s), seconds(walls.most_s)), ...wallTexts(walls)].join('. ')
}

const wallTexts = ({ before, after }: Walls): string[] => [before, after].flatMap((wall) => (wall === undefined ? [] : [words().wall(wallText(wall))]))
const wallText = ({ rule, value, limit, sentence }: Violation): string => ruleText(rule, value, limit, sentence)

function Ticks({ x, cycle_s, bottom }: { x: LinearScale; cycle_s: number; bottom: number }) {
  return (
    <g class="st-ticks">
      {multiples(0, cycle_s, timeStep(cycle_s, 10)).map((t) => (
        <g key={t}>
          <line x1={x(t)} x2={x(t)} y1={TOP_PX - 8} y2={bottom} />
          <text x={x(t)} y={TOP_PX - 12} text-anchor="middle">{seconds(t)}</text>
        </g>
      ))}
    </g>
  )
}

function Bar({ segment, x, top, height, picked, pick }: { segment: TimingSegment; x: LinearScale; top: number; height: number; picked: boolean; pick: (part: number | undefined) => void }) {
  const strip = (from: number, to: number, name: string) => (to - from <= 0 ? null : <rect class={name} x={x(from)} y={top} width={x(to) - x(from)} height={height} />)
  const room = x(segment.end_s) - x(segment.start_s)
  const kind = segment.kind === 'group' ? 'st-group' : segment.kind === 'interstage' ? 'st-interstage' : segment.coordinated ? 'st-coordinated' : 'st-part'
  return (
    <g class={picked ? 'st-picked' : ''} onClick={() => { if (segment.part !== undefined) pick(segment.part) }}>
      {strip(segment.start_s, segment.green_end_s, kind)}
      {strip(segment.green_end_s, segment.yellow_end_s, 'st-yellow')}
      {strip(segment.yellow_end_s, segment.end_s, 'st-red')}
      {segment.kind === 'group' ? null : <rect class="st-outline" x={x(segment.start_s)} y={top} width={room} height={height} />}
      {segment.label === undefined || room < 16 ? null : (
        <text class={`st-name ${kind}-name`} x={x((segment.start_s + segment.green_end_s) / 2)} y={top + height / 2 + (room < 44 ? 5 : -1)} text-anchor="middle">{segment.label.length * 8 > room ? '·' : segment.label}</text>
      )}
      {segment.kind === 'group' || room < 44 ? null : <text class={`st-length ${kind}-name`} x={x((segment.start_s + segment.green_end_s) / 2)} y={top + height / 2 + 15} text-anchor="middle">{seconds(segment.end_s - segment.start_s)} s</text>}
    </g>
  )
}

/** Where the edges stood before anything was changed. */
function Ghost({ signal, original, one, x, rows }: { signal: Signal; original: PlannedIntersection | undefined; one: PlannedIntersection; x: LinearScale; rows: readonly { top: number; height: number }[] }) {
  if (original === undefined || original.cycle_s !== one.cycle_s) return null
  const scene = sceneOf(signal, original)
  return (
    <g class="st-ghost">
      {scene?.rows.flatMap((row, i) => (rows[i] === undefined || isGroupRow(row) ? [] : row.segments.map(({ end_s }, k) => <line key={`${i}-${k}`} x1={x(end_s)} x2={x(end_s)} y1={rows[i]!.top} y2={rows[i]!.top + rows[i]!.height} />)))}
    </g>
  )
}

function Reference({ at, bottom }: { at: number; bottom: number }) {
  return (
    <g class="st-reference">
      <path d={`M${at - 6} ${bottom + 10} l6 -9 l6 9 z`} />
      <text x={at} y={bottom + 24} text-anchor="middle">{words().offset}</text>
    </g>
  )
}

/** Where the rules end the room of an edge, hatched beyond, with the reason. */
function WallMarks({ walls, x, bottom, width }: { walls: Walls; x: LinearScale; bottom: number; width: number }) {
  const marks = [{ at: walls.least_s, why: walls.before, side: -1 }, { at: walls.most_s, why: walls.after, side: 1 }]
  return (
    <g class="st-walls" aria-hidden="true">
      {marks.map(({ at, why, side }) => {
        if (why === undefined) return null
        const text = wallText(why)
        const place = Math.min(width - RIGHT_PX, Math.max(LABEL_PX, x(at)))
        // Where the text has no room beyond the wall.
        const inwards = side < 0 ? place < TEXT_PX : width - place < TEXT_PX
        return (
          <g key={side}>
            <line x1={place} x2={place} y1={TOP_PX - 8} y2={bottom + 4} />
            <text x={place + (inwards ? -4 : 4) * side} y={bottom + (side < 0 ? 16 : 30)} text-anchor={(side < 0) === inwards ? 'start' : 'end'}>{text}</text>
          </g>
        )
      })}
    </g>
  )
}
