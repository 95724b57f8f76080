// The rule tree: from evidence to causes with treatments. Each leaf says what it looked at and what it passed. Several may
// fire. Limits are defaults of this project unless a source is named.
import type { Cause, CostClass, EvidenceRow, Finding, Treatment } from '../../model/diagnosis.ts'
import type { Grade } from '../../model/traffic-state.ts'
import { criticalFlow, flowRatio, groupRatios, saturationOf } from './critical.ts'
import type { MovementEvidence, PlaceEvidence } from './evidence.ts'

export const LIMITS = {
  over_capacity: 0.9, spare_flow: 0.85, full: 0.95, slack: 0.7, wasted_green: 0.15, platoon_ratio: 0.85, cycle_over_best: 1.3, side_delay_s: 55,
  bay_cycles: 0.2, lane_share: 0.15, tide: 2, spillback: 0.1, friction: 0.8, mid_block: 0.6, drift_s: 3, demand_peak: 0.25,
} as const

/** Metres per queued vehicle, front to front. */
const JAM_SPACING_M = 7
const TAPER_M = 25
/** How much a rule may claim by what its evidence rests on. */
const TRUST: Record<Grade, number> = { A: 1, B: 0.95, C: 0.85, D: 0.6, E: 0.3 }

type Leaf = (place: PlaceEvidence) => Finding[]

interface Fired {
  cause: Cause
  cost: CostClass
  /** 0 where a limit was just passed, 1 where it was passed by half of itself. */
  strength: number
  evidence: EvidenceRow[]
  treatment: Treatment
  sentence: string
  basis: readonly MovementEvidence[]
}

const round = (value: number, decimals = 0): number => Number(value.toFixed(decimals))
const percent = (share: number): string => `${round(share * 100)} %`

function finding({ cause, cost, strength, evidence, treatment, sentence, basis }: Fired): Finding {
  const grade = basis.reduce<Grade>((worst, movement) => (movement.grade > worst ? movement.grade : worst), 'A')
  return { cause, cost, confidence: round((0.5 + 0.5 * Math.min(1, Math.max(0, strength))) * TRUST[grade], 3), grade, evidence, treatment, sentence }
}

const over = (value: number, limit: number): number => (value - limit) / (0.5 * Math.abs(limit))

/** The controller does not do what it should: everything else would treat the wrong plan. */
const equipment: Leaf = ({ signal, audit, movements }) => {
  if (audit === undefined) return []
  const drift = Math.abs(audit.drift_s_per_day ?? 0)
  const difference = Math.abs(audit.difference_s ?? 0)
  if (!audit.plan_differs && drift <= LIMITS.drift_s && difference <= LIMITS.drift_s) return []
  const evidence: EvidenceRow[] = [{ what: 'green starts away from its plan', value: difference, limit: LIMITS.drift_s, unit: 's' }, { what: 'clock drift', value: drift, limit: LIMITS.drift_s, unit: 's/day' }]
  return [finding({
    cause: 'equipment', cost: 'operations', strength: audit.plan_differs ? 1 : Math.max(over(drift, LIMITS.drift_s), over(difference, LIMITS.drift_s)), evidence, treatment: { kind: 'maintenance', signal },
    sentence: audit.plan_differs ? `signal ${signal} does not run the plan that was commanded: mend the controller before retiming it` : `the clock of signal ${signal} is ${round(Math.max(difference, drift), 1)} s off: mend it before retiming`,
    basis: movements.slice(0, 1),
  })]
}

const incident: Leaf = (place) => {
  if (!place.incident && place.explained === undefined) return []
  return [finding({
    cause: 'incident', cost: 'operations', strength: 1, evidence: [], treatment: { kind: 'special-plan' }, basis: [],
    sentence: place.explained === undefined ? 'an incident holds traffic up here: clear it, and keep a plan ready for such days' : `explained by ${place.explained}: a special plan and signs, not a change of the daily plan`,
  })]
}

