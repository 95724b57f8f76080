// import: a scenario from a foreign file. What could not be understood is listed, never dropped silently.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { importCityflow } from '../../adapters/formats/cityflow/index.ts'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import { importUtdf } from '../../adapters/formats/utdf/index.ts'
import { writeScenario } from '../../adapters/formats/scenario/write.ts'
import { noteDoubts } from '../../model/check-network.ts'
import { GreenwaveError, type ImportNote } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import { validateDemand } from '../../model/validate-demand.ts'
import { validateTiming } from '../../model/validate-timing.ts'
import { validateNetwork } from '../../model/validate.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { chooseCorridor, CORRIDOR_OPTIONS } from '../corridor-choice.ts'
import { countsMapOf } from '../count-files.ts'
import { startProgress } from '../progress.ts'

const FORMATS = ['utdf', 'sumo', 'cityflow', 'osm', 'geojson', 'gmns'] as const

export const command: Command = {
  name: 'import',
  positionals: '<file>',
  summary: 'a scenario from a Synchro (UTDF) export, a SUMO network, a CityFlow road network, an OpenStreetMap extract, GeoJSON or a GMNS folder',
  options: {
    'format': { type: 'string', value: FORMATS.join('|'), help: 'format of the file' },
    'out': { type: 'string', value: 'folder', help: 'where the scenario goes' },
    'counts': { type: 'string', value: 'f', help: 'turning counts (UTDF): CSV intersection,site,time,approach,movement,count' },
    'counts-map': { type: 'string', multiple: true, value: 'site=id', help: 'which intersection a site of the counts is, where it is not clear' },
    'routes': { type: 'string', multiple: true, value: 'f', help: 'routes, trips or flows (SUMO), flows (CityFlow); may be repeated' },
    'additional': { type: 'string', multiple: true, value: 'f', help: 'additional file with programs, stops, vehicle types (SUMO)' },
    ...CORRIDOR_OPTIONS,
    'driving-side': { type: 'string', value: 'left|right', help: 'on which side traffic drives (OpenStreetMap, GeoJSON, GMNS); else by tags or country, or right' },
    'tolerance': { type: 'string', value: 'm', help: 'line ends within this are one node (GeoJSON; default 1)' },
    'service': { type: 'boolean', help: 'driveways and car parks too (OpenStreetMap)' },
    'name': { type: 'string', value: 'text', help: 'name of the scenario' },
  },
  run: runImport,
}

async function runImport(context: CommandContext): Promise<void> {
  const { options, out, err } = context
  const path = onlyPositional(context, 'the file to import')
  const folder = options.getText('out')
  const format = options.findText('format') === undefined ? await formatOf(path) : options.choice('format', FORMATS, 'utdf')
  if (format === 'gmns') await requireFolder(path)
  else await requireFile(path)
  const progress = startProgress(err, options.flag('quiet'))
  progress.report(0, `reading ${path}`)
  let imported: { scenario: Scenario; notes: ImportNote[] }
  try {
    imported = await IMPORTERS[format](context, path)
  } finally {
    progress.stop()
  }
  const { scenario } = imported
  const notes = [...imported.notes, ...noteDoubts(scenario.network, path), ...chooseCorridor(options, scenario)]
  const name = options.findText('name')
  if (name !== undefined) scenario.scenario.name = name
  scenario.scenario.import_notes = notes
  validateNetwork(scenario.network, path)
  validateDemand(scenario.network, scenario.demand, path)
  validateTiming(scenario.network, scenario.timing, path)
  const files = await writeScenario(folder, scenario)
  if (!options.flag('quiet')) writeNotes(err, notes)
  const summary = summarise(scenario, notes, folder, files)
  out.write(options.flag('json') ? `${JSON.stringify(summary)}\n` : describe(summary))
}

