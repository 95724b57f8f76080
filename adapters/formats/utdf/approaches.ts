// The approaches of one intersection from its [Lanes] records: which lanes there are at the stop line (kerb first),
// what each column's movement uses, and how it is controlled. Field units (feet, mph) as in the file.
import type { Turn } from '../../../model/network.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { COMPASS_HEADING, parseLaneColumn } from './records.ts'
import type { Compass, LaneColumn } from './records.ts'
import { RecordReader } from './document.ts'
import type { RecordSet, UtdfDocument } from './document.ts'

export interface ApproachLane {
  /** Length of a pocket in field units; absent = the whole link. */
  storage?: number
  width?: number
}

export interface ApproachMovement {
  column: string
  turn: Turn
  dest: string
  /** Indices in `lanes` of the approach, kerb first. */
  lanes: number[]
  /** Shares a lane with a neighbour. */
  volume: number
  saturation_flow_vph?: number
  protectedPhases: string[]
  permissivePhases: string[]
  turnOnRed: boolean
  /** Governed by no phase: a free or channelised turn. */
  free: boolean
  turningSpeed?: number
}

export interface Approach {
  compass: Compass
  up: string
  node: string
  lanes: ApproachLane[]
  movements: ApproachMovement[]
  speed?: number
  distance?: number
  grade?: number
  /** 0 free, 1 stop, 2 yield; at signals absent. */
  signControl?: number
}

interface Column extends LaneColumn {
  up: string | undefined
  dest: string | undefined
  count: number
  shared: number
  storageLanes: number
  storage: number | undefined
  volume: number
}

/** Approaches of an intersection in the order of the file. Notes what it had to repair. */
export function readApproaches(document: UtdfDocument, set: RecordSet, notes: ImportNote[], kerb: 'right' | 'left'): Approach[] {
  const reader = new RecordReader(document, set)
  const columns = readColumns(reader)
  repairEnds(reader, columns, notes)
  const approaches: Approach[] = []
  for (const compass of new Set(columns.map((column) => column.compass))) {
    const own = columns.filter((column) => column.compass === compass && column.up !== undefined).sort((a, b) => a.order - b.order)
    const approach = readApproach(reader, compass, own, notes, kerb)
    if (approach !== undefined) approaches.push(approach)
  }
  return approaches
}

function readColumns(reader: RecordReader): Column[] {
  const names = new Set([...reader.set.records.values()].flatMap((record) => [...record.values.keys()]))
  return [...names].flatMap((name): Column[] => {
    const parsed = parseLaneColumn(name)
    if (parsed === undefined) return []
    return [{
      ...parsed,
      up: reader.findText('Up Node', name),
      dest: reader.findText('Dest Node', name),
      count: reader.findCount('Lanes', name, 12) ?? 0,
      shared: reader.findCount('Shared', name, 9) ?? 0,
      storageLanes: reader.findCount('StLanes', name, 12) ?? 0,
      storage: reader.findAmount('Storage', name, 100_000),
      volume: reader.findAmount('Volume', name, 100_000) ?? 0,
    }]
  }).filter((column) => column.up !== undefined || column.dest !== undefined || column.count > 0)
}

/** A column with lanes but without Up or Dest Node takes them from those that share its approach or its exit. */
function repairEnds(reader: RecordReader, columns: Column[], notes: ImportNote[]): void {
  for (const column of columns) {
    if (column.up !== undefined && column.dest !== undefined) continue
    const up = column.up ?? columns.find((other) => other.compass === column.compass && other.up !== undefined)?.up
    const dest = column.dest ?? columns.find((other) => other.dest !== undefined && other !== column && sameExit(other, column))?.dest
    if (up === undefined || dest === undefined || up === dest) {
      if (column.count > 0) notes.push({ kind: 'not-understood', place: { ...reader.place('Lanes'), element: `${column.name} of ${reader.set.id}` }, message: `${column.count} lane(s) without Up Node or Dest Node were left out` })
      continue
    }
    column.up = up
    column.dest = dest
    notes.push({ kind: 'corrected', place: { ...reader.place('Up Node'), element: `${column.name} of ${reader.set.id}` }, message: `has lanes but no Up Node and Dest Node; taken as ${up} to ${dest}, where the other movements to that side lead` })
  }
}

const QUARTER: Record<Turn, number> = { 'left': 1, 'through': 0, 'right': -1, 'u-turn': 2 }

function sameExit(a: Column, b: Column): boolean {
  const exit = (column: Column): number => COMPASS_HEADING[column.compass] + (QUARTER[column.turn] * Math.PI) / 2
  return Math.cos(exit(a) - exit(b)) > 0.9
}

