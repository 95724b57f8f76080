// Where in the plane is a place on a lane or a connection? Along the drawing of the link, shifted to the lane, or along the
// drawing of the connection; without drawings along the straight line between nodes. Headings are degrees clockwise from north.
import { laneLines } from '../../model/lane-lines.ts'
import { metresAlong } from '../../model/lines.ts'
import type { Point } from '../../model/network.ts'
import type { PreparedNetwork } from '../prepare.ts'

interface Line {
  x: number[]
  y: number[]
  /** Metres from its start. */
  along: number[]
}

/** What `at` answers; filled anew by every call. */
export interface Place {
  x_m: number
  y_m: number
  heading_deg: number
}

export class Places {
  readonly place: Place = { x_m: 0, y_m: 0, heading_deg: 0 }
  readonly #p: PreparedNetwork
  readonly #lines: Line[]

  constructor(p: PreparedNetwork) {
    this.#p = p
    const lanes = laneLines(p.network).flat().map(lineOf)
    this.#lines = [...lanes, ...p.network.connections.map((connection, c) => {
      if (connection.shape_m !== undefined && connection.shape_m.length > 1) return lineOf(connection.shape_m)
      const [from, to] = [lanes[p.connFrom[c]!]!, lanes[p.connTo[c]!]!]
      return lineOf([[from.x.at(-1)!, from.y.at(-1)!], [to.x[0]!, to.y[0]!]])
    })]
  }

  /** A position on a strip, m from its start, in its own length. Drawings are stretched to that length. */
  at(strip: number, position_m: number): Place {
    const { x, y, along } = this.#lines[strip]!
    const total = along.at(-1)!
    const d = Math.min(Math.max(0, (position_m / this.#p.length[strip]!) * total), total)
    let i = 1
    while (i < along.length - 1 && along[i]! < d) i++
    const [dx, dy] = [x[i]! - x[i - 1]!, y[i]! - y[i - 1]!]
    const step = along[i]! - along[i - 1]!
    const share = step > 0 ? (d - along[i - 1]!) / step : 0
    this.place.x_m = x[i - 1]! + share * dx
    this.place.y_m = y[i - 1]! + share * dy
    this.place.heading_deg = ((Math.atan2(dx, dy) * 180) / Math.PI + 360) % 360
    return this.place
  }
}

const lineOf = (points: readonly Point[]): Line => ({ x: points.map((p) => p[0]), y: points.map((p) => p[1]), along: metresAlong(points) })
