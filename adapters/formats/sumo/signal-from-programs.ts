// From the programs of one traffic light to a signal with its groups, conflicts and clearances, and one stage pattern per
// program. What SUMO doesn't say (minimum green, red clearance, intergreens) is read from what its programs show.
import { compileSignal } from '../../../model/compile.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { RightOfWay } from '../../../model/network.ts'
import type { Signal, SignalGroup, StagePattern } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { groupColumns, mergePhases, yellowWithoutGreen } from './columns.ts'
import type { ColumnGroup, LinkColumn, Phase } from './columns.ts'
import { deriveClearances } from './clearances.ts'
import type { LinkFoes } from './clearances.ts'
import type { SumoProgram } from './net-document.ts'
import type { Notes } from './notes.ts'
import { leastGreens, SHORTEST_GREEN_S, stagesFrom } from './stages.ts'

/** What hangs on one link index of a traffic light. */
export interface TrafficLightLink {
  index: number
  kind: 'vehicle' | 'pedestrian'
  /** Edge that the stop line belongs to, or the crossing. */
  approach: string
  /** Ids of the paths it governs; none for a crossing. */
  paths: string[]
}

export interface DerivedSignal {
  signal: Signal
  /** By program id, in the order they were loaded. */
  patterns: Map<string, StagePattern>
  /** Groups and right of way for each link index. */
  links: Map<number, { group: string; right_of_way: RightOfWay }[]>
  /** Link indices that show the green arrow of a turn on red. */
  turnOnRed: Set<number>
}

export interface SignalInput {
  id: string
  nodes: string[]
  links: TrafficLightLink[]
  foes: LinkFoes
}

export function deriveSignal(input: SignalInput, programs: readonly SumoProgram[], notes: Notes): DerivedSignal {
  checkStates(input, programs, notes)
  const phases = programs.map(mergePhases)
  const { groups, columns } = groupColumns(phases, new Map(input.links.map((link) => [link.index, link.approach])))
  const names = nameGroups(groups)
  const patterns = new Map(programs.map((program, i) => [program.id, pattern(program, phases[i] ?? [], groups, names, i)]))
  const kinds = new Map(input.links.map((link) => [link.index, link.kind]))
  const signal: Signal = {
    id: input.id, source_id: input.id, nodes: input.nodes, conflicts: [],
    groups: groups.map((group) => signalGroup(input.id, group, names, kinds, [...patterns.values()])),
  }
  noteAssumptions(input, programs, phases, notes)
  const compiled = [...patterns.values()].map((one) => compileSignal(signal, one))
  deriveClearances(signal, [...patterns.values()], compiled, namedColumns(columns, names), input.foes, notes, programs[0]?.place ?? {})
  return { signal, patterns, links: namedColumns(columns, names), turnOnRed: turnsOnRed(programs) }
}

function namedColumns(columns: readonly LinkColumn[], names: ReadonlyMap<ColumnGroup, string>): DerivedSignal['links'] {
  return new Map(columns.map(({ link, groups }) => [
    link, groups.map(({ group, right_of_way }) => ({ group: names.get(group) ?? '', right_of_way })),
  ]))
}

/** Every link index in use has its letter, and every green serves somebody. */
function checkStates(input: SignalInput, programs: readonly SumoProgram[], notes: Notes): void {
  const used = new Set(input.links.map((link) => link.index))
  const needed = Math.max(-1, ...used) + 1
  for (const program of programs) {
    for (const phase of program.phases) {
      const { state } = phase
      if (state.length < needed) {
        throw new GreenwaveError('input.value', `state "${state}" of traffic light "${input.id}", program "${program.id}", has ${state.length} characters; its links need ${needed}`, phase.place)
      }
      const green = [...state].flatMap((letter, i) => (letter === 'G' || letter === 'g' ? [i] : []))
      const idle = green.filter((i) => !used.has(i))
      const beyond = idle.find((i) => i >= needed)
      if (beyond !== undefined || (green.length > 0 && idle.length === green.length)) {
        throw new GreenwaveError('network.signal', `state "${state}" of traffic light "${input.id}", program "${program.id}", is green for link index ${beyond ?? idle[0]}, which serves no lane`, phase.place)
      }
      if (idle.length > 0) {
        notes.count(`idle ${input.id}`, 'not-understood', phase.place, (n) => `traffic light "${input.id}" has link indices that no lane uses (for example ${idle[0]}); ${n} phase(s) are green for them`)
      }
    }
  }
}

