// What a controller does now, and what of it proves that a pattern has its effect: the durations of the stages that it really ran (0xBE) and when it was in which.
import type { DeviceMode, Lamp, LampTiming, LiveSample, Observation, WriteSet } from '../../../model/device/device.ts'
import { modulo } from '../../../model/units.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { watchLamps } from '../watch.ts'
import type { Settings } from './config.ts'
import { firstStageOf, type Image, totalOf } from './facts.ts'
import { decodePattern, decodeStage, type ObjectId, type PatternRow, type StageRow } from './objects.ts'
import { isNamed } from './read-config.ts'
import type { Session } from './session.ts'

const MODES: Readonly<Record<number, DeviceMode>> = { 1: 'dark', 2: 'flash', 3: 'all-red', 5: 'coordinated', 6: 'free', 8: 'free', 12: 'coordinated' }
const AT_THE_PANEL = 4
const STATUS = [0xa5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbe] as const satisfies readonly ObjectId[]
const LAMPS = 0x96
const LAMP_ROW = 4

export interface Reader {
  session: Session
  settings: Settings
  context: DriverContext
}

export interface Status extends LiveSample {
  /** As 0xBE tells them. */
  effective: number[]
}

/** In: rows of patterns and stages as they stand, with which the pattern that runs is told by what it does. */
export async function readStatus({ session, settings, context }: Reader, image: Image, signal: AbortSignal): Promise<Status> {
  const found = await session.read(settings.profile.lamps === 'none' ? STATUS : [...STATUS, LAMPS], signal)
  const byte = (id: (typeof STATUS)[number]): number | undefined => found.get(id)?.data[0]
  const effective = [...(found.get(0xbe)?.data ?? [])]
  const active = activePattern(image, { command: byte(0xb6) ?? 0, cycle: byte(0xb8), offset: byte(0xb9), effective }, settings)
  const stage = byte(0xba) ?? 0
  return {
    time_s: context.now(), mode: byte(0xa5) === AT_THE_PANEL ? 'manual' : (MODES[byte(0xb7) ?? 0] ?? 'unknown'), effective,
    lamps: settings.profile.lamps === 'none' ? [] : [...settings.phases].map(([group, phase]) => ({ group, lamp: lampOf(found.get(LAMPS)?.data ?? new Uint8Array(), phase) })),
    ...(active === undefined ? {} : { active_slot: active }), ...(stage === 0 ? {} : { stage }),
  }
}

/** In: rows of a group of eight phases with masks of red, yellow and green. */
function lampOf(data: Uint8Array, phase: number): Lamp {
  const at = Array.from({ length: Math.floor(data.length / LAMP_ROW) }, (_, i) => i * LAMP_ROW).find((row) => data[row] === Math.ceil(phase / 8))
  const colours = (['red', 'yellow', 'green'] as const).filter((_, i) => at !== undefined && (data[at + 1 + i]! >> ((phase - 1) % 8)) & 1)
  return colours.length === 1 ? colours[0]! : 'unknown'
}

interface Signs {
  command: number
  cycle: number | undefined
  offset: number | undefined
  effective: readonly number[]
}

/** By cycle, offset and durations, because what it is commanded (0xB6) is told back also where it has no effect. */
function activePattern(image: Image, { command, cycle, offset, effective }: Signs, { profile }: Settings): number | undefined {
  const patterns = Object.keys(image).filter((id) => id.startsWith('c0.')).map((id) => decodePattern(Buffer.from(image[id]!, 'hex'))).filter((row) => row.pattern > 0 && row.cycle > 0)
  const alike = patterns.filter((row) => row.cycle === cycle && row.offset === offset)
  const durations = (row: PatternRow): number[] => effectiveOf(stagesIn(image, row.stage_table), profile.effective)
  const same = alike.filter((row) => isSame(durations(row), effective))
  const among = same.length > 0 ? same : alike
  // A row that was pointed to a spare pattern's stages runs that pattern.
  const spare = profile.system_pattern === 'no_effect' ? among.find(({ pattern }) => !isNamed(image, pattern)) : undefined
  if (spare !== undefined) return spare.pattern
  const found = among.find(({ pattern }) => pattern === command) ?? (among.length > 1 ? among.find(({ pattern }) => isNamed(image, pattern)) : undefined) ?? among[0]
  return found?.pattern ?? (patterns.some(({ pattern }) => pattern === command) ? command : undefined)
}

