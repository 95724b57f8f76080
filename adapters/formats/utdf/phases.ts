// The timing of one controller from [Timeplans] and [Phases]: groups, rings and barriers, splits, offset. Seconds.
// Barrier-ring-position digits and splits: Synchro Studio user guide, UTDF chapter; ring and barrier: NEMA TS 2.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { BarrierGroup, OffsetReference, RingPattern, SignalGroup } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { RecordReader } from './document.ts'
import type { UtdfDocument } from './document.ts'
import { closeSplits } from './splits.ts'
import type { TimedPhase } from './splits.ts'

export interface ControllerTiming {
  id: string
  /** Intersections that run on this controller. */
  nodes: string[]
  groups: SignalGroup[]
  pattern: RingPattern
  phases: TimedPhase[]
  controlType: number
}

/**
 * `Referenced To`. Found by comparing Offset with Start, End and LocalStart of the reference phases over 235 signals
 * of two published networks: 0 = last reference phase to start (32 of 32), 3 = first to start (183 of 183), 1 = first
 * to turn yellow (1 of 1), 2 = first to END ITS SPLIT, all-red included (19 of 19). 4 = 170 style is from the user
 * guide alone; no sample has it.
 */
const REFERENCES: Record<number, OffsetReference> = {
  0: 'begin_of_green', 1: 'begin_of_yellow', 2: 'begin_of_red', 3: 'first_green', 4: 'begin_of_clearance',
}

/** Phases of a reference code: 2, or 206 for 2 and 6, or 408 for 4 and 8. */
const referencePhases = (code: number): string[] => (code < 100 ? [code] : [Math.floor(code / 100), code % 100]).filter((phase) => phase > 0).map(String)

export function readController(document: UtdfDocument, id: string, nodes: string[], notes: ImportNote[]): ControllerTiming {
  const plan = document.timeplans?.get(id)
  const set = document.phases?.get(id)
  const place = { file: document.file, element: `intersection ${id}` }
  if (plan === undefined) throw new GreenwaveError('network.signal', `signal ${id} has no [Timeplans] records`, place)
  if (set === undefined) throw new GreenwaveError('network.signal', `signal ${id} has no [Phases] records`, place)
  const [timing, reader] = [new RecordReader(document, plan), new RecordReader(document, set)]
  requireRecords(reader, document)
  const cycle = timing.findAmount('Cycle Length', 'DATA', 1000)
  if (cycle === undefined || cycle === 0) throw new GreenwaveError('network.signal', `signal ${id} has a cycle length of ${cycle ?? 'nothing'}`, timing.place('Cycle Length'))
  const phases = readPhases(reader, document)
  if (phases.length === 0) throw new GreenwaveError('network.signal', `signal ${id} has no phase with a green time`, reader.place('MaxGreen'))
  const coordinated = readCoordinated(timing, phases, notes)
  const barriers = closeSplits({ reader, cycle, phases, coordinated, notes })
  const pattern: RingPattern = { kind: 'rings', signal: id, cycle_s: cycle, ...readOffset(timing, phases, barriers, coordinated, cycle), coordinated, barriers }
  return { id, nodes, groups: phases.map((phase) => phase.group), pattern, phases, controlType: timing.findCount('Control Type', 'DATA', 99) ?? 0 }
}

/** Records that a signal needs; an intersection at the end of the file that lacks them was cut off. */
function requireRecords(reader: RecordReader, document: UtdfDocument): void {
  const missing = ['BRP', 'MinGreen', 'MaxGreen', 'Yellow', 'AllRed'].filter((name) => reader.find(name) === undefined)
  if (missing.length === 0) return
  const last = [...(document.phases?.keys() ?? [])].at(-1) === reader.set.id
  throw new GreenwaveError(
    last ? 'input.truncated' : 'network.signal',
    `[Phases] of intersection ${reader.set.id} ${last ? 'breaks off: it' : ''} lacks ${missing.join(', ')}`.replace('  ', ' '),
    { file: document.file, line: last ? document.lastLine : reader.set.line },
  )
}

