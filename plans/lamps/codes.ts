// Greens as rows of a controller's log, in codes of the Indiana enumerations, and back.
import type { AsRunGreen } from '../../model/device/device.ts'
import type { SignalEvent } from '../../model/feed.ts'
import type { PhaseNumber } from '../../model/observation.ts'
import type { GroupId } from '../../model/signal.ts'
import { EVENT } from '../../simulation/observe/index.ts'

/** Begin of green, its end, and red. */
export const EDGE_CODES: Readonly<Record<PhaseNumber['kind'], { green: number; end: number; red: number }>> = {
  phase: { green: EVENT.green_begins, end: EVENT.yellow_begins, red: EVENT.red_clearance_begins },
  pedestrian: { green: EVENT.walk_begins, end: EVENT.pedestrian_clearance_begins, red: EVENT.dont_walk },
  overlap: { green: EVENT.overlap_green, end: EVENT.overlap_yellow, red: EVENT.overlap_red_clearance },
}

/** Longest green that is believed: across a hole in the log an end belongs to another green. */
export const LONGEST_GREEN_S = 600

/** Whole greens of the groups of one signal, in the order of their ends; of a log in order of time. */
export function greensOfLog(events: Iterable<SignalEvent>, numbers: readonly PhaseNumber[]): AsRunGreen[] {
  const edges = new Map<string, { group: GroupId; isStart: boolean }>()
  for (const { device, phase, kind, group } of numbers) {
    edges.set(`${device} ${EDGE_CODES[kind].green} ${phase}`, { group, isStart: true })
    edges.set(`${device} ${EDGE_CODES[kind].end} ${phase}`, { group, isStart: false })
  }
  const open = new Map<string, number>()
  const greens: AsRunGreen[] = []
  for (const { device, event, parameter, time_s } of events) {
    const edge = edges.get(`${device} ${event} ${parameter}`)
    if (edge?.isStart === true) open.set(edge.group, time_s)
    else if (edge !== undefined) {
      const start_s = open.get(edge.group)
      open.delete(edge.group)
      if (start_s !== undefined && time_s - start_s <= LONGEST_GREEN_S) greens.push({ group: edge.group, start_s, end_s: time_s })
    }
  }
  return greens
}
