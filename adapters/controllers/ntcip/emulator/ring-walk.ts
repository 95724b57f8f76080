// What an emulated NTCIP controller makes of its own rows: it walks its rings as a controller does, phase by phase, and sees where that ends.
// Written from the standard's tables without the adapter's arithmetic.
import type { LampTiming } from '../../../../model/device/device.ts'

export interface PhaseRow {
  phase: number
  ring: number
  minimum_green_s: number
  walk_s?: number
  pedestrian_clear_s?: number
  maximum_1_s?: number
  yellow_tenths: number
  red_clear_tenths: number
  concurrent: number[]
}

export interface SplitRow {
  time_s: number
  mode: number
  coordinated: boolean
}

export interface PatternRows {
  cycle_s: number
  offset_s: number
  /** By ring, from 1. */
  sequence: ReadonlyMap<number, number[]>
  split: ReadonlyMap<number, SplitRow>
  phases: readonly PhaseRow[]
  /** unitCoordSyncPoint: 2 to 7. */
  sync_point: number
  /** timebaseAscPatternSync. */
  sync_minutes: number
}

/** localFreeStatus: why it runs free instead. */
export type FreeReason = 7 | 8 | 9 | 10
const BAD_PLAN = 7
const BAD_CYCLE = 8
const SPLIT_OVERRUN = 9
const INVALID_OFFSET = 10
const OMIT = 7

interface Served {
  row: PhaseRow
  begin: number
  end: number
}

/** What the lamps will do (groups are named by the phase), or why it won't run. */
export function walkPattern(rows: PatternRows): LampTiming | FreeReason {
  const { cycle_s, offset_s, split, phases } = rows
  const served = phases.filter(({ phase }) => split.get(phase)?.mode !== OMIT)
  if (cycle_s === 0 || served.length === 0) return BAD_PLAN
  if (offset_s >= cycle_s) return INVALID_OFFSET
  for (const { phase, minimum_green_s, walk_s = 0, pedestrian_clear_s = 0, yellow_tenths, red_clear_tenths } of served) {
    const needs = Math.max(minimum_green_s * 10 + yellow_tenths + red_clear_tenths, (walk_s + pedestrian_clear_s) * 10)
    if ((split.get(phase)?.time_s ?? 0) * 10 < needs) return SPLIT_OVERRUN
  }
  const walked = walkRings(rows, served)
  if (walked === undefined) return BAD_PLAN
  if (Math.max(...walked.map(({ end }) => end)) !== cycle_s * 10) return BAD_CYCLE
  const zero = syncInstant(rows, walked)
  if (zero === undefined) return BAD_PLAN
  const cycle = cycle_s * 10
  return {
    cycle, offset: (((offset_s * 10 + rows.sync_minutes * 600 - zero) % cycle) + cycle) % cycle,
    groups: phases.map(({ phase, yellow_tenths, red_clear_tenths }) => ({
      group: String(phase), yellow: yellow_tenths, red_clearance: red_clear_tenths,
      greens: walked.filter(({ row }) => row.phase === phase).map(({ begin, end }): [number, number] => [begin, end - yellow_tenths - red_clear_tenths]),
    })),
  }
}

/** Each ring serves its next phase as soon as it may run beside what the others serve; undefined where they block each other. */
function walkRings({ sequence, split }: PatternRows, served: readonly PhaseRow[]): Served[] | undefined {
  const queues = [...sequence].map(([ring, order]) => order.flatMap((phase) => served.filter((row) => row.phase === phase && row.ring === ring)))
  if (queues.flat().length !== served.length) return undefined
  const done: Served[] = []
  let running: (Served | undefined)[] = queues.map(() => undefined)
  for (let now = 0; ;) {
    running = running.map((one) => (one !== undefined && one.end <= now ? undefined : one))
    queues.forEach((queue, ring) => {
      const next = queue[0]
      if (running[ring] !== undefined || next === undefined) return
      const isFree = running.every((one) => one === undefined || (one.row.concurrent.includes(next.phase) && next.concurrent.includes(one.row.phase)))
      // A ring does not run ahead of a barrier that another has still to reach.
      const isAhead = queues.some((other, i) => i !== ring && running[i] === undefined && other[0] !== undefined && !other[0].concurrent.includes(next.phase) && i < ring)
      if (!isFree || isAhead) return
      queue.shift()
      const one = { row: next, begin: now, end: now + (split.get(next.phase)?.time_s ?? 0) * 10 }
      running[ring] = one
      done.push(one)
    })
    const ends = running.flatMap((one) => (one === undefined ? [] : [one.end]))
    if (ends.length === 0) return queues.every((queue) => queue.length === 0) ? done : undefined
    now = Math.min(...ends)
  }
}

function syncInstant({ split, sync_point }: PatternRows, walked: readonly Served[]): number | undefined {
  const instants = walked.filter(({ row }) => split.get(row.phase)?.coordinated).map(({ row, begin, end }) => {
    switch (sync_point) {
      case 2: case 3: return begin
      case 4: case 5: return end - row.red_clear_tenths - row.yellow_tenths
      default: return end - row.red_clear_tenths
    }
  }).sort((a, b) => a - b)
  return sync_point % 2 === 0 ? instants[0] : instants.at(-1)
}