function readPhases(reader: RecordReader, document: UtdfDocument): TimedPhase[] {
  const columns = [...(reader.find('MaxGreen')?.values.keys() ?? [])].filter((column) => /^D\d+$/.test(column))
  return columns.flatMap((column): TimedPhase[] => {
    const maxGreen = reader.findAmount('MaxGreen', column, 1000) ?? 0
    if (maxGreen === 0) return []
    const id = column.slice(1)
    const required = (record: string, setting?: string): number => {
      const value = reader.findAmount(record, column, 1000) ?? (setting === undefined ? undefined : settingOf(document, setting))
      if (value === undefined) throw new GreenwaveError('network.signal', `phase ${id} has no ${record}`, reader.place(record))
      return value
    }
    const brp = reader.findText('BRP', column) ?? ''
    const digits = /^([1-9])([1-9])([1-9]\d*)$/.exec(brp)
    if (digits === null) throw new GreenwaveError('input.value', `phase ${id} has BRP "${brp}"; it needs a digit each for barrier, ring and position`, reader.place('BRP'))
    const [walk, dontWalk] = [reader.findAmount('Walk', column, 1000) ?? 0, reader.findAmount('DontWalk', column, 1000) ?? 0]
    const group: SignalGroup = {
      id, source_id: id, kind: 'vehicle', min_green_s: required('MinGreen'), yellow_s: required('Yellow', 'yellowtime'), red_clearance_s: required('AllRed', 'allredtime'),
      ...(walk + dontWalk > 0 ? { walk_s: walk, pedestrian_clearance_s: dontWalk } : {}),
    }
    const [start, end] = [reader.findNumber('Start', column), reader.findNumber('End', column)]
    return [{
      group, barrier: Number(digits[1]), ring: Number(digits[2]), position: Number(digits[3]), max_green_s: maxGreen,
      ...(start === undefined || end === undefined ? {} : { start_s: start, end_s: end }),
    }]
  })
}

function settingOf(document: UtdfDocument, name: string): number | undefined {
  const setting = document.network?.get(name)
  if (setting === undefined) return undefined
  const value = Number(setting.value)
  if (!Number.isFinite(value) || value < 0) throw new GreenwaveError('input.value', `${name} is "${setting.value}"`, { file: document.file, line: setting.line })
  return value
}

function readCoordinated(timing: RecordReader, phases: TimedPhase[], notes: ImportNote[]): string[] {
  const code = timing.findCount('Reference Phase', 'DATA', 9999) ?? 206
  const named = referencePhases(code)
  const present = named.filter((id) => phases.some((phase) => phase.group.id === id))
  if (present.length > 0) return present
  const longest = phases.reduce((a, b) => (b.max_green_s > a.max_green_s ? b : a))
  notes.push({ kind: 'corrected', place: timing.place('Reference Phase'), message: `reference phase ${code} has no green; the longest phase, ${longest.group.id}, is taken` })
  return [longest.group.id]
}

function readOffset(timing: RecordReader, phases: TimedPhase[], barriers: BarrierGroup[], coordinated: string[], cycle: number): { offset_s: number; offset_reference: OffsetReference } {
  const code = timing.findCount('Referenced To', 'DATA', 99) ?? 0
  const offset_reference = REFERENCES[code]
  if (offset_reference === undefined) timing.fail('Referenced To', `the offset is referenced to ${code}; known are 0 to 4`)
  const offset = timing.findNumber('Offset', 'DATA') ?? 0
  const allRed = offset_reference === 'begin_of_red' ? firstToEnd(phases, barriers, coordinated)?.group.red_clearance_s ?? 0 : 0
  return { offset_s: modulo(Math.round((offset - allRed) * 1e6) / 1e6, cycle), offset_reference }
}

/** The coordinated phase whose split ends first. */
export function firstToEnd<P extends { group: SignalGroup }>(phases: P[], barriers: BarrierGroup[], coordinated: string[]): P | undefined {
  let best: { phase: P; end: number } | undefined
  for (const barrier of barriers) {
    for (const ring of barrier.rings) {
      let t = 0
      for (const { phase, split_s } of ring) {
        t += split_s
        const found = phases.find((candidate) => candidate.group.id === phase)
        if (found !== undefined && coordinated.includes(phase) && (best === undefined || t < best.end)) best = { phase: found, end: t }
      }
    }
  }
  return best?.phase
}
