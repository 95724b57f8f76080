// Valhalla's map matching through its own Node binding, as a peer: the package is installed into a cache folder on first use
// (280 MB), its tool builds the tiles of the town, its `trace_attributes` matches one vehicle a call.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Fix } from '../../model/feed.ts'
import type { Network } from '../../model/network.ts'
import type { MatchSink } from '../../state/matching/index.ts'
import { lonLat, osmFile } from './osm-file.ts'

const run = promisify(execFile)
export const VALHALLA = '@valhallajs/valhallajs@3.6.1'

interface Binding {
  Actor: { fromConfigFile(file: string): Promise<Actor> }
}
export interface Actor { traceAttributes(query: object): Promise<Answer> }
interface Answer {
  edges?: { way_id: number }[]
  matched_points?: { type: string; edge_index?: number; distance_along_edge?: number }[]
}

/** Ready to match in this network. Throws where the package can't be installed or its tool fails. */
export async function valhalla(network: Network, highway: (link: string) => string, cache: string): Promise<Actor> {
  await mkdir(cache, { recursive: true })
  const home = join(cache, 'node_modules', '@valhallajs', 'valhallajs')
  if (!existsSync(home)) await run('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', cache, VALHALLA])
  const [osm, config] = [join(cache, 'town.osm.pbf'), join(cache, 'config.json')]
  await writeFile(osm, osmFile(network, highway))
  const cli = join(home, 'bin', 'valhalla-cli.js')
  const { stdout } = await run('node', [cli, 'build_config', '--mjolnir-tile-dir', join(cache, 'tiles')], { maxBuffer: 2 ** 26 })
  const settings = JSON.parse(stdout) as { mjolnir: Record<string, unknown> }
  // Not the tiles of another network that an archive might hold.
  delete settings.mjolnir.tile_extract
  settings.mjolnir.concurrency = 1
  settings.mjolnir.logging = { type: '' }
  await writeFile(config, JSON.stringify(settings))
  await run('node', [cli, 'build_tiles', '-c', config, osm], { maxBuffer: 2 ** 28 })
  const binding = (await import(pathToFileURL(join(home, 'index.mjs')).href)) as Binding
  return binding.Actor.fromConfigFile(config)
}

/** Matches one vehicle's fixes; told the noise, otherwise with its own settings. */
export async function matchOne(actor: Actor, network: Network, fixes: readonly Fix[], sigma_m: number, sink: MatchSink): Promise<void> {
  const answer = await actor.traceAttributes({
    shape: fixes.map(({ x_m, y_m, time_s }) => ({ ...lonLat(x_m, y_m), time: time_s })),
    costing: 'auto', shape_match: 'map_snap', trace_options: { gps_accuracy: sigma_m, search_radius: Math.max(45, 4 * sigma_m) },
    filters: { attributes: ['edge.way_id', 'matched.point', 'matched.type', 'matched.edge_index', 'matched.distance_along_edge'], action: 'include' },
  }).catch((): Answer => ({}))
  const edges = answer.edges ?? []
  let last = -1
  answer.matched_points?.forEach(({ edge_index, distance_along_edge }, i) => {
    const fix = fixes[i]
    const way = edge_index === undefined ? undefined : edges[edge_index]?.way_id
    if (fix === undefined || way === undefined || edge_index === undefined) return
    const route = last < 0 ? [] : edges.slice(last + 1, edge_index + 1).map(({ way_id }) => way_id - 1)
    sink({
      vehicle: fix.vehicle, time_s: fix.time_s, link: way - 1, movement: -1, position_m: (distance_along_edge ?? 0) * (network.links[way - 1]?.length_m ?? 0), offset_m: 0,
      speed_mps: fix.speed_mps, posterior: 1, route, first: last < 0,
    })
    last = Math.max(last, edge_index)
  })
}
