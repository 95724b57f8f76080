// The bar of a timing sheet as data: rings with their phases, or stages with the groups they give green, over one
// cycle. Seconds after sequence start (the pattern as written); the offset reference is a mark on it.
import { phaseStarts, referencePoint } from '../model/compile.ts'
import type { CompiledGroup } from '../model/plan.ts'
import type { GroupId, Pattern, RingPattern, Signal, StagePattern } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import { tileIndications } from './indications.ts'

export interface TimingSegment {
  /** Phase, stage or group. */
  id: string
  /** Written into the bar; absent where the row is named instead. */
  label?: string
  start_s: number
  /** start <= green_end <= yellow_end <= end; a stage is all green. */
  green_end_s: number
  yellow_end_s: number
  end_s: number
  coordinated: boolean
  /** Of phases and stages: place among all as written, barrier by barrier, ring by ring. */
  part?: number
  kind: 'phase' | 'stage' | 'interstage' | 'group'
}

export interface TimingRow {
  label: string
  segments: TimingSegment[]
}

export interface TimingBarScene {
  cycle_s: number
  rows: TimingRow[]
  /** Instants that all rings cross together, cycle end left out; for stages their borders. */
  barriers_s: number[]
  /** Where the offset reference point lies. */
  reference_s: number
}

/** In: a signal, its pattern, its compiled groups. Out: rings, or the stages and below them each group. */
export function buildTimingBar(signal: Signal, pattern: Pattern, groups: readonly CompiledGroup[]): TimingBarScene {
  const reference_s = modulo(referencePoint(signal, pattern, pattern.offset_reference), pattern.cycle_s)
  const rows = pattern.kind === 'rings' ? ringRows(pattern, groups) : stageRows(pattern, groups, reference_s)
  return { cycle_s: pattern.cycle_s, rows, barriers_s: pattern.kind === 'rings' ? ringBarriers(pattern) : stageBorders(pattern), reference_s }
}

function ringBarriers(pattern: RingPattern): number[] {
  const barriers: number[] = []
  for (const { start_s, barrier } of phaseStarts(pattern)) barriers[barrier] = Math.min(barriers[barrier] ?? Infinity, start_s)
  return barriers.filter((start_s) => start_s !== undefined)
}

function ringRows(pattern: RingPattern, groups: readonly CompiledGroup[]): TimingRow[] {
  const rows: TimingRow[] = []
  for (const [part, { phase, start_s, split_s, ring }] of phaseStarts(pattern).entries()) {
    if (split_s <= 0) continue
    const group = groups.find((candidate) => candidate.id === phase)
    const end_s = start_s + split_s
    const yellow_end_s = Math.max(start_s, end_s - (group?.red_clearance_s ?? 0))
    const green_end_s = Math.max(start_s, yellow_end_s - (group?.yellow_s ?? 0))
    const row = (rows[ring] ??= { label: `Ring ${ring + 1}`, segments: [] })
    row.segments.push({ id: phase, label: phase, start_s, green_end_s, yellow_end_s, end_s, coordinated: pattern.coordinated.includes(phase), part, kind: 'phase' })
  }
  return rows.filter((row) => row !== undefined)
}

function stageBorders(pattern: StagePattern): number[] {
  let t = 0
  return pattern.stages.map(({ duration_s }) => (t += duration_s) - duration_s)
}

function stageRows(pattern: StagePattern, groups: readonly CompiledGroup[], reference_s: number): TimingRow[] {
  const borders = stageBorders(pattern)
  const coordinated = new Set<GroupId>(pattern.coordinated)
  const segments = pattern.stages.flatMap((stage, i): TimingSegment[] => {
    const start_s = borders[i] as number
    const end_s = start_s + stage.duration_s
    if (end_s <= start_s) return []
    const serves = stage.green.some((group) => coordinated.has(group))
    return [{ id: stage.id, label: stage.id, start_s, green_end_s: end_s, yellow_end_s: end_s, end_s, coordinated: serves && stage.kind === 'stage', part: i, kind: stage.kind }]
  })
  return [{ label: 'Stages', segments }, ...groups.map((group) => groupRow(group, pattern, reference_s))]
}

/** What a group shows over the cycle; its windows are local, so sequence time = local + reference. */
function groupRow(group: CompiledGroup, pattern: StagePattern, reference_s: number): TimingRow {
  const tiles = tileIndications(group.green_windows_s, group.yellow_s, { cycle_s: pattern.cycle_s, offset_s: reference_s }, [0, pattern.cycle_s])
  const segments = tiles.flatMap(({ display, start_s, end_s }): TimingSegment[] => {
    if (display === 'red') return []
    const green_end_s = display === 'green' ? end_s : start_s
    return [{ id: group.id, start_s, green_end_s, yellow_end_s: end_s, end_s, coordinated: pattern.coordinated.includes(group.id), kind: 'group' }]
  })
  return { label: group.id, segments }
}
