// The timing sections of a UTDF file, [Timeplans] and [Phases], from patterns. Seconds.
import { compileSignal, getGroup, phaseStarts, referencePoint } from '../../../model/compile.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { GroupId, OffsetReference, Pattern, RingPattern, Signal, SignalGroup, StagePattern } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { firstToEnd } from './phases.ts'

/** A pattern in UTDF terms: phases with numbers, and which phases give each group of the signal its green. */
export interface ExportedSignal {
  signal: Signal
  pattern: RingPattern
  /** Phase number of each group in the rings. */
  numbers: Map<GroupId, number>
  /** Phases that show green to a group of the signal: itself, the parents of an overlap, the stage of a stage plan. */
  phasesOf: (group: GroupId) => number[]
}

const CODES: Partial<Record<OffsetReference, number>> = { begin_of_green: 0, begin_of_yellow: 1, begin_of_red: 2, first_green: 3, begin_of_clearance: 4 }

export function prepareSignal(signal: Signal, pattern: Pattern): ExportedSignal {
  const { timed, rings, stageOf } = pattern.kind === 'rings' ? { timed: signal, rings: pattern, stageOf: undefined } : ringsFromStages(signal, pattern)
  const ids = rings.barriers.flatMap((barrier) => barrier.rings.flat().map(({ phase }) => phase))
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new GreenwaveError('input.value', `signal ${signal.id}: phase ${twice} has two places in the rings; UTDF knows one`)
  const numbers = numberPhases(ids)
  const phasesOf = (group: GroupId): number[] => {
    if (stageOf !== undefined) return [...(stageOf.get(group) ?? [])].flatMap((id) => numbers.get(id) ?? [])
    const overlap = signal.overlaps?.find((entry) => entry.group === group)
    return (overlap?.parents ?? [group]).flatMap((id) => numbers.get(id) ?? [])
  }
  return { signal: timed, pattern: rings, numbers, phasesOf }
}

/** NEMA numbers stay; other names take what is free. */
function numberPhases(ids: readonly GroupId[]): Map<GroupId, number> {
  const numbers = new Map<GroupId, number>()
  for (const id of ids) if (/^[1-9]\d?$/.test(id)) numbers.set(id, Number(id))
  let next = 1
  for (const id of ids) {
    if (numbers.has(id)) continue
    while ([...numbers.values()].includes(next)) next++
    numbers.set(id, next)
  }
  return numbers
}

/**
 * A stage plan as one ring. Exact only where every group is green in one stage, every stage is followed by time
 * without green, and the groups of a stage share one yellow; anything else is refused.
 */
function ringsFromStages(signal: Signal, pattern: StagePattern): { timed: Signal; rings: RingPattern; stageOf: Map<GroupId, GroupId[]> } {
  const refuse = (reason: string): never => {
    throw new GreenwaveError('input.value', `the stage plan of signal ${signal.id} has no exact form as phases: ${reason}`)
  }
  const groups: SignalGroup[] = []
  const phases: { phase: GroupId; split_s: number }[] = []
  const stageOf = new Map<GroupId, GroupId[]>()
  const stages = rotateToStage(pattern, refuse)
  stages.forEach((stage, i) => {
    if (stage.green.length === 0) return
    let change = 0
    for (let j = i + 1; j < stages.length && stages[j]?.green.length === 0; j++) change += stages[j]?.duration_s ?? 0
    const yellows = new Set(stage.green.map((id) => getGroup(signal, id).yellow_s))
    const yellow = [...yellows][0] ?? 0
    if (yellows.size > 1) refuse(`the groups of stage ${stage.id} have yellows of ${[...yellows].join(' and ')} s`)
    if (change < yellow) refuse(`stage ${stage.id} is followed by ${change} s without green, its yellow is ${yellow} s`)
    const phase = String(phases.length + 1)
    for (const id of stage.green) {
      if (stageOf.has(id)) refuse(`group ${id} is green in more than one stage`)
      stageOf.set(id, [phase])
    }
    const least = Math.max(stage.min_s ?? 0, ...stage.green.map((id) => getGroup(signal, id).min_green_s))
    groups.push({ id: phase, kind: 'vehicle', min_green_s: Math.min(least, stage.duration_s), yellow_s: yellow, red_clearance_s: change - yellow })
    phases.push({ phase, split_s: stage.duration_s + change })
  })
  const coordinated = [...new Set(pattern.coordinated.flatMap((id) => stageOf.get(id) ?? []))]
  const timed: Signal = { ...signal, groups, overlaps: [], conflicts: [] }
  const reference = coordinated.length > 0 ? 'first_green' : 'sequence_start'
  const rings: RingPattern = { kind: 'rings', signal: signal.id, cycle_s: pattern.cycle_s, offset_s: 0, offset_reference: reference, coordinated: coordinated.length > 0 ? coordinated : [phases[0]?.phase ?? '1'], barriers: [{ rings: [phases] }] }
  // Tie both clocks to the first green of the first stage, which both forms know.
  const first = [...stageOf].find(([, [phase]]) => phase === '1')?.[0]
  const before = compileSignal(signal, pattern)
  const start = before.groups.find((group) => group.id === first)?.green_windows_s[0]?.[0] ?? 0
  return { timed, rings: { ...rings, offset_s: modulo(pattern.offset_s + start + referencePoint(timed, rings, reference), pattern.cycle_s) }, stageOf }
}

