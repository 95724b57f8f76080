// A program of SUMO (phases with one letter a connection) and what it makes signal groups do, both ways. Whole tenths of a second.
// Several groups may share a connection, a turn with and without an arrow for instance: G is the one with priority, g the other. What such a
// G hides of the group that yields is hidden from the street too, and can't differ.
import type { LampGroup, LampTiming, Lamp, Tenths } from '../../../model/device/device.ts'
import { tenthsOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId, Signal } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import type { TraciValue } from './codec.ts'

/** One connection of a traffic light, in SUMO's order. */
export interface LightLink {
  groups: { group: GroupId; right_of_way: 'protected' | 'permissive' }[]
  /** What it shows when none of its groups is green or yellow: `s` where a turn on red is allowed. */
  rest: 'r' | 's'
  /** Connections that it must yield to and that must yield to it: while one of them shows g, it can't turn on red. */
  rests_for?: number[]
}

export interface ProgramPhase {
  duration: Tenths
  state: string
}

export interface LightProgram {
  id: string
  /** 0 = fixed time. */
  type: number
  phases: ProgramPhase[]
  parameters: Map<string, string>
}

/** SUMO tells no offset of a program that came by TraCI; ours stands in this parameter of it, s of master time. */
export const OFFSET_PARAMETER = 'greenwave.offset_s'

/** What SUMO calls lamps that somebody sets one by one. */
export const HAND_PROGRAM = 'online'

const unexpected = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `SUMO tells programs otherwise than expected: ${what}`)

interface Values { int: number; double: number; text: string; texts: string[]; compound: TraciValue[] }

function part<T extends keyof Values>(values: readonly TraciValue[], index: number, type: T, what: string): Values[T] {
  const found = values[index]
  if (found?.type !== type) throw unexpected(`${what} is ${found?.type ?? 'missing'}, not ${type}`)
  return found.value as Values[T]
}

/** All programs of a light, as the answer to 0x2B holds them. Throws `controller.malformed`. */
export function programsOf(value: TraciValue): LightProgram[] {
  if (value.type !== 'compound') throw unexpected(`they are ${value.type}`)
  return value.value.map((one, i) => {
    if (one.type !== 'compound') throw unexpected(`program ${i} is ${one.type}`)
    const id = part(one.value, 0, 'text', 'the id')
    const parameters = part(one.value, 4, 'compound', `the parameters of ${id}`).map((pair, k) => {
      if (pair.type !== 'texts' || pair.value.length !== 2) throw unexpected(`parameter ${k} of ${id}`)
      return pair.value as [string, string]
    })
    return {
      id, type: part(one.value, 1, 'int', `the type of ${id}`), parameters: new Map(parameters),
      phases: part(one.value, 3, 'compound', `the phases of ${id}`).map((phase, k): ProgramPhase => {
        if (phase.type !== 'compound') throw unexpected(`phase ${k} of ${id}`)
        return { duration: Math.round(part(phase.value, 0, 'double', `duration ${k} of ${id}`) * 10), state: part(phase.value, 1, 'text', `state ${k} of ${id}`) }
      }),
    }
  })
}

/** The complete program that 0x2C takes. */
export function valueOf({ id, type, phases, parameters }: LightProgram): TraciValue {
  const compound = (value: TraciValue[]): TraciValue => ({ type: 'compound', value })
  return compound([
    { type: 'text', value: id }, { type: 'int', value: type }, { type: 'int', value: 0 },
    compound(phases.map(({ duration, state }) => {
      const seconds: TraciValue = { type: 'double', value: duration / 10 }
      return compound([seconds, { type: 'text', value: state }, seconds, seconds, compound([]), { type: 'text', value: '' }])
    })),
    compound([...parameters].map((pair): TraciValue => ({ type: 'texts', value: pair }))),
  ])
}

export const cycleOf = (phases: readonly ProgramPhase[]): Tenths => phases.reduce((sum, { duration }) => sum + duration, 0)
export const startOf = (phases: readonly ProgramPhase[], index: number): Tenths => cycleOf(phases.slice(0, index))
export const isGreen = (letter: string | undefined): boolean => letter === 'G' || letter === 'g'

