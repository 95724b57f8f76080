// Volume, penetration and saturation flow of movements from the runs of probes.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import { UNKNOWN, Z90 } from '../movements/intervals.ts'
import { countRuns, type RunSource } from '../movements/measure.ts'
import type { GreenClock } from '../signals/greens.ts'
import { listDischarges } from './departures.ts'
import { fitPace, pacePoints, usualPace, type Pace } from './headway.ts'
import { laneGroups, type LaneGroup } from './lane-groups.ts'
import { joinShares, type AnchoredShare } from './anchored.ts'
import { correctQueues, modelQueues, type ModelledQueue } from './queues.ts'
import { countOrder, drawnShares, shareOf, type Share } from './penetration.ts'

export interface VolumeMeasures {
  /** Index in `network.movements`. */
  movement: number
  volume_vph: Estimate
  penetration: Estimate
  saturation_flow_vphpl: Estimate
  queue_max_m: Estimate
  queue_p95_m: Estimate
  /** Counted vehicles are behind the penetration. */
  anchored: boolean
}

export interface VolumeOptions {
  clock: GreenClock
  /** In which the feed was alive, all days together. */
  hours: number
  /** How many runs each run of a movement stands for; 1 where absent. */
  weight?: (movement: number) => number
  /** Share of a movement's probes by counted vehicles; absent or undefined where nobody counts. */
  anchor?: ((movement: number) => AnchoredShare | undefined) | undefined
}

/** A lane group and how its queues leave. */
interface PacedGroup {
  group: LaneGroup
  pace: Pace
}

/** An interval of saturation flow wider than this, as a share, is not worth telling. */
const WIDEST_FLOW = 0.15
/** Points that a fit is made from at most: more make it no better. */
const MOST_POINTS = 4000

/** Of movements with runs, in their order; unknown where there are no greens to reckon from, or too few probes in queues. */
export function measureVolumes(graph: RoadGraph, source: RunSource, options: VolumeOptions): VolumeMeasures[] {
  const { clock, hours, weight = () => 1 } = options
  const counted = new Map<number, Counted>()
  const groups = paced(laneGroups(graph.network), source, clock)
  const shares = sharesOf(groups, source, clock)
  const of = new Map(groups.flatMap(({ group, pace }, g) => group.movements.map((m) => [m, { pace, share: shares.groups[g] }] as const)))
  for (const movement of source.listMovements()) counted.set(movement, { runs: countRuns(source, movement), weight: weight(movement) })
  const joined = new Map([...counted].map(([movement, count]) => {
    const own = of.get(movement)?.share ?? shares.all
    return [movement, joinShares(options.anchor?.(movement), own, own === undefined ? 0 : chanceOf(count, own))]
  }))
  const volume = (movement: number): Volume | undefined => reckon(counted.get(movement) ?? { runs: 0, weight: 1 }, hours, joined.get(movement) ?? of.get(movement)?.share ?? shares.all)
  const modelled = groups.flatMap(({ group, pace }) => queuesWhereKnown(graph, group, group.movements.map(volume), pace, source, clock))
  const queues = new Map(correctQueues(modelled).map((queue, k) => [modelled[k]!.movement, queue]))
  return [...counted.keys()].map((movement): VolumeMeasures => {
    const known = of.get(movement)
    const share = joined.get(movement)
    const own = volume(movement)
    const queue = queues.get(movement)
    return {
      movement, volume_vph: own === undefined ? { ...UNKNOWN } : around(own.vph, own.error), penetration: share === undefined ? { ...UNKNOWN } : around(share.value, share.error, 1),
      saturation_flow_vphpl: known === undefined ? { ...UNKNOWN } : flowOf(known.pace), queue_max_m: queue?.queue_max_m ?? { ...UNKNOWN }, queue_p95_m: queue?.queue_p95_m ?? { ...UNKNOWN },
      anchored: share !== undefined && 'sampling' in share,
    }
  })
}