function readApproach(reader: RecordReader, compass: Compass, columns: Column[], notes: ImportNote[], kerb: 'right' | 'left'): Approach | undefined {
  const up = columns[0]?.up
  if (up === undefined) return undefined
  const odd = columns.find((column) => column.up !== up)
  if (odd !== undefined) reader.fail('Up Node', `${odd.name} comes from node ${odd.up}, the other movements of ${compass} from ${up}`)
  const { lanes, carried } = placeLanes(reader, compass, columns, notes)
  if (lanes.length === 0) return undefined
  if (kerb === 'right') {
    lanes.reverse()
    for (const [name, indices] of carried) carried.set(name, indices.map((i) => lanes.length - 1 - i).sort((a, b) => a - b))
  }
  const movements = columns.flatMap((column) => {
    const own = carried.get(column.name)
    if (own === undefined || own.length === 0) return []
    return [readMovement(reader, column, own)]
  })
  if (movements.length === 0) return undefined
  const first = (name: string, most: number): number | undefined => columns.map((column) => reader.findAmount(name, column.name, most)).find((value) => value !== undefined)
  const speed = first('Speed', 500)
  const distance = first('Distance', 1e7)
  const grade = columns.map((column) => reader.findNumber('Grade', column.name)).find((value) => value !== undefined)
  const signControl = columns.map((column) => reader.findCount('SignControl', column.name, 9)).find((value) => value !== undefined)
  if (speed === 0) reader.fail('Speed', `the speed of ${compass} is 0`)
  if (distance === 0) reader.fail('Distance', `the distance of ${compass} is 0`)
  return {
    compass, up, node: reader.set.id, lanes, movements,
    ...(speed === undefined ? {} : { speed }),
    ...(distance === undefined ? {} : { distance }),
    ...(grade === undefined || grade === 0 ? {} : { grade }),
    ...(signControl === undefined ? {} : { signControl }),
  }
}

/** Lanes from left to right and, per column, which of them it uses (shared codes: 1 left, 2 right, 3 both). */
function placeLanes(reader: RecordReader, compass: Compass, columns: Column[], notes: ImportNote[]): { lanes: ApproachLane[]; carried: Map<string, number[]> } {
  const lanes: ApproachLane[] = []
  const carried = new Map<string, number[]>()
  const use = (column: Column, lane: number): void => {
    const list = carried.get(column.name) ?? []
    if (!list.includes(lane)) carried.set(column.name, [...list, lane].sort((a, b) => a - b))
  }
  const spans = columns.map((column) => {
    const from = lanes.length
    const pockets = Math.min(column.storageLanes, column.count)
    for (let i = 0; i < column.count; i++) {
      // The pockets of a left group lie at the outside left, those of a right group at the right.
      const pocket = column.storage !== undefined && column.storage > 0 && (column.order < 3 ? i < pockets : i >= column.count - pockets)
      const width = reader.findAmount('Width', column.name, 100)
      lanes.push({ ...(pocket ? { storage: column.storage as number } : {}), ...(width === undefined || width === 0 ? {} : { width }) })
      use(column, lanes.length - 1)
    }
    return { from, to: lanes.length - 1 }
  })
  columns.forEach((column, i) => {
    const span = spans[i]
    if (column.count === 0 || span === undefined) return
    if (column.shared === 1 || column.shared === 3) shareWith(columns, i, -1, (other) => use(other, span.from))
    if (column.shared === 2 || column.shared === 3) shareWith(columns, i, 1, (other) => use(other, span.to))
  })
  serveOrphans(reader, compass, columns, carried, lanes.length, notes)
  return { lanes, carried }
}

/** A shared lane serves its neighbours on that side up to and including the first that has lanes of its own. */
function shareWith(columns: Column[], from: number, step: 1 | -1, use: (column: Column) => void): void {
  for (let i = from + step; i >= 0 && i < columns.length; i += step) {
    const column = columns[i] as Column
    use(column)
    if (column.count > 0) return
  }
}

/** A movement with traffic that no lane serves goes from the nearest lane. */
function serveOrphans(reader: RecordReader, compass: Compass, columns: Column[], carried: Map<string, number[]>, lanes: number, notes: ImportNote[]): void {
  if (lanes === 0) return
  for (const column of columns) {
    if (carried.has(column.name) || column.volume === 0) continue
    carried.set(column.name, [column.order < 3 ? 0 : lanes - 1])
    notes.push({ kind: 'corrected', place: reader.place('Lanes'), message: `${column.name} has a volume of ${column.volume} but no lane; it shares the ${column.order < 3 ? 'left' : 'right'}most lane of ${compass}` })
  }
}

function readMovement(reader: RecordReader, column: Column, lanes: number[]): ApproachMovement {
  const { name } = column
  if (column.dest === undefined) throw new GreenwaveError('input.value', `${name} has no Dest Node`, reader.place('Dest Node'))
  const channel = reader.findCount('Right Channeled', name, 9) ?? 0
  const lists = (record: string): number[] => [1, 2, 3, 4].flatMap((i) => {
    const value = reader.findNumber(`${record}${i}`, name)
    if (value === undefined || value === 0) return []
    if (!Number.isInteger(value) || value < -1 || value > 99) reader.fail(`${record}${i}`, `${name} names phase ${value}; phases are whole numbers from 1`)
    return [value]
  })
  const [phases, permissive] = [lists('Phase'), lists('PermPhase')]
  const turningSpeed = reader.findAmount('Turning Speed', name, 500)
  const saturation = reader.findAmount('SatFlow', name, 100_000)
  // Permitted phase -1 is Synchro's "free": the turn never sees the signal. Right Channeled 2 is a free slip lane.
  const free = permissive.includes(-1) || channel === 2 || (channel > 0 && phases.length + permissive.length === 0 && column.count > 0)
  return {
    column: name,
    turn: column.turn,
    dest: column.dest,
    lanes,
    volume: column.volume,
    ...(saturation === undefined || saturation === 0 ? {} : { saturation_flow_vph: saturation }),
    protectedPhases: phases.filter((phase) => phase > 0).map(String),
    permissivePhases: permissive.filter((phase) => phase > 0).map(String),
    turnOnRed: column.turn === 'right' && ((reader.findNumber('Allow RTOR', name) ?? 0) !== 0 || channel === 1 || channel === 3),
    free,
    ...(turningSpeed === undefined || turningSpeed === 0 ? {} : { turningSpeed }),
  }
}