/** Phases of one cycle from local zero: every change of any connection begins a new one. */
export function phasesOf(timing: LampTiming, links: readonly LightLink[]): ProgramPhase[] {
  const { cycle } = timing
  const instants = [...new Set([0, ...timing.groups.flatMap(({ greens, yellow }) => greens.flatMap(([start, end]) => [start, end, end + yellow]))].map((t) => modulo(t, cycle)))].sort((a, b) => a - b)
  const phases: ProgramPhase[] = []
  instants.forEach((start, i) => {
    const duration = (instants[i + 1] ?? cycle) - start
    const letters = links.map((link) => letterOf(link, timing, start))
    const state = letters.map((letter, k) => (letter === 's' && links[k]?.rests_for?.some((other) => letters[other] === 'g') === true ? 'r' : letter)).join('')
    const last = phases.at(-1)
    if (last?.state === state) last.duration += duration
    else phases.push({ duration, state })
  })
  return phases
}

/** What a connection shows from a local time on. */
function letterOf(link: LightLink, { groups, cycle }: LampTiming, at: Tenths): string {
  let letter: string = link.rest
  for (const { group: id, right_of_way } of link.groups) {
    const group = groups.find((one) => one.group === id)
    if (group === undefined) throw new GreenwaveError('controller.unfit', `the timing says nothing of group ${id}, which a connection of the light belongs to`)
    const shows = lampAt(group, at, cycle)
    if (shows === 'green' && right_of_way === 'protected') return 'G'
    if (shows === 'green') letter = 'g'
    else if (shows === 'yellow' && letter !== 'g') letter = 'y'
  }
  return letter
}

function lampAt({ greens, yellow }: LampGroup, at: Tenths, cycle: Tenths): 'green' | 'yellow' | 'red' {
  if (greens.some(([start, end]) => end - start >= cycle || modulo(at - start, cycle) < end - start)) return 'green'
  return greens.some(([, end]) => modulo(at - end, cycle) < yellow) ? 'yellow' : 'red'
}

const LAMPS: Record<string, Lamp> = { r: 'red', s: 'red', y: 'yellow', Y: 'yellow', u: 'red-yellow', o: 'yellow-flashing', O: 'dark', G: 'green', g: 'green' }

/**
 * What a group shows under a state; undefined where another group's green hides it, where it has no connection, or where it has a twin: a group of the
 * same connections and right of way that differs by its yellow only.
 */
export function lampOf(group: GroupId, links: readonly LightLink[], state: string): Lamp | undefined {
  let found: Lamp | undefined
  for (const [i, { groups }] of links.entries()) {
    const own = groups.find((one) => one.group === group)
    if (own === undefined) continue
    const letter = state[i] ?? ''
    const others = groups.some(({ right_of_way }) => right_of_way !== own.right_of_way)
    const twins = groups.some((one) => one !== own && one.right_of_way === own.right_of_way)
    if (twins && letter === (own.right_of_way === 'protected' ? 'G' : 'g')) continue
    if (others && letter === 'G' && own.right_of_way === 'permissive') continue
    // Where the other one is green, this one is red, or yellow for what anybody can see.
    const lamp = others && letter === 'g' && own.right_of_way === 'protected' ? 'red' : LAMPS[letter] ?? 'unknown'
    if (lamp === 'green') return lamp
    found = found === undefined || found === 'red' ? lamp : found
  }
  return found
}

/** Groups whose every lamp can be seen under these phases. */
export const visibleGroups = (groups: readonly GroupId[], links: readonly LightLink[], phases: readonly ProgramPhase[]): GroupId[] =>
  groups.filter((group) => phases.every(({ state }) => lampOf(group, links, state) !== undefined))

/**
 * What groups do under a program. Hidden greens are taken as in `hint`; without one as red, or as green where the yellow that follows is the group's.
 * Yellow is what is shown after greens, red clearance (which SUMO does not keep) the signal's.
 */