const capacity: Leaf = (place) => {
  const flow = criticalFlow(place)
  if (flow.sum <= LIMITS.over_capacity) return []
  const critical = place.movements.filter(({ groups }) => groups.some((group) => flow.groups.includes(group)))
  const worst = [...critical].sort((a, b) => flowRatio(b) - flowRatio(a))[0]!
  const excess = ((flow.sum - LIMITS.over_capacity) * worst.saturation_flow_vphpl * worst.lanes)
  return [finding({
    cause: 'capacity', cost: 'operations', strength: over(flow.sum, LIMITS.over_capacity), basis: critical,
    evidence: [{ what: 'sum of critical flow ratios', value: round(flow.sum, 3), limit: LIMITS.over_capacity, unit: '' }, { what: 'critical degree of saturation', value: round(flow.saturation, 3), limit: 1, unit: '' }],
    treatment: { kind: 'divert', movement: worst.movement, volume_vph: round(excess) },
    sentence: `more traffic than the junction can take (critical flow ${round(flow.sum, 2)}): divert about ${round(excess)} veh/h of ${worst.name}, or add a lane; retiming alone will not help`,
  })]
}

const splitImbalance: Leaf = (place) => {
  const flow = criticalFlow(place)
  if (flow.sum > LIMITS.spare_flow || flow.sum <= 0) return []
  const filled = place.movements.filter((movement) => movement.volume_vph > 0).map((movement) => ({ movement, x: saturationOf(movement, place.cycle_s) }))
  const full = filled.filter(({ x }) => x > LIMITS.full).sort((a, b) => b.x - a.x)[0]
  // Slack where it can be taken from: a group in conflict with the full one, beyond its minimum green.
  const slack = full === undefined ? undefined : filled.filter(({ movement, x }) => x < LIMITS.slack && conflicting(place, movement, full.movement) && movement.groups.every((group) => movement.green_s > (place.min_green_s[group] ?? 0))).sort((a, b) => a.x - b.x)[0]
  if (full === undefined || slack === undefined) return []
  const ratios = groupRatios(place)
  const effective = place.cycle_s - place.lost_time_s
  const greens = flow.groups.map((group) => ({ group, green_s: Math.max(place.min_green_s[group] ?? 0, round((ratios.get(group)! / flow.sum) * effective)), from_s: greenOf(place, group) }))
  return [finding({
    cause: 'split-imbalance', cost: 'timing', strength: over(full.x, LIMITS.full), basis: [full.movement, slack.movement],
    evidence: [
      { what: 'fullest degree of saturation', value: round(full.x, 3), limit: LIMITS.full, unit: '', movement: full.movement.movement },
      { what: 'emptiest conflicting degree of saturation', value: round(slack.x, 3), limit: LIMITS.slack, unit: '', movement: slack.movement.movement },
      { what: 'sum of critical flow ratios', value: round(flow.sum, 3), limit: LIMITS.spare_flow, unit: '' },
    ],
    treatment: { kind: 'retime-splits', signal: place.signal, greens },
    sentence: `${full.movement.name} is full (x ${round(full.x, 2)}) while ${slack.movement.name} has green to spare (x ${round(slack.x, 2)}): share the green out by demand`,
  })]
}

const conflicting = ({ conflicts }: PlaceEvidence, a: MovementEvidence, b: MovementEvidence): boolean =>
  conflicts.some(([p, q]) => (a.groups.includes(p) && b.groups.includes(q)) || (a.groups.includes(q) && b.groups.includes(p)))

const greenOf = ({ movements }: PlaceEvidence, group: string): number => Math.max(0, ...movements.filter(({ groups }) => groups.includes(group)).map(({ green_s }) => green_s))

const wastedGreen: Leaf = (place) => place.movements.flatMap((movement) => {
  const { wasted_green_share: share, queue_p95_m, groups, lanes, saturation_flow_vphpl, green_s } = movement
  if (share === undefined || share <= LIMITS.wasted_green || groups[0] === undefined) return []
  // What the 95th percentile queue needs to discharge, and 4 s.
  const need = ((queue_p95_m ?? 0) / JAM_SPACING_M / Math.max(1, lanes)) * lanes * (3600 / (saturation_flow_vphpl * lanes)) + 4
  const green = Math.max(place.min_green_s[groups[0]] ?? 0, Math.min(green_s, round(need)))
  if (green >= green_s) return []
  return [finding({
    cause: 'green-wasted', cost: 'timing', strength: over(share, LIMITS.wasted_green), basis: [movement],
    evidence: [{ what: 'green in which nobody came while others queued', value: round(share, 3), limit: LIMITS.wasted_green, unit: 'share', movement: movement.movement }],
    treatment: { kind: 'trim-green', signal: place.signal, group: groups[0], green_s: green, from_s: green_s },
    sentence: `${percent(share)} of the green of ${movement.name} passes unused while others queue: ${green} s instead of ${round(green_s)} s are enough`,
  })]
})

