// Rings: lanes from which short links lead back to themselves, as in a roundabout or between the carriageways of a wide
// junction. A ring that is full can never turn again, so who comes from outside has to leave room in it (kernel/room.ts).

/** Lanes of longer links hold so many vehicles that they are not part of a ring, m. */
const SHORT_LINK_M = 60
/** A ring of more lane than this is a district, m. */
const LONGEST_RING_M = 600
const U_TURN = 3

export interface Rings {
  /** Ring of each strip, -1 = none. */
  readonly stripRing: Int32Array
  /** Length of its lanes and, where it is driven without keeping junctions clear, of the connections between them, m. */
  readonly ringLength: Float64Array
  /** 1 where no path crosses it, so that it may fill up from vehicle to vehicle. */
  readonly ringPlain: Uint8Array
  /** Its strips, and the connections by which it is entered, as compressed rows. */
  readonly ringStripStart: Int32Array
  readonly ringStrip: Int32Array
  readonly ringEntryStart: Int32Array
  readonly ringEntry: Int32Array
}

export interface LaneGraph {
  readonly lanes: number
  /** Per strip. */
  readonly length: Float64Array
  readonly connFrom: Int32Array
  readonly connTo: Int32Array
  readonly connTurn: Uint8Array
  readonly laneOutStart: Int32Array
  readonly laneOut: Int32Array
  /** 1 where another path crosses the connection. */
  readonly connCrossed: Uint8Array
}

export function findRings(graph: LaneGraph): Rings {
  const { lanes, length, connFrom, connTo, connTurn, connCrossed } = graph
  const stripRing = new Int32Array(length.length).fill(-1)
  const found = components(graph).filter((ring) => ring.reduce((sum, lane) => sum + length[lane]!, 0) <= LONGEST_RING_M)
  const plain: number[] = []
  const strips: number[][] = []
  const entries: number[][] = found.map(() => [])
  found.forEach((ring, r) => {
    for (const lane of ring) stripRing[lane] = r
    plain.push(1)
    strips.push([...ring])
  })
  connFrom.forEach((from, c) => {
    const r = stripRing[connTo[c]!]!
    if (r < 0) return
    if (stripRing[from] !== r) entries[r]!.push(c)
    else if (connTurn[c] !== U_TURN) {
      stripRing[lanes + c] = r
      strips[r]!.push(lanes + c)
      if (connCrossed[c] === 1) plain[r] = 0
    }
  })
  const ringLength = Float64Array.from(strips, (list, r) => list.reduce((sum, s) => sum + (s < lanes || plain[r] === 1 ? length[s]! : 0), 0))
  const [rows, doors] = [compress(strips), compress(entries)]
  return { stripRing, ringLength, ringPlain: Uint8Array.from(plain), ringStripStart: rows.start, ringStrip: rows.list, ringEntryStart: doors.start, ringEntry: doors.list }
}

function compress(rows: number[][]): { start: Int32Array; list: Int32Array } {
  const start = new Int32Array(rows.length + 1)
  rows.forEach((row, i) => { start[i + 1] = start[i]! + row.length })
  return { start, list: Int32Array.from(rows.flat()) }
}

/** Strongly connected lanes of short links, more than one (Tarjan 1972, without recursion). */
function components({ lanes, length, connTo, connTurn, laneOutStart, laneOut }: LaneGraph): number[][] {
  const order = new Int32Array(lanes)
  const low = new Int32Array(lanes)
  const onStack = new Uint8Array(lanes)
  const next = laneOutStart.slice(0, lanes)
  const stack: number[] = []
  const found: number[][] = []
  const isShort = (lane: number): boolean => length[lane]! < SHORT_LINK_M
  let count = 0
  for (let root = 0; root < lanes; root++) {
    if (order[root] !== 0 || !isShort(root)) continue
    const path = [root]
    while (path.length > 0) {
      const lane = path.at(-1)!
      if (order[lane] === 0) {
        order[lane] = low[lane] = ++count
        onStack[lane] = 1
        stack.push(lane)
      }
      let deeper = -1
      while (deeper < 0 && next[lane]! < laneOutStart[lane + 1]!) {
        const c = laneOut[next[lane]!++]!
        const to = connTo[c]!
        if (connTurn[c] === U_TURN || !isShort(to)) continue
        if (order[to] === 0) deeper = to
        else if (onStack[to] === 1) low[lane] = Math.min(low[lane]!, order[to]!)
      }
      if (deeper >= 0) {
        path.push(deeper)
        continue
      }
      path.pop()
      const before = path.at(-1)
      if (before !== undefined) low[before] = Math.min(low[before]!, low[lane]!)
      if (low[lane] !== order[lane]) continue
      const ring = stack.splice(stack.indexOf(lane))
      for (const member of ring) onStack[member] = 0
      if (ring.length > 1) found.push(ring.sort((a, b) => a - b))
    }
  }
  return found
}
