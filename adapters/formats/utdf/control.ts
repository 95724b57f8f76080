// How a controller of a UTDF file is actuated and coordinated: settings of [Phases] and [Timeplans], detectors of [Lanes].
// Meanings: Synchro Studio user guide, UTDF and phasing chapters. Detector positions are in field units from the stop line.
import type { Detector, PedestrianDemand, PhaseControl, Recall, SignalControl } from '../../../model/control.ts'
import type { Link } from '../../../model/network.ts'
import type { Approach } from './approaches.ts'
import { RecordReader } from './document.ts'
import type { UtdfDocument } from './document.ts'
import type { ControllerTiming } from './phases.ts'
import type { FieldUnits } from './units.ts'

export interface ControlInput {
  document: UtdfDocument
  approaches: ReadonlyMap<string, Approach[]>
  links: readonly Link[]
  units: FieldUnits
}

/** Recall: 0 none, 1 minimum, 2 pedestrian, 3 maximum, 4 rest in walk. */
const RECALLS: readonly Recall[] = ['none', 'min', 'ped', 'max', 'min']
const REST_IN_WALK = 4
/** Control Type: 0 pretimed, 1 actuated, 2 semi-actuated, both uncoordinated, 3 actuated-coordinated. */
const COORDINATED = 3
/** Detector Type is a sum: 1 calls, 2 extends. */
const [CALLS, EXTENDS] = [1, 2]
/** Most detectors in a row that an export writes for a lane. */
const MOST_DETECTORS = 5

/** Control of every signal that is not pretimed. */
export function readControls(input: ControlInput, timings: readonly ControllerTiming[]): SignalControl[] {
  return timings.filter(({ controlType }) => controlType > 0 && controlType <= COORDINATED).map((timing) => readControl(input, timing))
}

function readControl(input: ControlInput, timing: ControllerTiming): SignalControl {
  const reader = new RecordReader(input.document, input.document.phases!.get(timing.id)!)
  const phases = timing.phases.map(({ group, max_green_s }) => readPhase(reader, group.id, max_green_s))
  const inhibits = timing.phases.every(({ group }) => reader.findNumber('InhibitMax', `D${group.id}`) !== 0)
  const detectors = timing.nodes.flatMap((node) => readDetectors(input, timing, node))
  const pedestrians = timing.phases.flatMap(({ group }): PedestrianDemand[] => {
    const volume_ph = reader.findAmount('PedCalls', `D${group.id}`, 10_000) ?? 0
    return volume_ph > 0 && (group.walk_s ?? 0) > 0 ? [{ phase: group.id, volume_ph }] : []
  })
  return {
    signal: timing.id, type: timing.controlType === COORDINATED ? 'coordinated' : 'actuated', phases,
    ...(detectors.length === 0 ? {} : { detectors }),
    // Inhibit Max lets a phase that starts early run beyond its split: a fixed force-off. Else its split is its most.
    ...(timing.controlType === COORDINATED ? { coordination: { force_off: inhibits ? 'fixed' as const : 'floating' as const } } : {}),
    ...(pedestrians.length === 0 ? {} : { pedestrians }),
  }
}

function readPhase(reader: RecordReader, phase: string, max_green_s: number): PhaseControl {
  const column = `D${phase}`
  const seconds = (record: string): number | undefined => reader.findAmount(record, column, 1000)
  const [passage, before, reduce, gap] = [seconds('VehExt'), seconds('TimeBeforeReduce') ?? 0, seconds('TimeToReduce') ?? 0, seconds('MinGap')]
  const recall = reader.findCount('Recall', column, 9)
  const dual = reader.findNumber('DualEntry', column)
  if (recall !== undefined && RECALLS[recall] === undefined) reader.fail('Recall', `recall of phase ${phase} is ${recall}; known are 0 to 4`)
  return {
    phase, max_green_s,
    ...(passage === undefined ? {} : { passage_s: passage }),
    ...(passage !== undefined && gap !== undefined && gap < passage && before + reduce > 0 ? { gap_reduction: { before_s: before, reduce_s: reduce, min_gap_s: gap } } : {}),
    ...(recall === undefined ? {} : { recall: RECALLS[recall]! }),
    ...(recall === REST_IN_WALK ? { rest_in_walk: true } : {}),
    ...(dual === undefined ? {} : { dual_entry: dual !== 0 }),
  }
}

function readDetectors(input: ControlInput, timing: ControllerTiming, node: string): Detector[] {
  const { document, units } = input
  const set = document.lanes?.get(node)
  if (set === undefined) return []
  const reader = new RecordReader(document, set)
  return (input.approaches.get(node) ?? []).flatMap((approach) => approach.movements.flatMap((movement): Detector[] => {
    const { column } = movement
    const link = input.links.find(({ id }) => id === `${approach.up}-${node}`)
    const phases = [1, 2, 3, 4].map((i) => reader.findText(`DetectPhase${i}`, column)).filter((id): id is string => id !== undefined && timing.phases.some(({ group }) => group.id === id))
    const count = Math.min(reader.findCount('numDetects', column, 99) ?? 0, MOST_DETECTORS)
    if (link === undefined || phases.length === 0) return []
    return Array.from({ length: count }, (_, i) => i + 1).flatMap((i) => {
      const [position, size] = [reader.findNumber(`DetectPos${i}`, column), reader.findAmount(`DetectSize${i}`, column, 10_000)]
      if (position === undefined || size === undefined || size === 0) return []
      const type = reader.findCount(`DetectType${i}`, column, 99) ?? CALLS + EXTENDS
      const [extend, delay] = [reader.findAmount(`DetectExtend${i}`, column, 1000) ?? 0, reader.findAmount(`DetectDelay${i}`, column, 1000) ?? 0]
      // What reaches over the stop line is cut off there.
      const [from, to] = [Math.max(0, units.length(position)), Math.max(0, units.length(position + size))]
      return movement.lanes.filter((lane) => to > from && link.lanes[lane] !== undefined).map((lane): Detector => ({
        id: `${node} ${column} ${i}`, link: link.id, lane, position_m: round(from), length_m: round(to - from),
        calls: (type & CALLS) === 0 ? [] : phases, extends: (type & EXTENDS) === 0 ? [] : phases,
        ...(delay === 0 ? {} : { delay_s: delay }), ...(extend === 0 ? {} : { extend_s: extend }),
      }))
    })
  }))
}

const round = (metres: number): number => Math.round(metres * 100) / 100
