// From a timing to the rows of a spare pattern and a spare stage table, and nothing else. Pure.
import type { Baseline, LampTiming, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { deviceStagesOf } from '../../../model/device/stages.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { spareSlot, writeSet } from '../write-set.ts'
import { encodeRow, encodeTable, encodeValue } from './codec.ts'
import type { Settings } from './config.ts'
import { beginOfPhase, type Facts, factsOf, type Image, timingOfPattern, totalOf } from './facts.ts'
import { decodePattern, decodeStage, encodePattern, encodeStage, type PatternRow, type StageRow } from './objects.ts'

const PER_S = 10
const EMPTY = { phases: 0, green: 0, yellow: 0, red: 0, option: 0 }

type Frame = WriteSet['frames'][number]
type Row = Pick<WriteItem, 'id' | 'new'>

export const isPedestrianOf = (groups: readonly { id?: string; group?: string; kind: string }[]) => (group: string): boolean => groups.some((one) => (one.id ?? one.group) === group && one.kind === 'pedestrian')

/** Pattern rows `c0.<pattern>` and stage rows `c1.<table>.<stage>` in the order in which the controller keeps them. */
export const placesOf = (image: Image, table: 'c0' | 'c1'): string[] => {
  const [first = 0, second = 0] = numbersOf(image[table])
  return table === 'c0' ? numbersOf(image['c0']).map((pattern) => `c0.${pattern}`) : Array.from({ length: first * second }, (_, i) => `c1.${Math.floor(i / second) + 1}.${(i % second) + 1}`)
}
const numbersOf = (text = ''): number[] => text.split(' ').filter((one) => one !== '').map(Number)

/** Throws controller.unfit. */
export function planWrites(base: Baseline, want: WantedTiming, settings: Settings): WriteSet {
  const unfit = (sentence: string): GreenwaveError => new GreenwaveError('controller.unfit', `controller ${base.device}: ${sentence}`)
  const facts = factsOf(base.image, settings, isPedestrianOf(want.signal.groups))
  const [reason] = readOnlyBecause(facts, settings)
  if (reason !== undefined) throw unfit(reason)
  const wanted = lampTimingOf(want.signal, want.pattern, PER_S)
  const strange = wanted.groups.find(({ group, greens }) => greens.length > 0 && !facts.phases.some((one) => one.group === group))
  if (strange !== undefined) throw unfit(`group ${strange.group} is no phase of it by the settings`)
  const slot = spareSlot(base.config, (pattern) => settings.patterns?.includes(pattern) ?? true)
  if (slot === undefined) throw unfit('no pattern of it is spare')
  const table = spareTable(base.image, facts, slot, settings)
  if (table === undefined) throw unfit('no stage table of it is spare')
  const { stages, first_s } = stagesOf(wanted, facts, table, unfit)
  const [, most = 0] = numbersOf(base.image['c1'])
  if (stages.length > most) throw unfit(`the timing has ${stages.length} stages; a table has ${most}`)
  const pattern = patternOf(wanted, stages, first_s, slot, want.pattern.coordinated, settings, unfit)
  const items = itemsOf(base.image, pattern, stages, most)
  const timing = timingOfPattern(facts, pattern, stages, settings)
  if (timing === undefined) throw unfit('its stages do not add up to this timing')
  const [difference] = compareLamps(wanted, timing)
  if (difference !== undefined) throw unfit(`with its own clearances ${difference}`)
  return writeSet(base, want, { protocol: 'gbt20999-2007', slot, items, frames: framesOf(items, base.image, settings), timing, residual: [] })
}

/** A table that no other pattern runs, empty ones first. */
function spareTable(image: Image, { patterns, tables }: Facts, slot: number, { stage_tables }: Settings): number | undefined {
  const [count = 0] = numbersOf(image['c1'])
  const used = new Set(patterns.filter(({ pattern, cycle }) => pattern !== slot && cycle > 0).map(({ stage_table }) => stage_table))
  const spare = Array.from({ length: count }, (_, i) => i + 1).filter((table) => !used.has(table) && (stage_tables?.includes(table) ?? true))
  return spare.find((table) => !tables.has(table)) ?? spare[0]
}

/** Stages as the controller has them, with the greens of the timing: a change from some phases to others, and its clearance, must stand in one of its tables. */
function stagesOf(wanted: LampTiming, facts: Facts, table: number, unfit: (sentence: string) => GreenwaveError): { stages: StageRow[]; first_s: number } {
  const { first, stages } = deviceStagesOf(wanted, { early_end: false })
  const masks = stages.map(({ groups }) => groups.reduce((mask, group) => (mask | (1 << (facts.phases.find((one) => one.group === group)!.phase - 1))) >>> 0, 0))
  const rows = stages.map(({ groups, green, yellow, red_clearance }, i): StageRow => {
    const own = templateOf(facts, masks[i]!, masks[(i + 1) % masks.length]!)
    const [now, then] = [groups, stages[(i + 1) % stages.length]!.groups].map((list) => list.join(', '))
    if (own === undefined) throw unfit(`none of its stage tables changes from groups ${now} to ${then}, so that the clearance between them can't be told; stages are not made up`)
    const seconds = (green + yellow + red_clearance) / PER_S - own.yellow - own.red
    if (seconds <= 0) throw unfit(`the stage of groups ${now} is shorter than its clearance`)
    return decodeStage(encodeStage(own, { table, stage: i + 1, green: seconds }))
  })
  return { stages: rows, first_s: first / PER_S }
}

function templateOf({ tables, patterns }: Facts, phases: number, next: number): StageRow | undefined {
  // What runs by its patterns was tried in the street; what stands elsewhere may be anything.
  for (const stages of patterns.map(({ stage_table }) => tables.get(stage_table) ?? [])) {
    const found = stages.find((stage, i) => stage.phases === phases && stages[(i + 1) % stages.length]!.phases === next)
    if (found !== undefined) return found
  }
  return undefined
}

function patternOf(wanted: LampTiming, stages: readonly StageRow[], first_s: number, slot: number, groups: readonly string[], { phases, profile }: Settings, unfit: (sentence: string) => GreenwaveError): PatternRow {
  const cycle = wanted.cycle / PER_S
  const coordinated = groups.map((group) => phases.get(group)).find((phase) => phase !== undefined && beginOfPhase(stages, phase) !== undefined)
  if (coordinated === undefined) throw unfit('no coordinated group of the timing is a phase of it')
  const before = profile.offset_reference === 'coordinated_phase' ? beginOfPhase(stages, coordinated)! : 0
  return decodePattern(encodePattern({ pattern: slot, cycle, offset: (wanted.offset / PER_S + first_s + before) % cycle, coordinated, stage_table: stages[0]!.table }))
}

/** The stages, then the places of the table that are left empty, then the pattern that runs them. */
function itemsOf(image: Image, pattern: PatternRow, stages: readonly StageRow[], most: number): WriteItem[] {
  const { stage_table: table } = pattern
  const rows = Array.from({ length: most }, (_, i) => stages[i] ?? { ...EMPTY, table, stage: i + 1 })
  const item = (id: string, name: string, row: Uint8Array): WriteItem => ({ id, name, old: image[id] ?? null, new: Buffer.from(row).toString('hex') })
  return [
    ...rows.map((row) => item(`c1.${table}.${row.stage}`, `stage ${row.stage} of table ${table}: ${totalOf(row)} s, green ${row.green} s`, encodeStage(row, row))),
    item(`c0.${pattern.pattern}`, `pattern ${pattern.pattern}: cycle ${pattern.cycle} s, offset ${pattern.offset} s, stage table ${table}`, encodePattern(pattern)),
  ]
}

const isRow = (id: string): boolean => /^c0\.\d{1,3}$|^c1\.\d{1,3}\.\d{1,3}$/.test(id)

/** A download of these rows: whole tables around what was read, or row by row. Throws controller.unfit for any other id. */
export function framesOf(rows: readonly Row[], image: Image, { profile }: Settings): Frame[] {
  const foreign = rows.find(({ id }) => !isRow(id) || image[id] === undefined)
  if (foreign !== undefined) throw new GreenwaveError('controller.unfit', `"${foreign.id}" is not what is written`)
  const frame = (title: string, bytes: Buffer): Frame => ({ title, hex: bytes.toString('hex') })
  const tables = (['c1', 'c0'] as const).flatMap((table) => {
    const own = rows.filter(({ id }) => id.startsWith(`${table}.`))
    if (own.length === 0) return []
    const code = table === 'c0' ? 0xc0 : 0xc1
    if (profile.writes === 'row') return own.map(({ id, new: hex }) => frame(`row ${id}`, encodeRow(code, numbersOf(id.slice(3).replace('.', ' ')), Buffer.from(hex, 'hex'))))
    const places = placesOf(image, table)
    const values = places.map((id) => own.find((one) => one.id === id)?.new ?? image[id]!)
    const counts = table === 'c0' ? [places.length] : numbersOf(image['c1'])
    return [frame(table === 'c0' ? 'all patterns' : 'all stage tables', encodeTable(code, counts, values.map((hex) => Buffer.from(hex, 'hex'))))]
  })
  return [frame('begin of the download', encodeValue(0xc2, 1)), ...tables, frame('end of the download', encodeValue(0xc2, 0))]
}

/** Unknown profile values that change the meaning of a write. */
export function readOnlyBecause({ doubts }: Pick<Facts, 'doubts'>, { profile }: Settings): string[] {
  return [
    ...(profile.writes === 'unknown' ? ['profile.writes does not say whether it takes rows or whole tables, so nothing is written'] : []),
    ...(profile.offset_reference === 'unknown' ? ['profile.offset_reference does not say what its offsets are the time of, so nothing is written'] : []), ...doubts,
  ]
}

/** What only this protocol knows, beside the common rules. */
export function checkWrites(base: Baseline, { items, slot, timing, frames }: WriteSet, settings: Settings): WriteFinding[] {
  const hard = (rule: WriteFinding['rule'], sentence: string): WriteFinding => ({ rule, weight: 'hard', device: base.device, sentence: `controller ${base.device}: ${sentence}` })
  const facts = factsOf(base.image, settings, isPedestrianOf(base.config.groups))
  const row = items.find(({ id }) => id === `c0.${slot}`)
  const table = row === undefined ? undefined : decodePattern(Buffer.from(row.new, 'hex')).stage_table
  const foreign = items.filter(({ id }) => !isRow(id) || base.image[id] === undefined || (id !== `c0.${slot}` && !id.startsWith(`c1.${table}.`)))
  const findings = [...foreign.map(({ id }) => hard('never-written', `"${id}" is not what is written for pattern ${slot}`)), ...readOnlyBecause(facts, settings).map((sentence) => hard('profile', sentence))]
  if (foreign.length > 0) return findings
  if (JSON.stringify(frames) !== JSON.stringify(framesOf(items, base.image, settings))) findings.push(hard('not-as-approved', 'the frames of the write set are not those of its items'))
  const user = facts.patterns.find(({ pattern, stage_table, cycle }) => pattern !== slot && stage_table === table && cycle > 0)
  if (user !== undefined) findings.push(hard('spare-slot', `stage table ${table} is run by pattern ${user.pattern}`))
  if (settings.patterns !== undefined && !settings.patterns.includes(slot)) findings.push(hard('spare-slot', `pattern ${slot} is not among those that greenwave may use (${settings.patterns.join(', ')})`))
  findings.push(...checkClearances(items, facts, hard))
  if (timing.cycle % PER_S !== 0 || timing.offset % PER_S !== 0) findings.push(hard('range', `its cycle of ${timing.cycle / PER_S} s and offset of ${timing.offset / PER_S} s are no whole seconds`))
  return findings
}

/** Whatever travels in a row beside its green stands so in a row of the controller. */
function checkClearances(items: readonly WriteItem[], facts: Facts, hard: (rule: WriteFinding['rule'], sentence: string) => WriteFinding): WriteFinding[] {
  const stages = items.filter(({ id }) => id.startsWith('c1.')).map(({ new: hex }) => decodeStage(Buffer.from(hex, 'hex'))).filter(({ phases }) => phases !== 0)
  return stages.flatMap((stage, i) => {
    const own = templateOf(facts, stage.phases, stages[(i + 1) % stages.length]!.phases)
    const isOwn = own !== undefined && own.yellow === stage.yellow && own.red === stage.red && own.option === stage.option
    return isOwn ? [] : [hard('clearance', `stage ${stage.stage} has yellow, red and option ${stage.yellow}, ${stage.red}, ${stage.option}, which no stage of its own with these phases has`)]
  })
}
