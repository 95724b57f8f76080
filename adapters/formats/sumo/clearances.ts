// Which groups of a signal exclude each other, and how much time lies between their greens, as its programs show it.
import type { ImportNote } from '../../../model/errors.ts'
import type { RightOfWay } from '../../../model/network.ts'
import type { CompiledSignal, GreenWindow } from '../../../model/plan.ts'
import type { Signal, StagePattern } from '../../../model/signal.ts'
import { modulo, tidySeconds } from '../../../model/units.ts'
import type { Notes } from './notes.ts'

/** Whether two link indices of one traffic light meet on the road. */
export type LinkFoes = (a: number, b: number) => boolean

type Links = ReadonlyMap<number, { group: string; right_of_way: RightOfWay }[]>
const DUST_S = 1e-6

/**
 * Sets conflicts, red clearances and intergreens of the signal.
 * Groups conflict when links of theirs meet, at least one goes unhindered, and no program shows both green at once. The
 * intergreen of a pair is the least time between their greens with no stage in between; the red clearance of a group
 * the least time after its yellow before anybody that it conflicts with turns green in that way.
 */
export function deriveClearances(
  signal: Signal, patterns: readonly StagePattern[], compiled: readonly CompiledSignal[], links: Links, foes: LinkFoes, notes: Notes, place: ImportNote['place'],
): void {
  const { candidates, both } = meetings(links, foes)
  const windows = compiled.map((one) => new Map(one.groups.map((group) => [group.id, group.green_windows_s])))
  const together = (a: string, b: string): boolean => compiled.some((one, i) => overlap(windows[i]?.get(a) ?? [], windows[i]?.get(b) ?? [], one.cycle_s))
  for (const [a, b] of candidates.values()) {
    if (!together(a, b)) signal.conflicts.push([a, b])
    else if (both.has(pairKey(a, b))) {
      notes.count(`together ${signal.id}`, 'not-understood', place, (n) => `traffic light "${signal.id}" gives ${n} pair(s) of crossing groups green with priority at once, first ${a} and ${b}; they are not taken as conflicting`)
    }
  }
  const between = directGaps(signal, patterns, windows)
  signal.intergreens = between.map(({ from, to, seconds }) => ({ from, to, seconds }))
  for (const group of signal.groups) {
    const gaps = between.filter(({ from }) => from === group.id).map(({ seconds }) => seconds)
    const anyGap = allGaps(signal, patterns, windows, group.id)
    const least = Math.min(...(gaps.length > 0 ? gaps : anyGap))
    // Where others stand between, the rest of the gap is theirs; only direct successions tell a clearance.
    group.red_clearance_s = gaps.length > 0 && Number.isFinite(least) ? tidySeconds(Math.max(0, Math.min(least, ...anyGap) - group.yellow_s)) : 0
  }
}

const pairKey = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`)

/** Pairs of groups whose links meet with priority on at least one side, and those with priority on both. */
function meetings(links: Links, foes: LinkFoes): { candidates: Map<string, [string, string]>; both: Set<string> } {
  const candidates = new Map<string, [string, string]>()
  const both = new Set<string>()
  for (const [i, own] of links) {
    for (const [j, others] of links) {
      if (i >= j || !foes(i, j)) continue
      for (const a of own) {
        for (const b of others) {
          if (a.group === b.group || (a.right_of_way === 'permissive' && b.right_of_way === 'permissive')) continue
          const key = pairKey(a.group, b.group)
          candidates.set(key, a.group < b.group ? [a.group, b.group] : [b.group, a.group])
          if (a.right_of_way === b.right_of_way) both.add(key)
        }
      }
    }
  }
  return { candidates, both }
}

function overlap(a: readonly GreenWindow[], b: readonly GreenWindow[], cycle: number): boolean {
  return a.some(([startA, endA]) => b.some(([startB, endB]) =>
    modulo(startB - startA, cycle) < endA - startA - DUST_S || modulo(startA - startB, cycle) < endB - startB - DUST_S))
}

type Windows = readonly ReadonlyMap<string, GreenWindow[]>[]

/** Every gap from an end of green of `from` to the next start of each group that conflicts with it, s. */
function allGaps(signal: Signal, patterns: readonly StagePattern[], windows: Windows, from: string): number[] {
  return patterns.flatMap(({ cycle_s }, i) => rivals(signal, from).flatMap((to) => gaps(windows[i], from, to, cycle_s).map(({ seconds }) => seconds)))
}

const rivals = (signal: Signal, group: string): string[] => signal.conflicts.flatMap(([a, b]) => (a === group ? [b] : b === group ? [a] : []))

function gaps(windows: ReadonlyMap<string, GreenWindow[]> | undefined, from: string, to: string, cycle: number): { end: number; seconds: number }[] {
  const starts = (windows?.get(to) ?? []).map(([start]) => start)
  if (starts.length === 0) return []
  return (windows?.get(from) ?? []).map(([, end]) => ({ end, seconds: Math.min(...starts.map((start) => modulo(start - end + DUST_S, cycle) - DUST_S)) }))
}

/** Least gaps between conflicting groups that follow each other with nothing but interstages in between. */
function directGaps(signal: Signal, patterns: readonly StagePattern[], windows: Windows): { from: string; to: string; seconds: number }[] {
  const least = new Map<string, { from: string; to: string; seconds: number; direct: boolean }>()
  patterns.forEach((pattern, i) => {
    for (const [a, b] of signal.conflicts) {
      for (const [from, to] of [[a, b], [b, a]] as const) {
        for (const { end, seconds } of gaps(windows[i], from, to, pattern.cycle_s)) {
          const key = JSON.stringify([from, to])
          const known = least.get(key)
          const direct = onlyInterstages(pattern, end, seconds)
          if (known === undefined || seconds < known.seconds) least.set(key, { from, to, seconds: tidySeconds(seconds), direct: direct || known?.direct === true })
          else if (direct) known.direct = true
        }
      }
    }
  })
  const yellow = new Map(signal.groups.map((group) => [group.id, group.yellow_s]))
  // A gap shorter than the yellow must be stated even where a stage stands in it: the default would be longer.
  return [...least.values()].filter(({ from, seconds, direct }) => direct || seconds < (yellow.get(from) ?? 0)).map(({ from, to, seconds }) => ({ from, to, seconds }))
}


function onlyInterstages(pattern: StagePattern, end: number, seconds: number): boolean {
  let start = 0
  for (const stage of pattern.stages) {
    const after = modulo(start - end + DUST_S, pattern.cycle_s) - DUST_S
    if (stage.kind === 'stage' && after + stage.duration_s <= seconds + DUST_S) return false
    start += stage.duration_s
  }
  return true
}
