// The least green of a group, ticks: its minimum, and what those who walk need beyond yellow and red clearance.
import type { SignalGroup } from '../../model/signal.ts'
import { ticks } from './controller.ts'

export const leastGreenTicks = ({ min_green_s, walk_s = 0, pedestrian_clearance_s = 0, yellow_s, red_clearance_s }: SignalGroup): number =>
  ticks(Math.max(min_green_s, walk_s + pedestrian_clearance_s - yellow_s - red_clearance_s))