const offset: Leaf = (place) => place.movements.flatMap((movement) => {
  const { platoon_ratio: ratio } = movement
  if (!movement.on_corridor || movement.turn !== 'through' || ratio === undefined || ratio >= LIMITS.platoon_ratio || saturationOf(movement, place.cycle_s) > LIMITS.full) return []
  return [finding({
    cause: 'offset', cost: 'timing', strength: over(1 / ratio, 1 / LIMITS.platoon_ratio), basis: [movement],
    evidence: [{ what: 'platoon ratio', value: round(ratio, 3), limit: LIMITS.platoon_ratio, unit: '', movement: movement.movement }, ...(movement.arrival_on_green === undefined ? [] : [{ what: 'arrivals on green', value: round(movement.arrival_on_green, 3), limit: round(movement.green_s / place.cycle_s, 3), unit: 'share', movement: movement.movement }])],
    treatment: { kind: 'shift-offset', signal: place.signal, movement: movement.movement },
    sentence: `${movement.name} comes on red more than by chance (platoon ratio ${round(ratio, 2)}): shift the offset`,
  })]
})

const cycleTooLong: Leaf = (place) => {
  const flow = criticalFlow(place)
  if (!place.off_peak || flow.sum >= 1) return []
  // Webster (1958): the cycle of least delay.
  const best = Math.max(place.min_cycle_s, (1.5 * place.lost_time_s + 5) / (1 - flow.sum))
  const side = place.movements.filter(({ on_corridor, control_delay_s }) => !on_corridor && control_delay_s !== undefined).sort((a, b) => b.control_delay_s! - a.control_delay_s!)[0]
  if (place.cycle_s <= LIMITS.cycle_over_best * best || side === undefined || side.control_delay_s! <= LIMITS.side_delay_s) return []
  return [finding({
    cause: 'cycle-too-long', cost: 'timing', strength: over(place.cycle_s / best, LIMITS.cycle_over_best), basis: [side],
    evidence: [{ what: 'cycle', value: place.cycle_s, limit: round(LIMITS.cycle_over_best * best), unit: 's' }, { what: 'delay of side streets', value: round(side.control_delay_s!, 1), limit: LIMITS.side_delay_s, unit: 's/veh', movement: side.movement }],
    treatment: { kind: 'change-cycle', signal: place.signal, cycle_s: Math.ceil(best), from_s: place.cycle_s },
    sentence: `the cycle of ${round(place.cycle_s)} s is long for this traffic: ${Math.ceil(best)} s, or half the cycle of the corridor, would do`,
  })]
}

const shortBay: Leaf = (place) => place.movements.flatMap((movement) => {
  const { bay_m, queue_p95_m } = movement
  if (movement.turn === 'through' || bay_m === undefined || queue_p95_m === undefined || queue_p95_m <= bay_m) return []
  const length = Math.ceil(queue_p95_m + TAPER_M)
  return [finding({
    cause: 'short-bay', cost: 'paint', strength: over(queue_p95_m, bay_m), basis: [movement],
    evidence: [{ what: '95th percentile queue of the turn', value: round(queue_p95_m), limit: round(bay_m), unit: 'm', movement: movement.movement }],
    treatment: { kind: 'lengthen-bay', link: movement.link, movement: movement.movement, length_m: Math.min(length, Math.floor(movement.storage_m)), from_m: bay_m },
    sentence: `the queue of ${movement.name} (${round(queue_p95_m)} m) is longer than its bay (${round(bay_m)} m) and blocks the lane beside: make it ${Math.min(length, Math.floor(movement.storage_m))} m with taper`,
  })]
})

