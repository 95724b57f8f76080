// A GeoJSON road network becomes a scenario.
import { emptyDemand } from '../../../model/demand.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { checkPlan } from '../../../model/check-plan.ts'
import type { Network } from '../../../model/network.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { Pattern } from '../../../model/signal.ts'
import { buildStreets } from '../../../model/streets/build.ts'
import { coordinateAlong } from '../../../model/streets/coordinate.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { findCorridors, namedCorridor } from '../sumo/corridors.ts'
import { Notes } from '../sumo/notes.ts'
import { findOwnHeader, isComplete, readOwn, type OwnHeader } from './own.ts'
import { planeOf } from './plane.ts'
import { nameOf, readGeojson, type GeojsonFile } from './read.ts'
import { readStreets } from './streets.ts'

export interface GeojsonImportOptions {
  /** Scenario name; absent = the file's name. */
  name?: string
  /** Signal ids of the corridor in outbound order; absent = found. */
  corridor?: readonly string[]
  /** Absent = what the file says, or right. */
  driving_side?: Network['driving_side']
  /** Line ends within this are one node, m. Absent = 1. */
  tolerance_m?: number
}

/** Imports a file. Notes list what was assumed, corrected or not understood. Throws GreenwaveError (input.*) with the feature and the value. */
export async function importGeojson(path: string, options: GeojsonImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const notes = new Notes()
  const file = await readGeojson(path)
  for (const [type, count] of file.others) notes.add('not-understood', { file: path }, `${count} feature(s) of type ${type} are left out; lines and points are taken`)
  const header = findOwnHeader(file)
  const { network, patterns, built } = isComplete(file) && header !== undefined ? fromOwn(file, header) : fromDrawing(file, options, notes)
  if (options.name !== undefined) network.name = options.name
  validateNetwork(network, path)
  const corridors = options.corridor === undefined ? findCorridors(network, emptyDemand()) : [namedCorridor(network, options.corridor)]
  if (built.length > 0) coordinateAlong(network, patterns, corridors)
  if (corridors.length === 0) notes.add('not-understood', { file: path }, `no two of ${network.signals.length} signal(s) follow each other along a street, so no corridor was found; name one`)
  notes.add('assumed', { file: path }, 'the file has no traffic; volumes must come from elsewhere before a plan can be made')
  const list = [...notes.list(), ...built]
  return {
    notes: list,
    scenario: {
      scenario: {
        format: 'greenwave.scenario/1', name: network.name, time_zone: header?.time_zone ?? 'UTC', coordinate_reference: network.coordinate_reference,
        corridors, periods: [], import_notes: list,
      },
      network, demand: emptyDemand(), timing: timingOf(patterns, built.length === 0),
    },
  }
}

/** A file edited by hand may lack whole fields; that is the file's fault and said as such. */
function fromOwn(file: GeojsonFile, header: OwnHeader): { network: Network; patterns: Pattern[]; built: ImportNote[] } {
  try {
    const { network, patterns } = readOwn(file, header, planeOf(file, header.coordinate_reference))
    validateNetwork(network, file.path)
    validateTiming(network, timingOf(patterns, true), file.path)
    // Builds the look-ups that everything after this trusts.
    checkPlan(new RoadGraph(network), patterns)
    return { network, patterns, built: [] }
  } catch (error) {
    if (error instanceof TypeError) throw new GreenwaveError('input.value', `a property is absent or has the wrong type (${error.message})`, { file: file.path }, error)
    throw error
  }
}

function timingOf(patterns: Pattern[], known: boolean): Scenario['timing'] {
  const plan = known ? { id: 'running', name: 'Timing of the file', patterns } : { id: 'assumed', name: 'Assumed plan', patterns }
  return { format: 'greenwave.timing/1', plans: [plan], schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: plan.id }] }
}

function fromDrawing(file: GeojsonFile, options: GeojsonImportOptions, notes: Notes): { network: Network; patterns: Pattern[]; built: ImportNote[] } {
  if (file.lines.length === 0) throw new GreenwaveError('input.value', `the file has ${file.points.length} point(s) and 0 lines; links are LineStrings`, { file: file.path })
  const plane = planeOf(file)
  const driving_side = options.driving_side ?? 'right'
  if (options.driving_side === undefined) notes.add('assumed', { file: file.path }, 'traffic drives on the right; --driving-side left says otherwise')
  const streets = readStreets(file, plane, { driving_side, tolerance_m: options.tolerance_m ?? 1 }, notes)
  if (streets.links.length === 0) throw new GreenwaveError('input.value', 'the file has 0 lines between two nodes', { file: file.path })
  const { patterns, notes: built, ...parts } = buildStreets(streets)
  const network: Network = {
    format: 'greenwave.network/1', name: nameOf(file.path), driving_side, coordinate_reference: plane.reference, ...parts,
    provenance: `GeoJSON lines of ${nameOf(file.path)}; stop lines, turns and paths are drawn by rule`,
  }
  const made: ImportNote[] = built.map((note) => ({ ...note, place: { file: file.path, ...note.place } }))
  return { network, patterns, built: [...made, { kind: 'assumed', place: { file: file.path }, message: 'stop lines, paths across junctions and their conflicts are drawn by rule' }] }
}