const stagesIn = (image: Image, table: number): StageRow[] => Object.keys(image).filter((id) => id.startsWith(`c1.${table}.`))
  .map((id) => decodeStage(Buffer.from(image[id]!, 'hex'))).filter((row) => row.phases !== 0 && totalOf(row) > 0).sort((a, b) => a.stage - b.stage)

const effectiveOf = (stages: readonly StageRow[], kind: Settings['profile']['effective']): number[] => stages.map((row) => (kind === 'green' ? row.green : totalOf(row)))

/** What is told beyond the stages is nothing. */
const isSame = (expected: readonly number[], found: readonly number[]): boolean => found.length >= expected.length && found.every((seconds, i) => seconds === (expected[i] ?? 0))

/** Level 5 by lamps; where they can't be read, level 4 by stages, each of which begins when it shall. Either way the durations that the controller tells must be ours. */
export async function observePattern(reader: Reader, image: Image, writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
  const rows = { ...image, ...Object.fromEntries(writes.items.map(({ id, new: hex }) => [id, hex])) }
  const pattern = decodePattern(Buffer.from(rows[`c0.${writes.slot}`]!, 'hex'))
  const stages = stagesIn(rows, pattern.stage_table)
  const expected = effectiveOf(stages, reader.settings.profile.effective)
  const isLit = reader.settings.profile.lamps !== 'none'
  let told: number[] = []
  const sample = async (aborted: AbortSignal): Promise<LiveSample> => {
    const { effective, ...status } = await readStatus(reader, rows, aborted)
    told = effective
    const lamps = isLit ? status.lamps : stages.map(({ stage }): LiveSample['lamps'][number] => ({ group: `stage ${stage}`, lamp: status.stage === stage ? 'green' : 'red' }))
    // Until a cycle of ours has ended its durations are those of a cycle before.
    return { ...status, lamps, mode: status.mode === 'coordinated' && !isSame(expected, effective) ? 'transition' : status.mode }
  }
  const timing = isLit ? writes.timing : stageTiming(stages, (firstStageOf(pattern, stages, reader.settings) ?? 0) * 10)
  const seen = await watchLamps({ slot: writes.slot, timing, cycles, sample }, reader.context, signal)
  const sentences = [...seen.sentences, ...(isSame(expected, told) ? [] : [`the stages that it ran last took ${told.filter((one) => one > 0).join(', ') || 'no'} s (0xBE), not ${expected.join(', ')}`])]
  if (isLit) return { ...seen, sentences }
  return { ...seen, level: seen.level === 5 ? 4 : seen.level, greens: [], sentences: [...sentences, 'its lamps can\'t be read: what is known is what it tells of its stages'] }
}

/** Stages as if they were lamps: green from the begin of one to the begin of the next. In: master time at which the first begins, tenths. */
function stageTiming(stages: readonly StageRow[], first: number): LampTiming {
  const begins = stages.map((_, i) => stages.slice(0, i).reduce((sum, row) => sum + totalOf(row) * 10, 0))
  const cycle = stages.reduce((sum, row) => sum + totalOf(row) * 10, 0)
  return { cycle, offset: modulo(first, cycle), groups: stages.map((row, i) => ({ group: `stage ${row.stage}`, greens: [[begins[i]!, begins[i]! + totalOf(row) * 10]], yellow: 0, red_clearance: 0 })) }
}
