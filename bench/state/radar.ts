// One radar at one intersection: whoever is near one of its stop lines or inside it, once a second, with noise, some left out.
import type { RadarTarget } from '../../model/feed.ts'
import type { Network } from '../../model/network.ts'
import { draw, drawNormal } from '../../state/matching/testing/draw.ts'
import type { Track } from './drive.ts'

const RANGE_M = 150
const INSIDE_M = 30
const SIGMA_M = 0.4
const MISSED = 0.03

/** Objects of a day in order of time, a sensor for each approach; `signal`: `source_id`. */
export function radarOf({ signals, movements, links, nodes }: Network, signal: string, tracks: readonly Track[], day: number, origin: number, from_s: number, until_s: number): RadarTarget[] {
  const { id } = signals.find(({ source_id }) => source_id === signal)!
  const index = new Map(links.map((link, l) => [link.id, l]))
  const approaches = new Set(movements.filter((movement) => movement.signal === id).map(({ from }) => index.get(from)!))
  const middle = nodes.find((node) => node.id === links[[...approaches][0]!]!.to)!
  // Pockets are links of their own: the link before one is in range, too.
  const before = new Map(movements.filter(({ to, signal: at }) => at === undefined && approaches.has(index.get(to)!)).map(({ from, to }) => [index.get(from)!, index.get(to)!]))
  const targets: RadarTarget[] = []
  for (const track of tracks) {
    let sensor = ''
    for (let i = 0; i < track.t_s.length; i++) {
      const [t, link] = [track.t_s[i]!, track.link[i]!]
      const [dx, dy] = [track.x_m[i]! - middle.x_m, track.y_m[i]! - middle.y_m]
      if (t < from_s || t >= until_s || Math.hypot(dx, dy) > RANGE_M) continue
      const approach = approaches.has(link) ? link : before.get(link)
      if (approach !== undefined) sensor = `${signal}/${links[approach]!.source_id}`
      else if (link >= 0 || sensor === '' || Math.hypot(dx, dy) > INSIDE_M) continue
      const object = day * 1_000_000 + track.vehicle
      if (draw(day, object, i, 31) < MISSED) continue
      targets.push({
        sensor, time_s: origin + t, track: String(track.vehicle), x_m: track.x_m[i]! + SIGMA_M * drawNormal(day, object, i, 32), y_m: track.y_m[i]! + SIGMA_M * drawNormal(day, object, i, 33),
        speed_mps: Math.max(0, track.speed_mps[i]! + 0.3 * drawNormal(day, object, i, 34)), lane: undefined, length_m: 5, class: 'car', visible: true,
      })
    }
  }
  return targets.sort((a, b) => a.time_s - b.time_s)
}
