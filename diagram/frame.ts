// What the painters of one time-space picture share: the scene, its scales and the borders of the plot (px).
import type { Direction } from '../model/plan.ts'
import type { LinearScale } from './scale.ts'
import type { TimeSpaceScene } from './time-space.ts'

export interface Frame {
  scene: TimeSpaceScene
  x: LinearScale
  y: LinearScale
  left: number
  right: number
  top: number
  bottom: number
  /** Height of one bar, px. */
  bar: number
  /** One vehicle in this many is drawn. */
  every: Record<Direction, number>
}
