// Real tracks at 25 Hz through central Athens (pNEUMA) on a road graph drawn by others: no truth by link, but thinned to one fix
// every 10 s a vehicle must be seen on the same streets as with one every second.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Link, Movement, Network, NetworkNode, Point } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { Matcher, MatchRoad, type MatchTotals } from '../state/matching/index.ts'
import { sharedData, sharedDataNote } from './shared-data.ts'

const folder = sharedData('pneuma-sample')
const [LON, LAT] = [23.733, 37.983]
const plane = (lon: number, lat: number): Point => [(lon - LON) * 111_320 * Math.cos((LAT * Math.PI) / 180), (lat - LAT) * 110_985]

function athens(text: string): Network {
  const value = (body: string, key: string): string | undefined => new RegExp(`key="${key}">([^<]*)`).exec(body)?.[1]
  const nodes = [...text.matchAll(/<node id="(\d+)">([\s\S]*?)<\/node>/g)].map(([, id, body]): NetworkNode => {
    const [x_m, y_m] = plane(Number(value(body!, 'd5')), Number(value(body!, 'd4')))
    return { id: id!, source_id: id!, kind: 'priority', x_m, y_m }
  })
  const at = new Map(nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  const links = [...text.matchAll(/<edge source="(\d+)" target="(\d+)"[^>]*>([\s\S]*?)<\/edge>/g)].map(([, from, to, body], i): Link => {
    const drawn = [...(value(body!, 'd14') ?? '').matchAll(/([\d.]+) ([\d.]+)/g)].map(([, lon, lat]) => plane(Number(lon), Number(lat)))
    const length_m = Number(value(body!, 'd13'))
    return {
      id: String(i), source_id: String(i), from: from!, to: to!, length_m, speed_mps: 13.9, shape_m: drawn.length > 1 ? drawn : [at.get(from!)!, at.get(to!)!],
      lanes: Array.from({ length: Number(/\d/.exec(value(body!, 'd10') ?? '')?.[0] ?? 1) }, (_, index) => ({ index, width_m: 3.2, speed_mps: 13.9, length_m })),
    }
  })
  const movements = links.flatMap((a) => links.filter((b) => b.from === a.to).map((b): Movement => ({ id: `${a.id}->${b.id}`, node: a.to, from: a.id, to: b.id, turn: b.to === a.from ? 'u-turn' : 'through' })))
  return { format: 'greenwave.network/1', name: 'athens', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes, links, movements, connections: [], signals: [] }
}

describe.skipIf(folder === undefined)(`real tracks in Athens${sharedDataNote}`, () => {
  it('are seen on the same streets with a fix every 1, 5 and 10 s', () => {
    const road = new MatchRoad(new RoadGraph(athens(readFileSync(`${folder}/pNEUMA_network.graphml`, 'utf8'))))
    const rows = readFileSync(`${folder}/sample_data.csv`, 'utf8').trim().split('\n').slice(1).map((line) => line.split(',').map(Number))
    const routes = (every_s: number): { links: Map<string, Set<number>>; totals: MatchTotals } => {
      const links = new Map<string, Set<number>>()
      const matcher = new Matcher(road, ({ vehicle, link, route }) => {
        const set = links.get(vehicle) ?? new Set()
        links.set(vehicle, set)
        for (const passed of [link, ...route]) set.add(passed)
      })
      for (const [id, time_s, lon, lat, kmh] of rows as [number, number, number, number, number][]) {
        if (Math.round(time_s * 25) % (25 * every_s) !== 0) continue
        const [x_m, y_m] = plane(lon, lat)
        matcher.push({ vehicle: String(id), time_s, x_m, y_m, speed_mps: kmh / 3.6, heading_deg: undefined })
      }
      matcher.end()
      return { links, totals: matcher.totals() }
    }
    const dense = routes(1)
    expect(dense.links.size).toBe(6)
    expect(dense.totals.unmatched).toBeLessThan(0.02 * (dense.totals.matched + dense.totals.unmatched))
    for (const every_s of [5, 10]) {
      const thin = routes(every_s)
      for (const [vehicle, links] of dense.links) {
        const common = [...links].filter((link) => thin.links.get(vehicle)!.has(link)).length
        // The first and the last link of a track may lie between two fixes.
        expect(common).toBeGreaterThanOrEqual(links.size - 2)
      }
    }
  })
})