/** Over the lanes of one approach. */
const laneUse: Leaf = (place) => {
  const approaches = new Map<string, MovementEvidence[]>()
  for (const movement of place.movements) approaches.set(movement.link, [...(approaches.get(movement.link) ?? []), movement])
  return [...approaches.values()].flatMap((group) => {
    const [flow, lanes] = [group.reduce((sum, { volume_vph }) => sum + volume_vph, 0), group.reduce((sum, movement) => sum + movement.lanes, 0)]
    if (flow <= 0 || lanes < 2) return []
    const off = group.map((movement) => ({ movement, gap: movement.volume_vph / flow - movement.lanes / lanes })).sort((a, b) => b.gap - a.gap)
    const [short, long] = [off[0]!, off.at(-1)!]
    // A lane is only worth changing for a movement that is short of room, and only given by one that keeps another.
    if (short.gap <= LIMITS.lane_share || long.movement.lanes_own < 2 || saturationOf(short.movement, place.cycle_s) <= LIMITS.spare_flow) return []
    return [finding({
      cause: 'lane-use', cost: 'paint', strength: over(short.gap, LIMITS.lane_share), basis: [short.movement, long.movement],
      evidence: [{ what: 'share of demand above share of lanes', value: round(short.gap, 3), limit: LIMITS.lane_share, unit: 'share', movement: short.movement.movement }, { what: 'the other side', value: round(long.gap, 3), limit: -LIMITS.lane_share, unit: 'share', movement: long.movement.movement }],
      treatment: { kind: 'lane-function', link: short.movement.link, movement: short.movement.movement, lanes: round(short.movement.lanes + 1, 1), from_lanes: round(short.movement.lanes, 1), variable: true },
      sentence: `${short.movement.name} carries ${percent(short.movement.volume_vph / flow)} of its approach on ${percent(short.movement.lanes / lanes)} of the lanes: give it a lane of ${long.movement.name}, at these hours by a variable lane`,
    })]
  })
}

const tidal: Leaf = ({ tide, movements }) => {
  if (tide === undefined || tide.lanes_each < 3 || tide.left_share > 0.2) return []
  const [am, pm] = [tide.ratio_am, tide.ratio_pm]
  if (!((am > LIMITS.tide && pm < 1 / LIMITS.tide) || (pm > LIMITS.tide && am < 1 / LIMITS.tide))) return []
  const least = Math.min(Math.max(am, 1 / am), Math.max(pm, 1 / pm))
  return [finding({
    cause: 'tidal-demand', cost: 'civil-works', strength: over(least, LIMITS.tide), basis: movements.filter(({ link }) => link === tide.link),
    evidence: [{ what: 'ratio of directions, morning', value: round(am, 2), limit: LIMITS.tide, unit: '' }, { what: 'ratio of directions, evening', value: round(pm, 2), limit: round(1 / LIMITS.tide, 2), unit: '' }],
    treatment: { kind: 'tidal-lane', link: tide.link, opposite: tide.opposite }, sentence: `traffic turns round between morning (${round(am, 1)} : 1) and evening (1 : ${round(1 / pm, 1)}): a tidal lane`,
  })]
}

const spillback: Leaf = (place) => place.movements.flatMap((movement) => {
  const { blocked_share, groups } = movement
  if (blocked_share === undefined || blocked_share <= LIMITS.spillback || groups[0] === undefined) return []
  const green = Math.max(place.min_green_s[groups[0]] ?? 0, round(movement.green_s * (1 - blocked_share)))
  return [finding({
    cause: 'spillback', cost: 'timing', strength: over(blocked_share, LIMITS.spillback), basis: [movement],
    evidence: [{ what: 'share held up beyond the stop line', value: round(blocked_share, 3), limit: LIMITS.spillback, unit: 'share', movement: movement.movement }],
    treatment: { kind: 'gate', signal: place.signal, group: groups[0], green_s: green, from_s: movement.green_s },
    sentence: `${percent(blocked_share)} of ${movement.name} are held up beyond the stop line by the next junction: let less through (${green} s), and open the junction beyond first`,
  })]
})