function nameGroups(groups: readonly ColumnGroup[]): Map<ColumnGroup, string> {
  return new Map(groups.map((group, i) => [group, `g${i + 1}`]))
}

function pattern(program: SumoProgram, phases: readonly Phase[], groups: readonly ColumnGroup[], names: ReadonlyMap<ColumnGroup, string>, index: number): StagePattern {
  const greens = phases.map(() => new Set<string>())
  for (const group of groups) {
    for (const run of group.runs) {
      if (run.program !== index) continue
      for (let i = 0; i < run.count; i++) greens[(run.start + i) % phases.length]?.add(names.get(group) ?? '')
    }
  }
  const cycle = phases.reduce((sum, phase) => sum + phase.duration, 0)
  return {
    kind: 'stages', signal: program.tl, cycle_s: cycle, offset_s: modulo(program.offset, cycle), offset_reference: 'sequence_start',
    coordinated: [], stages: stagesFrom(phases, greens),
  }
}

function signalGroup(tl: string, group: ColumnGroup, names: ReadonlyMap<ColumnGroup, string>, kinds: ReadonlyMap<number, string>, patterns: readonly StagePattern[]): SignalGroup {
  const id = names.get(group) ?? ''
  const least = patterns.flatMap((one) => leastGreens(one, id))
  return {
    id, source_id: `${tl}:${group.links.join(',')}`, name: `${group.approach} (${group.links.join(', ')})`,
    kind: group.links.every((link) => kinds.get(link) === 'pedestrian') ? 'pedestrian' : 'vehicle',
    min_green_s: least.length === 0 ? 0 : Math.min(...least),
    yellow_s: group.yellow, red_clearance_s: 0,
  }
}

function turnsOnRed(programs: readonly SumoProgram[]): Set<number> {
  const found = new Set<number>()
  for (const { phases } of programs) for (const { state } of phases) for (let i = 0; i < state.length; i++) if (state[i] === 's') found.add(i)
  return found
}

function noteAssumptions(input: SignalInput, programs: readonly SumoProgram[], phases: readonly (readonly Phase[])[], notes: Notes): void {
  const place = programs[0]?.place ?? {}
  const letters = new Set(programs.flatMap((program) => program.phases.flatMap((phase) => [...phase.state])))
  if (letters.has('o') || letters.has('O')) {
    notes.add('assumed', place, `traffic light "${input.id}" is off in some phases (o, O); they are read as green without and with priority`)
  }
  if (letters.has('u')) notes.count('red-yellow', 'assumed', place, (n) => `${n} traffic light(s) show red-yellow (u) before green; it is read as red`)
  if (letters.has('s')) notes.count('arrow', 'assumed', place, (n) => `${n} traffic light(s) show a green arrow (s); the turn on red is taken as allowed during the whole red`)
  if (programs.some((program) => program.phases.some((phase) => phase.minDur === undefined && /[Gg]/.test(phase.state) && !/[yY]/.test(phase.state)))) {
    notes.count('minimum', 'assumed', place, (n) => `${n} traffic light(s) name no minimum durations; ${SHORTEST_GREEN_S} s or the shortest green seen is taken`)
  }
  if (phases.some((one) => input.links.some((link) => yellowWithoutGreen(one, link.index)))) {
    notes.add('not-understood', place, `traffic light "${input.id}" turns yellow out of red somewhere; that yellow is read as red`)
  }
}
