/**
 * The last fractions of a second: with patterns and the window copies of every band held, offsets, travel times and widths
 * of all arteries together are a linear program. Its optimum is the best plan with real offsets in that cell.
 */
import { ModelBuilder } from '../solver/builder.ts'
import type { Solver } from '../solver/solver.ts'
import { driveRide } from '../bands/score.ts'
import type { NetworkSetting } from './field.ts'
import type { Lane } from './lanes.ts'

/** A setting at a cycle of its own. */
export interface PolishedSetting {
  readonly cycle_s: number
  readonly setting: NetworkSetting
}

/**
 * The setting with better offsets, or the same one if the solver has none. Cells without a band keep none. With `range` the
 * cycle moves as well, windows and objective in shares of it: all rows are written in cycles, the travel times times 1/C.
 */
export function polish(
  lanes: readonly Lane[], circle: number, setting: NetworkSetting, solver: Solver, range = { cycle_min_s: circle, cycle_max_s: circle },
): PolishedSetting {
  const model = new ModelBuilder()
  const z = model.add('z', 1 / range.cycle_max_s, 1 / range.cycle_min_s)
  const offsets = Array.from(setting.offsets, (offset, v) => model.add(`o${v}`, offset / circle - (v === 0 ? 0 : 1), offset / circle + (v === 0 ? 0 : 1)))
  lanes.forEach((lane, l) => addLane(model, lane, l, circle, setting, { z, offsets }))
  const { status, values } = solver.solve(model.build())
  if (status !== 'optimal') return { cycle_s: circle, setting }
  const cycle_s = Math.min(range.cycle_max_s, Math.max(range.cycle_min_s, 1 / values[z]))
  const moved = Float64Array.from(offsets, (j) => (values[j] - Math.floor(values[j])) * cycle_s)
  return { cycle_s, setting: { patterns: setting.patterns.slice(), offsets: moved } }
}

function addLane(
  model: ModelBuilder, lane: Lane, l: number, circle: number, setting: NetworkSetting, { z, offsets }: { z: number; offsets: readonly number[] },
): void {
  const local = { offsets: Array.from(lane.nodes, (v) => setting.offsets[v]), patterns: Array.from(lane.nodes, (v) => setting.patterns[v]) }
  const ride = driveRide(lane.road, local)
  if (!ride) return
  const width = model.add(`b${l}`, 0, 1, { objective: lane.weight })
  let previous = -1
  ride.starts.forEach((start, k) => {
    const x = model.add(`x${l}_${k}`, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    if (k > 0) {
      model.row(`low${l}_${k}`, 0, [[x, 1], [previous, -1], [z, -lane.road.low[k - 1]]], Number.POSITIVE_INFINITY)
      model.row(`high${l}_${k}`, Number.NEGATIVE_INFINITY, [[x, 1], [previous, -1], [z, -lane.road.high[k - 1]]], 0)
    }
    previous = x
    const held = windowOf(lane.windows[k][local.patterns[k]], start, ride.width, local.offsets[k], circle)
    if (!held) return
    const offset = offsets[lane.nodes[k]]
    model.row(`s${l}_${k}`, held.start / circle, [[x, 1], [offset, -1]], Number.POSITIVE_INFINITY)
    model.row(`e${l}_${k}`, Number.NEGATIVE_INFINITY, [[x, 1], [width, 1], [offset, -1]], (held.start + held.length) / circle)
  })
}

/** The copy of a window that holds the band best, its start counted from the offset; undefined if it never turns red. */
function windowOf(
  windows: Float64Array, start: number, width: number, offset: number, circle: number,
): { start: number; length: number } | undefined {
  let best: { start: number; length: number; room: number } | undefined
  for (let k = 0; k < windows.length; k += 2) {
    const [from, length] = [windows[k], windows[k + 1]]
    if (length >= 2 * circle) return undefined
    const middle = start + width / 2 - offset
    const own = from + Math.round((middle - from - length / 2) / circle) * circle
    const room = Math.min(start - offset - own, own + length - (start - offset) - width)
    if (!best || room > best.room) best = { start: own, length, room }
  }
  return best
}
