// What the sensors of an approach tell of the last window: the whole of what a dynamic plan knows of the street.
import type { LinkId, MovementId } from '../../model/network.ts'
import type { SignalId } from '../../model/signal.ts'
import type { MetresPerSecond, TimeOfDay } from '../../model/units.ts'

/** A lane at its stop line, 0 next to the kerb. */
export interface MeasuredLane {
  lane: number
  /** Vehicles over the stop line in the window. */
  passed: number
  /** Vehicles that stand, mean over the window. */
  queue_mean: number
}

export interface MeasuredApproach {
  sensor: string
  signal: SignalId
  link: LinkId
  from_s: TimeOfDay
  until_s: TimeOfDay
  lanes: readonly MeasuredLane[]
  /** Vehicles over the stop line in the window. */
  movements: readonly { movement: MovementId; passed: number }[]
  /** Vehicles that came into sight in the window: what wanted to pass, as long as the queue stays in sight. */
  entered: number
  /** Mean speed of those who came into sight; NaN where nobody did. */
  entry_speed_mps: MetresPerSecond
  /** In sight at the end of the window. */
  vehicles: number
}

export const passedOf = ({ movements }: Pick<MeasuredApproach, 'movements'>): number => movements.reduce((sum, { passed }) => sum + passed, 0)

export const lengthOf = ({ from_s, until_s }: Pick<MeasuredApproach, 'from_s' | 'until_s'>): number => until_s - from_s