async function formatOf(path: string): Promise<(typeof FORMATS)[number]> {
  if ((await stat(join(path, 'link.csv')).catch(() => undefined))?.isFile() === true) return 'gmns'
  if (/\.csv$/i.test(path)) return 'utdf'
  if (/\.(osm|osm\.xml|pbf)(\.gz|\.bz2)?$/i.test(path)) return 'osm'
  if (/\.geojson$/i.test(path)) return 'geojson'
  if (/\.(xml|xml\.gz|sumocfg)$/i.test(path)) return 'sumo'
  throw new GreenwaveError('usage', `--format is missing, and the name "${path}" does not tell it`)
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new GreenwaveError('input.unreadable', error.code === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${error.code})`, { file: path }, error)
  })
  if (!found.isFile()) throw new GreenwaveError('input.unreadable', 'this is not a file', { file: path })
  if (found.size === 0) throw new GreenwaveError('input.empty', 'the file is empty (0 bytes)', { file: path })
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new GreenwaveError('input.unreadable', error.code === 'ENOENT' ? 'the folder does not exist' : `it cannot be read (${error.code})`, { file: path }, error)
  })
  if (!found.isDirectory()) throw new GreenwaveError('input.unreadable', 'this is not a folder; a GMNS network is a folder with node.csv and link.csv', { file: path })
}

const corridorOf = ({ options }: CommandContext): string[] | undefined => options.findText('corridor')?.split(',').map((id) => id.trim())

function fromUtdf(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const { options } = context
  const counts = options.findText('counts')
  const corridor = corridorOf(context)
  const countsMap = countsMapOf(options)
  return importUtdf(path, {
    ...(counts === undefined ? {} : { counts }),
    countsMap,
    ...(corridor === undefined ? {} : { corridor }),
  })
}

function fromSumo(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const { options } = context
  const corridor = corridorOf(context)
  return importSumo(path, {
    routes: options.list('routes'),
    additional: options.list('additional'),
    ...(corridor === undefined ? {} : { corridor }),
  })
}

function fromCityflow(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const corridor = corridorOf(context)
  return importCityflow(path, { routes: context.options.list('routes'), ...(corridor === undefined ? {} : { corridor }) })
}

async function fromOsm(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const { options } = context
  const corridor = corridorOf(context)
  const side = sideOf(context)
  const { importOsm } = await import('../../adapters/formats/osm/index.ts')
  return importOsm(path, { service: options.flag('service'), ...(side === undefined ? {} : { drivingSide: side }), ...(corridor === undefined ? {} : { corridor }) })
}

const sideOf = ({ options }: CommandContext): 'left' | 'right' | undefined =>
  (options.findText('driving-side') === undefined ? undefined : options.choice('driving-side', ['left', 'right'], 'right'))

async function fromGeojson(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const [corridor, side] = [corridorOf(context), sideOf(context)]
  const tolerance_m = context.options.number('tolerance', 1, { least: 0.01, most: 100 })
  // Turf takes a tenth of a second to load; other commands and formats do without.
  const { importGeojson } = await import('../../adapters/formats/geojson/index.ts')
  return importGeojson(path, { tolerance_m, ...(side === undefined ? {} : { driving_side: side }), ...(corridor === undefined ? {} : { corridor }) })
}

async function fromGmns(context: CommandContext, path: string): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const [corridor, side] = [corridorOf(context), sideOf(context)]
  const { importGmns } = await import('../../adapters/formats/gmns/index.ts')
  return importGmns(path, { ...(side === undefined ? {} : { driving_side: side }), ...(corridor === undefined ? {} : { corridor }) })
}

const IMPORTERS = { utdf: fromUtdf, sumo: fromSumo, cityflow: fromCityflow, osm: fromOsm, geojson: fromGeojson, gmns: fromGmns }

function summarise(scenario: Scenario, notes: ImportNote[], folder: string, files: string[]): Record<string, unknown> {
  const { network, demand, timing } = scenario
  return {
    scenario: folder,
    name: scenario.scenario.name,
    nodes: network.nodes.length,
    links: network.links.length,
    movements: network.movements.length,
    signals: network.signals.length,
    corridors: scenario.scenario.corridors,
    periods: scenario.scenario.periods.length,
    vehicles: demand.vehicles.depart_s.length,
    plans: timing.plans.length,
    notes,
    files,
  }
}

function describe(summary: Record<string, unknown>): string {
  const corridors = summary.corridors as { id: string; intersections: string[] }[]
  return `${summary.signals} signals, ${summary.links} links, ${summary.movements} movements, ${summary.periods} periods, ${summary.vehicles} vehicles\n` +
    corridors.map(({ id, intersections }) => `corridor ${id}: ${intersections.join(' - ')}\n`).join('') +
    `written to ${summary.scenario}\n`
}

/** Notes of one kind and wording are many in a large file: the first of each, and how often it came. */
function writeNotes(err: NodeJS.WritableStream, notes: readonly ImportNote[]): void {
  const seen = new Map<string, { note: ImportNote; times: number }>()
  for (const note of notes) {
    const key = `${note.kind}:${note.message}`
    const entry = seen.get(key)
    if (entry === undefined) seen.set(key, { note, times: 1 })
    else entry.times += 1
  }
  for (const { note, times } of seen.values()) {
    const where = [note.place.file, note.place.line === undefined ? undefined : `line ${note.place.line}`, note.place.element].filter((part) => part !== undefined)
    err.write(`${note.kind}: ${where.join(', ')}${where.length > 0 ? ': ' : ''}${note.message}${times > 1 ? ` (${times} times)` : ''}\n`)
  }
}
