// Capacity of permissive lefts against HCM 7 chapter 31.
import { PERMISSIVE_LEFT } from '../../model/network.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { poisson } from '../testing/arrivals.ts'
import { junction, twoStage, type JunctionSpec } from '../testing/junctions.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'
import { watchLines } from '../testing/tracks.ts'
import { never, type Driving, type Figure, type Phenomenon } from './figures.ts'
import { saturated } from './queue-discharge.ts'

const CYCLE_S = 90
const GREEN_S = 55
const INTERGREEN_S = 5
/** First cycles are left out. */
const FROM_S = 4 * CYCLE_S
const UNTIL_S = 44 * CYCLE_S
/** HCM 7 chapter 31: vehicles that leave at the end of each green. */
const SNEAKERS = 2

/** Lefts an hour that a lasting queue of them sends through against Poisson arrivals of `opposing` veh/h. */
function leftCapacity(driving: Driving, spec: JunctionSpec, opposing: number): { vph: number; opposing_vph: number; isLocked: boolean } {
  const network = junction({ ...spec, group: twoStage, pocket: { W: 300, E: 300 } })
  const prepared = prepareNetwork(network)
  const lane = spec.lanes?.W ?? 1
  const signal = compiled('x', CYCLE_S, 0, { ew: [[0, GREEN_S]], ns: [[GREEN_S + INTERGREEN_S, CYCLE_S - INTERGREEN_S]] })
  const trips = [...flow(network, ['Win', 'Nout'], 0, UNTIL_S, 2.5), ...poisson(network, ['Ein', 'Wout'], opposing, UNTIL_S, 1)]
  const run = createRun(prepared, inputFor(network, [signal], trips, { ...driving, stop_at_s: UNTIL_S }))
  const [lefts, others] = watchLines(run, [{ link: 'Win', lane, at_m: 300, part: 'front' }, { link: 'Ein', at_m: 300, part: 'front' }])
  const hourly = (list: readonly { time_s: number }[]): number => (list.filter(({ time_s }) => time_s >= FROM_S).length * 3600) / (UNTIL_S - FROM_S)
  return { vph: hourly(lefts!), opposing_vph: hourly(others!), isLocked: run.result().gridlocked }
}

/** HCM 7 equations 31-9, 31-100 and 31-119; saturation flow and lost time of a lane as measured here. */
function hcmCapacity(opposing: number, lanes: number, saturation: number, lost_s: number): number {
  const { critical_gap_s, follow_up_s } = PERMISSIVE_LEFT
  const flow = opposing / 3600
  const through = (opposing * Math.exp(-flow * critical_gap_s)) / (1 - Math.exp(-flow * follow_up_s))
  const effective = GREEN_S + INTERGREEN_S - lost_s
  const [q, s, share] = [flow / lanes, saturation / 3600, effective / CYCLE_S]
  const queueService = Math.min(effective, (q * CYCLE_S * (1 - share)) / Math.max(1e-9, s - q))
  return ((effective - queueService) * through + 3600 * SNEAKERS) / CYCLE_S
}

const CASES: readonly { name: string; spec: JunctionSpec; lanes: number; opposing: readonly number[] }[] = [
  { name: '1 opposing lane', spec: {}, lanes: 1, opposing: [200, 400, 600, 800, 1000] },
  { name: '1 opposing lane, waiting inside', spec: { waiting: 6 }, lanes: 1, opposing: [200, 600, 1000] },
  { name: '2 opposing lanes', spec: { lanes: { E: 2, W: 2 } }, lanes: 2, opposing: [200, 400, 600, 800, 1000] },
]

function measureLefts(driving: Driving): Figure[] {
  const { saturation_vph, lost_s } = saturated(driving, [1])
  let locks = 0
  const rows = CASES.flatMap(({ name, spec, lanes, opposing }) =>
    opposing.filter((_, i) => driving.model === 'idm' || i % 3 === 0).map((vph): Figure => {
      const left = leftCapacity(driving, spec, vph)
      if (left.isLocked) locks++
      return { name: `capacity over that of the HCM, ${vph} veh/h, ${name}`, unit: '', digits: 2, target: [0.85, 1.15], value: left.vph / hcmCapacity(left.opposing_vph, lanes, saturation_vph, lost_s) }
    }))
  return [...rows, never('runs that locked', locks)]
}

export const permissiveLefts: Phenomenon[] = [{
  title: 'Permissive left turn', compared: true, measure: measureLefts,
  how: `A lasting queue of lefts in a lane of their own, ${GREEN_S} s of green in ${CYCLE_S} s, Poisson arrivals from the other side; fronts over the stop line in 40 cycles, against the HCM at the opposing flow that came. Of Krauss every third flow.`,
  source: `HCM 7 chapter 31: critical gap ${PERMISSIVE_LEFT.critical_gap_s} s, follow-up ${PERMISSIVE_LEFT.follow_up_s} s, ${SNEAKERS} sneakers a cycle; saturation flow and lost time as measured here.`,
}]