const leftStorage: Leaf = (place) => place.movements.flatMap((movement) => {
  const { turn, split_failure_share: failures, lanes } = movement
  if (turn !== 'left' || failures === undefined || failures <= LIMITS.bay_cycles || lanes <= 0) return []
  const depth = 15
  const gain = ((depth / JAM_SPACING_M) * Math.max(1, Math.round(lanes)) * 3600) / place.cycle_s
  return [finding({
    cause: 'left-storage', cost: 'paint', strength: over(failures, LIMITS.bay_cycles), basis: [movement],
    evidence: [{ what: 'share that needs a second green', value: round(failures, 3), limit: LIMITS.bay_cycles, unit: 'share', movement: movement.movement }],
    treatment: { kind: 'waiting-area', link: movement.link, movement: movement.movement, depth_m: depth, gain_vph: round(gain) },
    sentence: `${percent(failures)} of ${movement.name} need a second green: a waiting area of ${depth} m beyond the stop line takes about ${round(gain)} veh/h more`,
  })]
})

/** HCM-like base flows, veh/h/lane, that friction is told against. */
const NORM_VPHPL = { 'through': 1800, 'left': 1650, 'right': 1550, 'u-turn': 1400 } as const

const friction: Leaf = ({ movements }) => movements.flatMap((movement) => {
  const share = movement.saturation_flow_vphpl / NORM_VPHPL[movement.turn]
  if (!movement.saturation_measured || share >= LIMITS.friction) return []
  return [finding({
    cause: 'friction', cost: 'paint', strength: over(LIMITS.friction / share, 1), basis: [movement],
    evidence: [{ what: 'saturation flow over its norm', value: round(share, 3), limit: LIMITS.friction, unit: 'share', movement: movement.movement }],
    treatment: { kind: 'stop-line', link: movement.link, movement: movement.movement },
    sentence: `${movement.name} discharges at ${percent(share)} of its norm: part it from pedestrians and two-wheelers by a leading interval, a second stop line or a turn ban`,
  })]
})

const midBlock: Leaf = ({ mid_block, movements }) => {
  if (mid_block === undefined || mid_block.speed_ratio >= LIMITS.mid_block || mid_block.queue_m > JAM_SPACING_M * 3) return []
  return [finding({
    cause: 'mid-block', cost: 'operations', strength: over(LIMITS.mid_block / Math.max(0.05, mid_block.speed_ratio), 1), basis: movements.filter(({ link }) => link === mid_block.link),
    evidence: [{ what: 'speed over free speed in the middle of the link', value: round(mid_block.speed_ratio, 2), limit: LIMITS.mid_block, unit: 'share' }],
    treatment: { kind: 'kerb', link: mid_block.link }, sentence: 'traffic slows in the middle of the link without a queue at its end: look at the kerb (bus stop, school, parking)',
  })]
}

const demandPeak: Leaf = (place) => {
  if (place.demand_over_usual === undefined || place.demand_over_usual <= LIMITS.demand_peak) return []
  return [finding({
    cause: 'demand-peak', cost: 'operations', strength: over(place.demand_over_usual, LIMITS.demand_peak), basis: place.movements,
    evidence: [{ what: 'demand above the usual of the same hours', value: round(place.demand_over_usual, 3), limit: LIMITS.demand_peak, unit: 'share' }],
    treatment: { kind: 'special-plan' }, sentence: `${percent(place.demand_over_usual)} more traffic than usual at these hours: a plan of its own for such days`,
  })]
}

const LEAVES: readonly Leaf[] = [equipment, incident, capacity, splitImbalance, wastedGreen, offset, cycleTooLong, shortBay, laneUse, tidal, spillback, leftStorage, friction, midBlock, demandPeak]

/** All causes that fire, the most likely first. A broken controller is told first whatever else fires: its plan is not the one that was judged. */
export function diagnose(place: PlaceEvidence): Finding[] {
  const found = LEAVES.flatMap((leaf) => leaf(place))
  const first = (cause: Cause): number => (cause === 'equipment' ? 1 : 0)
  return found.sort((a, b) => first(b.cause) - first(a.cause) || b.confidence - a.confidence || (a.cause < b.cause ? -1 : 1))
}
