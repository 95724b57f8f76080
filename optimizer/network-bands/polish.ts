/**
 * The last fractions of a second: with patterns and the window copies of every band held, offsets, travel times and widths
 * of all arteries together are a linear program. Its optimum is the best plan with real offsets in that cell.
 */
import { ModelBuilder } from '../solver/builder.ts'
import type { Solver } from '../solver/solver.ts'
import { driveRide } from '../bands/score.ts'
import type { NetworkSetting } from './field.ts'
import type { Lane } from './lanes.ts'

/** The setting with better offsets, or the same one if the solver has none. Cells without a band keep none. */
export function polish(lanes: readonly Lane[], circle: number, setting: NetworkSetting, solver: Solver): NetworkSetting {
  const model = new ModelBuilder()
  const offsets = Array.from(setting.offsets, (offset, v) => model.add(`o${v}`, v === 0 ? offset : offset - circle, v === 0 ? offset : offset + circle))
  lanes.forEach((lane, l) => addLane(model, lane, l, circle, setting, offsets))
  const built = model.build()
  const { status, values } = solver.solve(built)
  if (status !== 'optimal') return setting
  return { patterns: setting.patterns.slice(), offsets: Float64Array.from(offsets, (j) => ((values[j] % circle) + circle) % circle) }
}

function addLane(model: ModelBuilder, lane: Lane, l: number, circle: number, setting: NetworkSetting, offsets: readonly number[]): void {
  const local = { offsets: Array.from(lane.nodes, (v) => setting.offsets[v]), patterns: Array.from(lane.nodes, (v) => setting.patterns[v]) }
  const ride = driveRide(lane.road, local)
  if (!ride) return
  const width = model.add(`b${l}`, 0, circle, { objective: lane.weight })
  let previous = -1
  ride.starts.forEach((start, k) => {
    const x = model.add(`x${l}_${k}`, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    if (k > 0) model.row(`t${l}_${k}`, lane.road.low[k - 1], [[x, 1], [previous, -1]], lane.road.high[k - 1])
    previous = x
    const held = windowOf(lane.windows[k][local.patterns[k]], start, ride.width, local.offsets[k], circle)
    if (!held) return
    const offset = offsets[lane.nodes[k]]
    model.row(`s${l}_${k}`, held.start, [[x, 1], [offset, -1]], Number.POSITIVE_INFINITY)
    model.row(`e${l}_${k}`, Number.NEGATIVE_INFINITY, [[x, 1], [width, 1], [offset, -1]], held.start + held.length)
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
