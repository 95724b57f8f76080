// Two ways to one place, for the tests: flows without chance, one queue each, advice under different policies. The real street answers with
// its own compliance, whatever a policy believes.
import { chooseAdvice, strengthOf, type AdviceState } from './choose.ts'
import { learn, priorResponse, type Response } from './response.ts'

export interface PolicyRun {
  delay_min_per_veh: number
  longest_alternative_queue_veh: number
  /** Most changes in any hour. */
  changes_per_hour: number
}

export type Policy = 'none' | 'all-or-nothing' | 'hysteresis' | 'predictive'

export const STREET = { demand_vph: 2500, base_share: 0.2, minutes: 180, usual: { capacity_vph: 1500, way_min: 8, free_min: 15 }, alternative: { capacity_vph: 1100, way_min: 9, free_min: 16 } } as const

/** What a week of counts at the parting of the ways teaches. */
export const learned = (compliance: number): Response => learn(priorResponse(), { vehicles: 5000, diverted: 5000 * (STREET.base_share + (1 - STREET.base_share) * compliance), base_share: STREET.base_share, strength: 1 })

/** Signed strength: above 0 towards the alternative, below 0 towards the usual way. */
export function playPolicy(policy: Policy, compliance: number, latency_min: number): PolicyRun {
  const { demand_vph, base_share, minutes } = STREET
  const sides = [STREET.usual, STREET.alternative]
  const entered: number[][] = [[], []]
  const queues: number[][] = [[], []]
  const response = learned(compliance)
  let [advice, state, delay, longest]: [number, AdviceState | undefined, number, number] = [0, undefined, 0, 0]
  const changes: number[] = []
  for (let minute = 0; minute < minutes; minute++) {
    const seen = Math.max(0, minute - latency_min - 1)
    // What a policy without prediction believes of the two ways: the queues that were there.
    const [usual, alternative] = sides.map(({ free_min, capacity_vph }, i) => free_min + (queues[i]![seen] ?? 0) / (capacity_vph / 60)) as [number, number]
    const before = advice
    if (policy === 'all-or-nothing') advice = usual > alternative ? 1 : -1
    else if (policy === 'hysteresis' && Math.abs(usual - alternative) > 2) advice = usual > alternative ? 1 : -1
    else if (policy === 'predictive') {
      // Counts at the sign and its own messages are known at once; the queue is that of `latency_min` ago, carried on with what arrived since.
      const routes = sides.map(({ capacity_vph, way_min, free_min }, i) => {
        let queue = queues[i]![seen] ?? 0
        for (let m = seen + 1; m < minute; m++) queue = Math.max(0, queue + (entered[i]![m - way_min] ?? 0) - capacity_vph / 60)
        return { id: `way${i}`, to_bottleneck_s: way_min * 60, free_s: free_min * 60, capacity_vph, queue_veh: queue, other_vph: 0, known: true, under_way_veh: Array.from({ length: way_min }, (_, k) => entered[i]![minute - way_min + k] ?? 0) }
      })
      const choice = chooseAdvice({ now: minute * 60, usual: routes[0]!, candidates: [{ ...routes[1]!, overlap: 0.1, barred: false, base_share }], demand_vph, response, ...(state === undefined ? {} : { before: state }) })
      state = choice.state
      advice = strengthOf(state.advice)
    }
    if (advice !== before && minute > 0) changes.push(minute)
    const share = advice >= 0 ? base_share + (1 - base_share) * compliance * advice : base_share * (1 - compliance)
    sides.forEach(({ capacity_vph, way_min }, i) => {
      entered[i]!.push((demand_vph / 60) * (i === 1 ? share : 1 - share))
      const queue = Math.max(0, (queues[i]!.at(-1) ?? 0) + (entered[i]![minute - way_min] ?? 0) - capacity_vph / 60)
      queues[i]!.push(queue)
      delay += queue
      if (i === 1) longest = Math.max(longest, queue)
    })
  }
  return { delay_min_per_veh: delay / ((demand_vph / 60) * minutes), longest_alternative_queue_veh: longest, changes_per_hour: Math.max(0, ...changes.map((first) => changes.filter((m) => m >= first && m < first + 60).length)) }
}
