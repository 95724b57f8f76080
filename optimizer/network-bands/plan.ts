/** From offsets and patterns to a plan with bands and travel times. */
import { asksFor, type Direction } from '../bands/problem.ts'
import { roadOf } from '../bands/road.ts'
import { driveRide } from '../bands/score.ts'
import type { NetworkSetting } from './field.ts'
import { arteryProblem, type NetworkBandPlan, type NetworkBandProblem } from './problem.ts'

/** The plan of a setting, each band at its widest with travel times near their targets. */
export function planOfSetting(problem: NetworkBandProblem, setting: NetworkSetting): NetworkBandPlan {
  const index = new Map(problem.nodes.map(({ id }, v) => [id, v]))
  const arteries = problem.arteries.map((artery) => {
    const own = arteryProblem(problem, artery)
    const places = artery.nodes.map((id) => index.get(id)!)
    const local = { offsets: places.map((v) => setting.offsets[v]), patterns: places.map((v) => setting.patterns[v]) }
    const drive = (direction: Direction): { times: number[]; width: number } => {
      if (!asksFor(own, direction)) return { times: [], width: 0 }
      const road = roadOf(own, direction)
      const ride = driveRide(road, local)
      const sign = direction === 'outbound' ? 1 : -1
      const times = ride ? ride.starts.slice(1).map((start, k) => sign * (start - ride.starts[k])) : Array.from(road.target, (time) => sign * time)
      return { times, width: ride?.width ?? 0 }
    }
    const [out, back] = [drive('outbound'), drive('inbound')]
    return { travel_times_s: { outbound: out.times, inbound: back.times }, outbound_s: out.width, inbound_s: back.width }
  })
  return {
    cycle_s: problem.cycle_s,
    offsets_s: Array.from(setting.offsets),
    patterns: problem.nodes.map((node, v) => node.patterns[setting.patterns[v]].id),
    arteries,
  }
}