/** The stages from one that shows green on, so that no change of colour lies across the end of the list. */
function rotateToStage(pattern: StagePattern, refuse: (reason: string) => never): StagePattern['stages'] {
  const first = pattern.stages.findIndex((stage) => stage.green.length > 0)
  if (first < 0) refuse('no stage shows green')
  return [...pattern.stages.slice(first), ...pattern.stages.slice(0, first)]
}

/** Rows of [Timeplans]; `numberOf` gives the INTID of a node. */
export function timeplanRows({ signal, pattern, numbers }: ExportedSignal, intid: number, nodes: number[]): [string, number, string | number][] {
  const { coordinated, reference, offset_s } = fieldOffset(signal, pattern)
  const [a, b] = coordinated.map((id) => numbers.get(id) ?? 0).sort((p, q) => p - q)
  return [
    ['Control Type', intid, 0],
    ['Cycle Length', intid, tenths(pattern.cycle_s)],
    ['Lock Timings', intid, 0],
    ['Referenced To', intid, CODES[reference] as number],
    ['Reference Phase', intid, b === undefined ? (a as number) : (a as number) * 100 + b],
    ['Offset', intid, tenths(modulo(offset_s, pattern.cycle_s))],
    ['Master', intid, 0],
    ['Yield', intid, 0],
    ...nodes.map((node, i): [string, number, number] => [`Node ${i}`, intid, node]),
    ...(nodes.length === 1 ? [['Node 1', intid, 0] as [string, number, number]] : []),
  ]
}

/** The offset in terms that UTDF has: at most two reference phases, no "sequence start", red after the all-red. */
function fieldOffset(signal: Signal, pattern: RingPattern): { coordinated: GroupId[]; reference: OffsetReference; offset_s: number } {
  const green = pattern.coordinated.filter((id) => pattern.barriers.some(({ rings }) => rings.flat().some(({ phase }) => phase === id)))
  const coordinated = (green.length > 0 ? green : [pattern.barriers[0]?.rings.flat()[0]?.phase ?? '1']).slice(0, 2)
  const reference = pattern.offset_reference === 'sequence_start' ? 'first_green' : pattern.offset_reference
  const local = { ...pattern, coordinated }
  const shift = referencePoint(signal, local, reference) - referencePoint(signal, pattern, pattern.offset_reference)
  const phases = signal.groups.map((group) => ({ group }))
  const allRed = reference === 'begin_of_red' ? firstToEnd(phases, pattern.barriers, coordinated)?.group.red_clearance_s ?? 0 : 0
  return { coordinated, reference, offset_s: pattern.offset_s + shift + allRed }
}

/** Rows of [Phases] with one value per column D1, D2 ... */
export function phaseRows({ signal, pattern, numbers }: ExportedSignal, columns: number): [string, (string | number)[]][] {
  const rows = ['BRP', 'MinGreen', 'MaxGreen', 'VehExt', 'Yellow', 'AllRed', 'Recall', 'Walk', 'DontWalk', 'MinSplit', 'DualEntry', 'InhibitMax', 'Start', 'End', 'LocalStart'] as const
  const table = new Map<string, (string | number)[]>(rows.map((name) => [name, Array.from({ length: columns }, (): string | number => '')]))
  const zero = referencePoint(signal, pattern, pattern.offset_reference)
  const positions = new Map<string, number>()
  for (const { phase, start_s, split_s, barrier, ring } of phaseStarts(pattern)) {
    const number = numbers.get(phase) as number
    const group = getGroup(signal, phase)
    const place = `${barrier + 1}${ring + 1}`
    positions.set(place, (positions.get(place) ?? 0) + 1)
    const clearance = group.yellow_s + group.red_clearance_s
    const master = (t: number): number => tenths(modulo(pattern.offset_s - zero + t, pattern.cycle_s))
    const values: Record<(typeof rows)[number], string | number> = {
      BRP: `${place}${positions.get(place)}`, MinGreen: tenths(group.min_green_s), MaxGreen: tenths(split_s - clearance), VehExt: 3,
      Yellow: tenths(group.yellow_s), AllRed: tenths(group.red_clearance_s), Recall: 3, Walk: group.walk_s ?? '', DontWalk: group.pedestrian_clearance_s ?? '',
      MinSplit: tenths(group.min_green_s + clearance), DualEntry: 1, InhibitMax: 1,
      Start: master(start_s), End: master(start_s + split_s), LocalStart: tenths(modulo(start_s - zero, pattern.cycle_s)),
    }
    for (const name of rows) (table.get(name) as (string | number)[])[number - 1] = values[name]
  }
  return rows.map((name) => [name, table.get(name) as (string | number)[]])
}

/** Controllers and Synchro work in tenths; hundredths keep what a file may have had beyond. */
const tenths = (s: number): number => Math.round(s * 100) / 100