/** Each group's own pace where enough waited there, else that of its turn and kind, else the usual. */
function paced(groups: readonly LaneGroup[], source: RunSource, clock: GreenClock): PacedGroup[] {
  const kind = (group: LaneGroup): string => `${group.turn} ${group.protected ? 'protected' : 'permissive'}`
  const points = groups.map((group) => pacePoints(listDischarges(group, source, clock)).slice(-MOST_POINTS))
  const kinds = new Map<string, Pace | undefined>()
  for (const name of new Set(groups.map(kind))) {
    const like = points.filter((_, g) => kind(groups[g]!) === name)
    const each = Math.ceil(MOST_POINTS / like.length)
    kinds.set(name, fitPace(like.flatMap((list) => list.slice(-each))))
  }
  return groups.map((group, g) => ({ group, pace: together(fitPace(points[g]!), kinds.get(kind(group))) ?? usualPace() }))
}

/** How many probes the pace of its likes is worth. */
const LIKES_WORTH = 60

function together(own: Pace | undefined, likes: Pace | undefined): Pace | undefined {
  if (own === undefined || likes === undefined) return own ?? (likes === undefined ? undefined : { ...likes, seen: 0 })
  const w = own.seen / (own.seen + LIKES_WORTH)
  const mix = (pick: (pace: Pace) => number): number => w * pick(own) + (1 - w) * pick(likes)
  return { headway_s: mix((pace) => pace.headway_s), place_m: mix((pace) => pace.place_m), first_s: mix((pace) => pace.first_s), error: Math.max(mix((pace) => pace.error), likes.error), seen: own.seen }
}

/** Where nobody gives way the order of leaving counts; elsewhere only if there is no such place. */
function sharesOf(groups: readonly PacedGroup[], source: RunSource, clock: GreenClock): { all: Share | undefined; groups: (Share | undefined)[] } {
  const counts = groups.map(({ group, pace }) => ({ order: countOrder(listDischarges(group, source, clock), group.lanes.length, pace), sure: group.protected, error: pace.error }))
  const sure = counts.filter((count) => count.sure)
  let all = shareOf(sure.map(({ order }) => order))
  const used = all === undefined ? counts : sure
  all ??= shareOf(counts.map(({ order }) => order))
  if (all === undefined) return { all, groups: groups.map(() => undefined) }
  const drawn = new Map(drawnShares(used.map(({ order }) => order), all).map((share, i) => [used[i]!, share]))
  const common = Math.min(...used.map(({ error }) => error))
  const whole = (share: Share): Share => ({ value: share.value, error: Math.hypot(share.error, common) })
  return { all: whole(all), groups: counts.map((count) => whole(drawn.get(count) ?? all)) }
}

interface Volume { vph: number; error: number }

/** Runs, each of which stands for so many. */
interface Counted { runs: number; weight: number }

/** Crossings of probes over their share and time. */
function reckon({ runs, weight }: Counted, hours: number, share: (Share & { sampling?: number }) | undefined): Volume | undefined {
  if (share === undefined || !(hours > 0)) return undefined
  return { vph: (runs * weight) / (share.value * hours), error: Math.sqrt((share.sampling ?? chanceOf({ runs, weight }, share)) + share.error ** 2) }
}

/** Relative variance of a volume by which vehicles happened to be probes whose runs are kept. */
function chanceOf({ runs, weight }: Counted, share: Share): number {
  return (1 - share.value / weight) / Math.max(1, runs)
}

function queuesWhereKnown(graph: RoadGraph, group: LaneGroup, volumes: readonly (Volume | undefined)[], pace: Pace, source: RunSource, clock: GreenClock): ModelledQueue[] {
  const known = volumes.filter((volume) => volume !== undefined)
  return known.length < volumes.length ? [] : modelQueues(graph.network, group, known, pace, source, clock)
}

function flowOf({ headway_s, error, seen }: Pace): Estimate {
  return seen === 0 || Z90 * error > WIDEST_FLOW ? { ...UNKNOWN } : around(3600 / headway_s, error)
}

/** Errors are shares: the interval is even on the scale of ratios. */
function around(value: number, error: number, most = Infinity): Estimate {
  return { value, low: value * Math.exp(-Z90 * error), high: Math.min(most, value * Math.exp(Z90 * error)) }
}
