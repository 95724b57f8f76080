// A folder of GMNS tables becomes a scenario.
import { basename, resolve } from 'node:path'
import { emptyDemand } from '../../../model/demand.ts'
import { GreenwaveError, type ImportNote } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { buildStreets } from '../../../model/streets/build.ts'
import { coordinateAlong } from '../../../model/streets/coordinate.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { findCorridors, namedCorridor } from '../sumo/corridors.ts'
import { Notes } from '../sumo/notes.ts'
import { buildTiming } from './schedule.ts'
import { SignalTables } from './signals.ts'
import { readStreets } from './streets.ts'
import { readTables, type Tables } from './tables.ts'
import { readUnits } from './units.ts'

export interface GmnsImportOptions {
  /** Scenario name; absent = that of config.csv, or of the folder. */
  name?: string
  /** Signal ids of the corridor in outbound order; absent = found. */
  corridor?: readonly string[]
  /** Absent = right. */
  driving_side?: Network['driving_side']
}

/** Imports a folder. Notes list what was assumed, corrected or not understood. Throws GreenwaveError (input.*) with file, line and value. */
export async function importGmns(folder: string, options: GmnsImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const notes = new Notes()
  const tables = await readTables(folder)
  const units = readUnits(tables, notes)
  const driving_side = options.driving_side ?? 'right'
  if (options.driving_side === undefined) notes.add('assumed', { file: folder }, 'traffic drives on the right; --driving-side left says otherwise')
  const streets = readStreets(tables, units, driving_side, notes)
  if (streets.links.length === 0) throw new GreenwaveError('input.value', 'link.csv has 0 links that cars may use', { file: folder })
  const endOf = new Map(streets.links.map(({ id, to }) => [id, to]))
  const signals = new SignalTables(tables, streets.movementOf, new Map(streets.movements.flatMap(({ id, from }) => (id === undefined ? [] : [[id, endOf.get(from) as string] as const]))), notes)
  for (const node of streets.nodes) {
    const controller = signals.controllerOf.get(node.id)
    if (controller !== undefined) Object.assign(node, { control: 'signal', signal: controller })
  }
  const { patterns, notes: built, ...parts } = buildStreets(streets, { signalOf: (id, junctions) => signals.signalOf(id, junctions) })
  const name = options.name ?? tables.find('config')?.[0]?.find('dataset_name') ?? basename(resolve(folder))
  const network: Network = {
    format: 'greenwave.network/1', name, driving_side, coordinate_reference: units.reference, ...parts,
    provenance: `GMNS tables ${basename(resolve(folder))}; stop lines and paths are drawn by rule`,
  }
  validateNetwork(network, folder)
  const corridors = options.corridor === undefined ? findCorridors(network, emptyDemand()) : [namedCorridor(network, options.corridor)]
  coordinateAlong(network, patterns, corridors)
  const timing = buildTiming(tables, signals.plans, signals.patterns, patterns, notes)
  noteRest(tables, network, corridors.length, notes)
  const list: ImportNote[] = [...notes.list(), ...built.map((note) => ({ ...note, place: { file: folder, ...note.place } }))]
  return {
    notes: list,
    scenario: {
      scenario: {
        format: 'greenwave.scenario/1', name, time_zone: 'UTC', coordinate_reference: network.coordinate_reference, corridors, periods: [], import_notes: list,
      },
      network, demand: emptyDemand(), timing,
    },
  }
}

function noteRest(tables: Tables, network: Network, corridors: number, notes: Notes): void {
  const file = { file: tables.folder }
  if (tables.find('movement') === undefined) notes.add('assumed', file, 'there is no movement.csv; turns are those that the angles of links allow')
  if (corridors === 0) notes.add('not-understood', file, `no two of ${network.signals.length} signal(s) follow each other along a street, so no corridor was found; name one`)
  notes.add('assumed', file, 'the tables have no traffic; volumes must come from elsewhere before a plan can be made')
  notes.add('assumed', file, 'stop lines, paths across junctions and their conflicts are drawn by rule')
}
