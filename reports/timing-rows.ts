// The rows of a timing sheet: phases of the rings or stages and groups, with their times in seconds. Report and
// spreadsheet print the same rows. Greens are in the local clock (0 = offset reference point).
import { phaseStarts, referencePoint } from '../model/compile.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { CompiledGroup, PlannedIntersection } from '../model/plan.ts'
import type { GroupId, OffsetReference, RingPattern, Signal, SignalGroup, StagePattern } from '../model/signal.ts'
import { modulo } from '../model/units.ts'

export interface TimingRow {
  kind: 'phase' | 'stage' | 'interstage' | 'group'
  /** 1-based; of phases only. */
  ring?: number
  barrier?: number
  id: string
  /** Name of the group, or the groups that a stage gives green. */
  serves: string
  coordinated: boolean
  /** Of a phase its split, of a stage its duration. */
  split_s?: number
  green_s?: number
  yellow_s?: number
  red_clearance_s?: number
  min_green_s?: number
  walk_s?: number
  pedestrian_clearance_s?: number
  green_start_s?: number
  green_end_s?: number
}

export function getSignal(signals: readonly Signal[], id: string): Signal {
  const signal = signals.find((candidate) => candidate.id === id)
  if (signal === undefined) throw new GreenwaveError('input.reference', `the plan names signal "${id}", which the network does not have`)
  return signal
}

/** Phases in order of barrier, ring and time, then groups outside the rings; or stages in order, then all groups. */
export function listTimingRows(signal: Signal, intersection: PlannedIntersection): TimingRow[] {
  return intersection.kind === 'rings' ? ringRows(signal, intersection, intersection.signal_groups) : stageRows(signal, intersection, intersection.signal_groups)
}

function ringRows(signal: Signal, pattern: RingPattern, compiled: readonly CompiledGroup[]): TimingRow[] {
  const reference = referencePoint(signal, pattern, pattern.offset_reference)
  const placed = phaseStarts(pattern).filter(({ split_s }) => split_s > 0)
  const phases = placed.map(({ phase, start_s, split_s, barrier, ring }): TimingRow => {
    const group = signal.groups.find(({ id }) => id === phase)
    const green_s = Math.max(0, split_s - (group?.yellow_s ?? 0) - (group?.red_clearance_s ?? 0))
    const green_start_s = modulo(start_s - reference, pattern.cycle_s)
    return {
      kind: 'phase', ring: ring + 1, barrier: barrier + 1, id: phase, serves: group?.name ?? '', coordinated: pattern.coordinated.includes(phase),
      split_s, ...timesOf(group), green_s, green_start_s, green_end_s: green_start_s + green_s,
    }
  })
  const inRings = new Set(placed.map(({ phase }) => phase))
  return [...phases, ...compiled.filter(({ id }) => !inRings.has(id)).flatMap((group) => groupRows(signal, group, pattern.coordinated))]
}

function stageRows(signal: Signal, pattern: StagePattern, compiled: readonly CompiledGroup[]): TimingRow[] {
  const stages = pattern.stages.map((stage): TimingRow => ({
    kind: stage.kind,
    id: stage.id,
    serves: stage.green.join(', '),
    coordinated: stage.kind === 'stage' && stage.green.some((group) => pattern.coordinated.includes(group)),
    split_s: stage.duration_s,
    ...(stage.min_s === undefined ? {} : { min_green_s: stage.min_s }),
  }))
  return [...stages, ...compiled.flatMap((group) => groupRows(signal, group, pattern.coordinated))]
}

/** One row for each green window: a group may be green several times in a cycle. */
function groupRows(signal: Signal, compiled: CompiledGroup, coordinated: readonly GroupId[]): TimingRow[] {
  const group = signal.groups.find(({ id }) => id === compiled.id)
  return compiled.green_windows_s.map(([start, end]): TimingRow => ({
    kind: 'group', id: compiled.id, serves: group?.name ?? '', coordinated: coordinated.includes(compiled.id),
    ...timesOf(group), green_s: end - start, green_start_s: start, green_end_s: end,
  }))
}

function timesOf(group: SignalGroup | undefined): Partial<TimingRow> {
  if (group === undefined) return {}
  const { yellow_s, red_clearance_s, min_green_s, walk_s, pedestrian_clearance_s } = group
  return { yellow_s, red_clearance_s, min_green_s, ...(walk_s === undefined ? {} : { walk_s }), ...(pedestrian_clearance_s === undefined ? {} : { pedestrian_clearance_s }) }
}

/** Where the offset is measured, in words that leave no choice. */
export function referenceInWords(reference: OffsetReference, coordinated: readonly GroupId[], kind: 'rings' | 'stages'): string {
  const groups = `${kind === 'rings' ? 'phase' : 'group'}${coordinated.length === 1 ? '' : 's'} ${coordinated.join(' and ')}`
  const one = coordinated.length === 1
  switch (reference) {
    case 'sequence_start': return kind === 'rings' ? 'start of the sequence, where its first phase begins' : 'start of the first stage'
    case 'begin_of_green': return one ? `begin of green of ${groups}` : `begin of green: ${groups} are all green from here`
    case 'first_green': return one ? `begin of green of ${groups}` : `first green: the first of ${groups} turns green`
    case 'begin_of_yellow': return one ? `begin of yellow of ${groups}` : `begin of yellow: the first of ${groups} ends its green`
    case 'begin_of_red': return one ? `begin of red of ${groups}` : `begin of red: the first of ${groups} turns red`
    case 'begin_of_clearance': return one ? `begin of pedestrian clearance (or yellow) of ${groups}` : `begin of clearance: the first of ${groups} starts pedestrian clearance, or yellow where nobody walks`
  }
}
