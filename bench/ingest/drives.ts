// Vehicles of a town as a feed tells of them: each goes along a way of links at a steady pace and is heard of every three seconds. What the row of a
// vehicle in a round says can be told again at any time, by whoever sends it and by whoever looks for it afterwards.
import { findProjection } from '../../model/projection.ts'
import type { Network, Point } from '../../model/network.ts'
import { makeTown } from '../../state/matching/testing/town.ts'

export const INTERVAL_S = 3
export const SPEED_MPS = 8
const STEP_M = SPEED_MPS * INTERVAL_S
const WAYS = 300
const LINKS = 150

/** A town near Shanghai, in UTM with a corner taken off, as importers make them. */
export function benchTown(size: number): Network {
  const coordinate_reference = { kind: 'projected' as const, projection: '+proj=utm +zone=51 +ellps=WGS84', net_offset_m: [-354_000, -3_456_000] as [number, number] }
  return { ...makeTown({ size, seed: 1 }), coordinate_reference }
}

export interface Told { vehicle: string; time_s: number; lon: number; lat: number; heading_deg: number }

export class Drives {
  readonly #begin_s: number
  readonly #vehicles: number
  /** Longitude, latitude, heading of every step of each way, as numbers and as they stand in a line. */
  readonly #steps: { told: [number, number, number]; text: string }[][]

  constructor(network: Network, vehicles: number, begin_s: number) {
    this.#begin_s = begin_s
    this.#vehicles = vehicles
    const projection = findProjection(network.coordinate_reference)!
    this.#steps = waysOf(network).map((points) => stepsOf(points).map(({ point, heading_deg }) => {
      const [lon, lat] = projection.toLonLat(point)
      // 359.96 is told as 0.0: 360 is no heading, and would come back as 0.
      const heading = (Number(heading_deg.toFixed(1)) % 360).toFixed(1)
      const text = `,"lon":${lon.toFixed(7)},"lat":${lat.toFixed(7)},"speed":${SPEED_MPS},"heading_deg":${heading}}\n`
      return { told: [Number(lon.toFixed(7)), Number(lat.toFixed(7)), Number(heading)], text }
    }))
  }

  /** Row number i of the feed, as a line of JSON. */
  line(i: number): string {
    const v = i % this.#vehicles
    const round = Math.floor(i / this.#vehicles)
    return `{"vehicle_id":"${this.#nameOf(v, round)}","time":${this.#begin_s + round * INTERVAL_S}.${THOUSANDTHS[v % 1000]}${this.#step(v, round).text}`
  }

  told(i: number): Told {
    const v = i % this.#vehicles
    const round = Math.floor(i / this.#vehicles)
    const [lon, lat, heading_deg] = this.#step(v, round).told
    return { vehicle: this.#nameOf(v, round), time_s: Number(`${this.#begin_s + round * INTERVAL_S}.${THOUSANDTHS[v % 1000]}`), lon, lat, heading_deg }
  }

  #step(v: number, round: number): { told: [number, number, number]; text: string } {
    const way = this.#steps[v % WAYS]!
    return way[(round + this.#start(v)) % way.length]!
  }

  /** At the end of its way a vehicle begins anew, under another name. */
  #nameOf(v: number, round: number): string {
    return `v${v}-${Math.floor((round + this.#start(v)) / this.#steps[v % WAYS]!.length)}`
  }

  #start(v: number): number {
    return Math.floor(v / WAYS) * 7 % this.#steps[v % WAYS]!.length
  }
}

const THOUSANDTHS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'))

/** Lines of ways that take a turn at random where there are several, never back. */
function waysOf({ links, movements }: Network): Point[][] {
  const place = new Map(links.map(({ id }, l) => [id, l]))
  const onward = links.map((): number[] => [])
  for (const { from, to, turn } of movements) if (turn !== 'u-turn') onward[place.get(from)!]!.push(place.get(to)!)
  let random = 1
  const next = (below: number): number => (random = (random * 48_271) % 2_147_483_647) % below
  return Array.from({ length: WAYS }, () => {
    const points: Point[] = []
    for (let link = next(links.length), k = 0; k < LINKS; k++) {
      points.push(...links[link]!.shape_m!)
      const out = onward[link]!
      if (out.length === 0) break
      link = out[next(out.length)]!
    }
    return points
  })
}

function stepsOf(points: readonly Point[]): { point: Point; heading_deg: number }[] {
  const steps: { point: Point; heading_deg: number }[] = []
  let ahead = 0
  for (let i = 1; i < points.length; i++) {
    const [[x0, y0], [x1, y1]] = [points[i - 1]!, points[i]!]
    const length = Math.hypot(x1 - x0, y1 - y0)
    const heading_deg = (90 - (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI + 360) % 360
    for (; ahead < length; ahead += STEP_M) steps.push({ point: [x0 + ((x1 - x0) * ahead) / length, y0 + ((y1 - y0) * ahead) / length], heading_deg })
    ahead -= length
  }
  return steps
}