export function timingOf(phases: readonly ProgramPhase[], offset: Tenths, links: readonly LightLink[], signal: Signal, hint?: LampTiming): LampTiming {
  const cycle = cycleOf(phases)
  const groups = signal.groups.map(({ id, yellow_s, red_clearance_s }): LampGroup => {
    const shown = phases.map(({ state }) => lampOf(id, links, state))
    const known = hint?.groups.find(({ group }) => group === id)
    const greens = shown.every((lamp) => lamp === undefined) ? known?.greens ?? [] : greensOf(phases, shown, cycle, (from, until, i) => (hint === undefined ? greenByYellow(phases, i, id, links, yellow_s * 10) : hiddenGreen(known, from, until, cycle)))
    return { group: id, greens, yellow: yellowOf(phases, shown) ?? tenthsOf(yellow_s, `yellow of group ${id}`), red_clearance: tenthsOf(red_clearance_s, `red clearance of group ${id}`) }
  })
  return { cycle, offset: modulo(offset, cycle), groups }
}

/** Part of a hidden phase in which the group is green by what was wanted. */
function hiddenGreen(known: LampGroup | undefined, from: Tenths, until: Tenths, cycle: Tenths): [Tenths, Tenths][] {
  return (known?.greens ?? []).flatMap(([start, end]) => [-cycle, 0, cycle].map((turn): [Tenths, Tenths] => [Math.max(from, start + turn), Math.min(until, end + turn)])).filter(([a, b]) => b > a)
}

/** A phase that is green for twins belongs to the one whose yellow follows. */
function greenByYellow(phases: readonly ProgramPhase[], phase: number, group: GroupId, links: readonly LightLink[], yellow: Tenths): [Tenths, Tenths][] {
  const n = phases.length
  const way = (letter: string): string => (letter === 'G' ? 'protected' : letter === 'g' ? 'permissive' : '')
  const fits = links.some(({ groups }, link) => {
    const letter = phases[phase]?.state[link] ?? ''
    if (!groups.some((one) => one.group === group && one.right_of_way === way(letter))) return false
    let at = phase + 1
    while (at < phase + n && phases[at % n]?.state[link] === letter) at++
    let shown = 0
    for (; at < phase + n && phases[at % n]?.state[link] === 'y'; at++) shown += (phases[at % n] as ProgramPhase).duration
    return shown === yellow
  })
  const from = startOf(phases, phase)
  return fits ? [[from, from + (phases[phase] as ProgramPhase).duration]] : []
}

function greensOf(phases: readonly ProgramPhase[], shown: readonly (Lamp | undefined)[], cycle: Tenths, hidden: (from: Tenths, until: Tenths, phase: number) => [Tenths, Tenths][]): [Tenths, Tenths][] {
  const pieces = phases.flatMap(({ duration }, i): [Tenths, Tenths][] => {
    const from = startOf(phases, i)
    return shown[i] === 'green' ? [[from, from + duration]] : shown[i] === undefined ? hidden(from, from + duration, i) : []
  })
  const runs: [Tenths, Tenths][] = []
  for (const [from, until] of pieces.sort((a, b) => a[0] - b[0])) {
    const last = runs.at(-1)
    if (last !== undefined && last[1] >= from) last[1] = Math.max(last[1], until)
    else runs.push([from, until])
  }
  const [first, last] = [runs[0], runs.at(-1)]
  if (first !== undefined && last !== undefined && first !== last && first[0] === 0 && last[1] === cycle) return [...runs.slice(1, -1), [last[0], cycle + first[1]]]
  return runs
}

/** The shortest yellow that is seen to follow a green; undefined where none is. */
function yellowOf(phases: readonly ProgramPhase[], shown: readonly (Lamp | undefined)[]): Tenths | undefined {
  const n = phases.length
  const yellows = shown.flatMap((lamp, i) => {
    if (lamp !== 'yellow' || shown[(i + n - 1) % n] !== 'green') return []
    let sum = 0
    for (let k = 0; k < n && shown[(i + k) % n] === 'yellow'; k++) sum += (phases[(i + k) % n] as ProgramPhase).duration
    return [sum]
  })
  return yellows.length === 0 ? undefined : Math.min(...yellows)
}
