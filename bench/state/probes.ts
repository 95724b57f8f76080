// What a city would have of those vehicles: some of them, every few seconds, with places and speeds that are wrong by a little.
import type { Fix } from '../../model/feed.ts'
import { draw, drawNormal } from '../../state/matching/testing/draw.ts'
import type { Track } from './drive.ts'

export interface ProbeOptions {
  seed: number
  /** Of vehicles. */
  penetration: number
  /** By which the share differs from hour to hour at most, as a share of itself. */
  hourly: number
  interval_s: number
  /** One sigma of the distance off; half of its variance lasts for about 30 s. */
  sigma_m: number
}

const LASTING_S = 30

/** Vehicle by vehicle; a vehicle that is a probe at a low penetration is one at every higher one. */
export function probesOf(tracks: readonly Track[], day: number, origin: number, from_s: number, until_s: number, { seed, penetration, hourly, interval_s, sigma_m }: ProbeOptions): Fix[][] {
  const share = penetration * (1 + hourly * (2 * draw(seed, day, 0, 21) - 1))
  const axis = sigma_m / Math.SQRT2
  return tracks.flatMap((track) => {
    const object = day * 1_000_000 + track.vehicle
    if (draw(seed, object, 0, 11) >= share) return []
    const fixes: Fix[] = []
    const keep = Math.exp(-interval_s / LASTING_S)
    let [slow_x, slow_y] = [drawNormal(seed, object, 0, 13), drawNormal(seed, object, 0, 14)]
    const phase = Math.floor(draw(seed, object, 0, 12) * interval_s)
    for (let i = 0; i < track.t_s.length; i++) {
      const t = track.t_s[i]!
      if (t < from_s || t >= until_s || (Math.round(t) + phase) % interval_s !== 0) continue
      const step = Math.sqrt(1 - keep * keep)
      slow_x = keep * slow_x + step * drawNormal(seed, object, i, 15)
      slow_y = keep * slow_y + step * drawNormal(seed, object, i, 16)
      const noise = (slow: number, purpose: number): number => (axis * (slow + drawNormal(seed, object, i, purpose))) / Math.SQRT2
      fixes.push({
        vehicle: `${day}-${track.vehicle}`, time_s: origin + t, x_m: track.x_m[i]! + noise(slow_x, 17), y_m: track.y_m[i]! + noise(slow_y, 18),
        speed_mps: Math.max(0, track.speed_mps[i]! + (track.speed_mps[i]! > 0.1 ? 0.3 * drawNormal(seed, object, i, 19) : 0)),
        heading_deg: (track.heading_deg[i]! + 3 * drawNormal(seed, object, i, 20) + 360) % 360,
      })
    }
    return fixes.length > 1 ? [fixes] : []
  })
}
