// What a controller holds, in its own numbers: phases, stage tables, patterns; and what a pattern of it makes the lamps do. Pure.
import type { LampTiming, Tenths } from '../../../model/device/device.ts'
import { type DeviceStage, lampTimingOfStages } from '../../../model/device/stages.ts'
import type { GroupId } from '../../../model/signal.ts'
import type { Settings } from './config.ts'
import { decodePattern, decodeStage, type PatternRow, type StageRow } from './objects.ts'

/** `c0.5` the row of pattern 5 and `c1.5.1` that of stage 1 of table 5 as hex; `c0` and `c1` the order and counts in which a whole table is written again. */
export type Image = Readonly<Record<string, string>>

export interface PhaseFacts {
  phase: number
  group: GroupId
  min_green: Tenths
  walk: Tenths
  pedestrian_clearance: Tenths
  yellow: Tenths
  red: Tenths
}

export interface Facts {
  phases: PhaseFacts[]
  conflicts: ReadonlyMap<number, number[]>
  patterns: PatternRow[]
  /** Stages of each table that are used, in order. */
  tables: ReadonlyMap<number, StageRow[]>
  /** Why clearances can't be told for sure. */
  doubts: string[]
}

const S = 10
export const rowOf = (image: Image, id: string): Uint8Array | undefined => (image[id] === undefined ? undefined : Uint8Array.from(Buffer.from(image[id], 'hex')))
const rowsOf = (image: Image, table: string): Uint8Array[] => Object.keys(image).filter((id) => id.startsWith(`${table}.`)).map((id) => rowOf(image, id)!)
export const phasesOfMask = (mask: number): number[] => Array.from({ length: 32 }, (_, i) => i + 1).filter((phase) => (mask >>> (phase - 1)) & 1)
export const totalOf = ({ green, yellow, red }: StageRow): number => green + yellow + red

export function factsOf(image: Image, settings: Settings, isPedestrian: (group: GroupId) => boolean): Facts {
  const tables = new Map<number, StageRow[]>()
  for (const stage of rowsOf(image, 'c1').map(decodeStage)) if (stage.phases !== 0 && totalOf(stage) > 0) tables.set(stage.table, [...(tables.get(stage.table) ?? []), stage].sort((a, b) => a.stage - b.stage))
  const patterns = rowsOf(image, 'c0').map(decodePattern).sort((a, b) => a.pattern - b.pattern)
  const ends = endsOf(patterns.flatMap(({ stage_table }) => tables.get(stage_table) === undefined ? [] : [tables.get(stage_table)!]))
  const doubts = [...ends].flatMap(([phase, list]) => (new Set(list.map(({ yellow }) => yellow)).size > 1 ? [`phase ${phase} ends with yellows of ${[...new Set(list.map(({ yellow }) => `${yellow} s`))].join(' and ')}`] : []))
  const phases = [...settings.phases].flatMap(([group, phase]): PhaseFacts[] => {
    const row = rowOf(image, `95.${phase}`)
    const own = ends.get(phase)
    if (row === undefined || own === undefined) return []
    const [yellow, red] = [own[0]!.yellow, Math.min(...own.map((one) => one.red))]
    // Pedestrians see red where a stage shows yellow.
    const colours = isPedestrian(group) ? { yellow: 0, red: (yellow + red) * S } : { yellow: yellow * S, red: red * S }
    return [{ phase, group, walk: row[1]! * S, pedestrian_clearance: row[2]! * S, min_green: row[3]! * S, ...colours }]
  })
  return { phases, patterns, tables, doubts, conflicts: new Map(rowsOf(image, '97').map((row) => [row[0]!, phasesOfMask(Buffer.from(row).readUInt32BE(1))])) }
}

/** The stages with which each phase ends, over the tables that patterns run. */
function endsOf(tables: readonly (readonly StageRow[])[]): Map<number, StageRow[]> {
  const ends = new Map<number, StageRow[]>()
  for (const stages of tables) {
    for (const [i, stage] of stages.entries()) {
      const next = stages[(i + 1) % stages.length]!
      for (const phase of phasesOfMask(stage.phases & ~next.phases)) ends.set(phase, [...(ends.get(phase) ?? []), stage])
    }
  }
  return ends
}

/** What the lamps do under a pattern. Undefined where it names no stages, or does not add up, or nobody knows what its offset means. */
export function timingOfPattern(facts: Facts, pattern: PatternRow, stages: readonly StageRow[], settings: Settings): LampTiming | undefined {
  if (stages.length === 0 || stages.reduce((sum, stage) => sum + totalOf(stage), 0) !== pattern.cycle || pattern.offset >= pattern.cycle) return undefined
  const first = firstStageOf(pattern, stages, settings)
  if (first === undefined) return undefined
  const device = stages.map(({ phases, green, yellow, red }): DeviceStage => ({
    groups: facts.phases.filter(({ phase }) => phasesOfMask(phases).includes(phase)).map(({ group }) => group), green: green * S, yellow: yellow * S, red_clearance: red * S, late_start: [], early_end: [],
  }))
  return lampTimingOfStages(device, first * S, facts.phases.map(({ group, yellow, red }) => ({ group, yellow, red_clearance: red })))
}

/** Master time at which the first stage begins, s, give or take cycles. Undefined where the pattern coordinates a phase that never turns green. */
export function firstStageOf({ offset, coordinated }: PatternRow, stages: readonly StageRow[], { profile }: Settings): number | undefined {
  const before = profile.offset_reference === 'coordinated_phase' ? beginOfPhase(stages, coordinated) : 0
  return before === undefined ? undefined : offset - before
}

/** From the begin of the first stage to that of a phase's green, s. Undefined where it never turns green. */
export function beginOfPhase(stages: readonly StageRow[], phase: number): number | undefined {
  const isIn = (i: number): boolean => phasesOfMask(stages.at(i)!.phases).includes(phase)
  const at = stages.findIndex((_, i) => isIn(i) && !isIn(i - 1))
  return at < 0 ? undefined : stages.slice(0, at).reduce((sum, stage) => sum + totalOf(stage), 0)
}
