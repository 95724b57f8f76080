// Reads a signal program column by column: for each link index when it is green, with or without priority, and how long
// it is yellow after each green. Links of one approach that always do the same form one signal group.
import type { RightOfWay } from '../../../model/network.ts'
import type { SumoPhase, SumoProgram } from './net-document.ts'

/** A phase after equal neighbours were merged; `state` holds only G, g, y and r. */
export interface Phase {
  duration: number
  state: string
  min?: number
  max?: number
  name?: string
}

/** What each letter of SUMO means to the road: s and u are red to those who wait, O and o a light that is off. */
const PLAIN: Record<string, string> = { s: 'r', u: 'r', O: 'G', o: 'g', Y: 'y' }

export const plainState = (state: string): string => state.replace(/[suOoY]/g, (letter) => PLAIN[letter] ?? letter)

/** Neighbours that show the same are one phase; its minimum is the sum of the minimums where all are known. */
export function mergePhases(program: SumoProgram): Phase[] {
  const merged: Phase[] = []
  for (const phase of program.phases) {
    const state = plainState(phase.state)
    const last = merged.at(-1)
    if (last?.state !== state) merged.push(phaseOf(phase, state))
    else {
      last.duration += phase.duration
      last.min = sum(last.min, phase.minDur)
      last.max = sum(last.max, phase.maxDur)
    }
  }
  return merged
}

const sum = (a: number | undefined, b: number | undefined): number | undefined => (a === undefined || b === undefined ? undefined : a + b)

function phaseOf(phase: SumoPhase, state: string): Phase {
  return {
    duration: phase.duration, state,
    ...(phase.minDur === undefined ? {} : { min: phase.minDur }),
    ...(phase.maxDur === undefined ? {} : { max: phase.maxDur }),
    ...(phase.name === undefined ? {} : { name: phase.name }),
  }
}

/** Phases `start`, `start + 1`, ... (`count` of them, around the cycle) in which a link is green one way. */
export interface GreenRun {
  program: number
  start: number
  count: number
  right_of_way: RightOfWay
  /** Yellow that fits what is shown after the green, s: exact, or a range where a further green hides its end. */
  yellow: [least: number, most: number]
}

const isGreen = (letter: string | undefined): boolean => letter === 'G' || letter === 'g'

/** All greens of one link in one program. */
function greenRuns(phases: readonly Phase[], program: number, link: number): GreenRun[] {
  const n = phases.length
  const letter = (i: number): string => phases[i % n]?.state[link] ?? 'r'
  const wayOf = (i: number): RightOfWay => (letter(i) === 'G' ? 'protected' : 'permissive')
  const first = phases.findIndex((_, i) => letter(i) !== letter(i + n - 1))
  if (first === -1) return isGreen(letter(0)) ? [{ program, start: 0, count: n, right_of_way: wayOf(0), yellow: [0, Infinity] }] : []
  const runs: GreenRun[] = []
  for (let i = first; i < first + n; ) {
    let count = 1
    while (count < n && letter(i + count) === letter(i)) count++
    if (isGreen(letter(i))) {
      runs.push({ program, start: i % n, count, right_of_way: wayOf(i), yellow: yellowAfter(phases, link, i + count) })
    }
    i += count
  }
  return runs
}

function yellowAfter(phases: readonly Phase[], link: number, end: number): [number, number] {
  const n = phases.length
  let at = end
  const take = (matches: (letter: string | undefined) => boolean): number => {
    let seconds = 0
    while (at < end + n && matches(phases[at % n]?.state[link])) seconds += phases[at++ % n]?.duration ?? 0
    return seconds
  }
  const shown = take((letter) => letter === 'y')
  const hidden = take(isGreen)
  if (hidden === 0) return [shown, shown]
  return [shown, shown + hidden + take((letter) => letter === 'y')]
}

/** Whether a link turns yellow out of red, which no green of ours can explain. */
export function yellowWithoutGreen(phases: readonly Phase[], link: number): boolean {
  const n = phases.length
  return phases.some((phase, i) => phase.state[link] === 'y' && phases[(i + n - 1) % n]?.state[link] === 'r')
}

/** A set of links of one approach that always do the same. */
export interface ColumnGroup {
  approach: string
  yellow: number
  links: number[]
  runs: { program: number; start: number; count: number }[]
}

export interface LinkColumn {
  link: number
  groups: { group: ColumnGroup; right_of_way: RightOfWay }[]
}

/**
 * Groups of a traffic light. In: its programs with merged phases, and the approach of each link index that is in use.
 * A link gets one group per right of way, and one more where the yellow after its greens differs.
 */
export function groupColumns(programs: readonly (readonly Phase[])[], approaches: ReadonlyMap<number, string>): { groups: ColumnGroup[]; columns: LinkColumn[] } {
  const byKey = new Map<string, ColumnGroup>()
  const runsOf = new Map([...approaches.keys()].map((link) => [link, programs.flatMap((phases, i) => greenRuns(phases, i, link))]))
  const usual = usualYellow([...runsOf.values()].flat())
  const columns = [...approaches].map(([link, approach]): LinkColumn => {
    const runs = runsOf.get(link) ?? []
    const column: LinkColumn = { link, groups: [] }
    const enter = (yellow: number, members: readonly GreenRun[], right_of_way: RightOfWay): void => {
      const places = members.map(({ program, start, count }) => ({ program, start, count }))
      const key = JSON.stringify([approach, yellow, places])
      const group = byKey.get(key) ?? { approach, yellow, links: [], runs: places }
      byKey.set(key, group)
      group.links.push(link)
      column.groups.push({ group, right_of_way })
    }
    for (const right_of_way of ['protected', 'permissive'] as const) {
      for (const [yellow, members] of byYellow(runs.filter((run) => run.right_of_way === right_of_way), usual)) enter(yellow, members, right_of_way)
    }
    // A link that never gets green is signalised all the same.
    if (runs.length === 0) enter(usual, [], 'protected')
    return column
  })
  return { groups: [...byKey.values()], columns }
}

/** The yellow seen most often, s; 0 if there is none. */
function usualYellow(runs: readonly GreenRun[]): number {
  const counts = new Map<number, number>()
  for (const { yellow: [least, most] } of runs) if (least === most && least > 0) counts.set(least, (counts.get(least) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0] ?? 0
}

/** Greens by the yellow that follows them: as few classes as the exact values allow. */
function byYellow(runs: readonly GreenRun[], usual: number): Map<number, GreenRun[]> {
  const exact = new Set(runs.filter(({ yellow: [least, most] }) => least === most).map(({ yellow }) => yellow[0]))
  const classes = new Map<number, GreenRun[]>()
  for (const run of runs) {
    const [least, most] = run.yellow
    const fits = [...exact, usual, ...classes.keys()].filter((value) => value >= least && value <= most)
    const yellow = fits[0] ?? least
    classes.set(yellow, [...(classes.get(yellow) ?? []), run])
  }
  return classes
}
