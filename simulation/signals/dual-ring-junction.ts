// One junction under a dual ring, for tests: pockets for protected lefts, two lanes east and west.
import type { Network, RightOfWay, Turn } from '../../model/network.ts'
import type { RingPattern, Signal } from '../../model/signal.ts'
import type { Trip } from '../input.ts'
import { junction, type Arm } from '../testing/junctions.ts'
import { flow } from '../testing/networks.ts'

/** Traffic from the west is phase 2, its left 5; from the east 6 and 1; from the north 4 and 7; from the south 8 and 3. */
const PHASES: Record<Arm, [through: string, left: string]> = { W: ['2', '5'], E: ['6', '1'], N: ['4', '7'], S: ['8', '3'] }

export function dualRingJunction(signal: Signal, permissive = false): Network {
  const group = (arm: Arm, turn: Turn): [string, RightOfWay] => [PHASES[arm][turn === 'left' ? 1 : 0], 'protected']
  const network = junction({ id: signal.id, group, lanes: { E: 2, W: 2 }, pocket: { N: 60, E: 60, S: 60, W: 60 }, waiting: 5 })
  for (const connection of network.connections) {
    const arm = connection.id.charAt(0) as Arm
    if (permissive && connection.groups?.[0]?.group === PHASES[arm][1]) connection.groups.push({ group: PHASES[arm][0], right_of_way: 'permissive' })
  }
  return { ...network, signals: [{ ...signal, nodes: [signal.id] }] }
}

const ARMS: readonly Arm[] = ['N', 'E', 'S', 'W']

/** Trips over all ways; `vph` of each arm, a fifth turning left and a fifth right. */
export function tripsOf(network: Network, vph: Record<Arm, number>, until: number): Trip[] {
  const trips: Trip[] = []
  ARMS.forEach((from, k) => {
    let n = k
    for (let t = 2 * k; t < until; t += 3600 / vph[from]) {
      const way = n++ % 5
      const to = ARMS[(k + (way === 0 ? 1 : way === 1 ? 3 : 2)) % 4]!
      trips.push(...flow(network, [`${from}in`, `${to}out`], t, t + 0.1, 1))
    }
  })
  return trips.sort((a, b) => a.depart_s - b.depart_s)
}

/** The splits of the worked example at twice their pace would leave lefts below their minimum; these are for a junction of equals. */
export function evenPattern(signal: string, cycle = 80): RingPattern {
  const [left, through] = [cycle * 0.2, cycle * 0.3]
  const half = (phases: [string, string]): { phase: string; split_s: number }[] => [{ phase: phases[0], split_s: left }, { phase: phases[1], split_s: through }]
  return {
    kind: 'rings', signal, cycle_s: cycle, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['2', '6'],
    barriers: [{ rings: [half(['1', '2']), half(['5', '6'])] }, { rings: [half(['3', '4']), half(['7', '8'])] }],
  }
}
