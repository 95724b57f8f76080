// When each vehicle came by, leg by leg of its trip: kept by a reference run, and read by the runs compared with it.
import type { World } from '../kernel/world.ts'
import type { PassageTimes } from '../result.ts'
import { legCount } from '../trip-table.ts'

/** Where the legs of each trip begin in the columns. */
function legStarts(w: World): Int32Array {
  const first = new Int32Array(w.n + 1)
  for (let v = 0; v < w.n; v++) first[v + 1] = first[v]! + legCount(w.trips, v)
  return first
}

export function emptyPassages(w: World): PassageTimes {
  const first = legStarts(w)
  const column = (): Float64Array => new Float64Array(first[w.n]!).fill(NaN)
  return { first, enter_s: column(), line_s: column(), close_s: column() }
}
