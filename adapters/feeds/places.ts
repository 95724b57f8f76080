// From the coordinates of a record to scenario metres: metres of the scenario as they are, degrees through the declared datum
// and the scenario's projection.
import type { Metres } from '../../model/units.ts'
import { toWgs84 } from './datum.ts'
import type { FeedContext } from './feed.ts'
import { quantityOf } from './records.ts'

/** Why a place was not believed. */
export type PlaceFault = 'no-position' | 'position-zero' | 'position-out-of-bounds' | 'outside-network'

/** Outside the box of the network by more than this is nowhere near it. */
const FAR_M = 2000

type Position = 'x' | 'y' | 'lon' | 'lat'

/** Why no record of a source can be placed; undefined where its columns and the declarations do. */
export function faultOfPlaces({ datum, projection }: FeedContext, has: (column: Position) => boolean): string | undefined {
  const [metres, degrees] = [has('x') && has('y'), has('lon') && has('lat')]
  if (metres && (!degrees || datum === undefined || datum === 'scenario' || projection === undefined)) return undefined
  if (!degrees) return 'there are no columns of places: x and y, or lon and lat are needed'
  if (datum === undefined) return 'nobody declared the datum of its longitudes and latitudes; declare wgs84, gcj02 or bd09'
  if (datum === 'scenario') return 'its datum is declared as scenario metres, but it has only longitudes and latitudes'
  return projection === undefined ? 'the scenario has no projection, so its longitudes and latitudes have no place in it' : undefined
}

/** Places records of one source. */
export class Places {
  /** Why the last one was undefined. */
  fault: PlaceFault = 'no-position'
  readonly #context: FeedContext

  constructor(context: FeedContext) {
    this.#context = context
  }

  /** Degrees where they are there and can be used, else metres; undefined with a fault. */
  place(x: unknown, y: unknown, lon: unknown, lat: unknown): [x_m: Metres, y_m: Metres] | undefined {
    const { datum, projection } = this.#context
    this.fault = 'no-position'
    if (datum === undefined || datum === 'scenario' || projection === undefined || lon === undefined || lat === undefined) {
      const [x_m, y_m] = [quantityOf(x), quantityOf(y)]
      return x_m === undefined || y_m === undefined || !Number.isFinite(x_m + y_m) ? undefined : this.#within([x_m, y_m])
    }
    const [east, north] = [quantityOf(lon)!, quantityOf(lat)!]
    if (!Number.isFinite(east + north)) return undefined
    if (east === 0 && north === 0) this.fault = 'position-zero'
    else if (Math.abs(east) > 180 || Math.abs(north) > 90) this.fault = 'position-out-of-bounds'
    else {
      const place = projection.fromLonLat(...toWgs84(datum, east, north))
      if (Number.isFinite(place[0] + place[1])) return this.#within(place)
      this.fault = 'position-out-of-bounds'
    }
    return undefined
  }

  #within(place: [Metres, Metres]): [Metres, Metres] | undefined {
    const { bounds } = this.#context
    if (bounds === undefined) return place
    const [x, y] = place
    if (x >= bounds[0] - FAR_M && y >= bounds[1] - FAR_M && x <= bounds[2] + FAR_M && y <= bounds[3] + FAR_M) return place
    this.fault = 'outside-network'
    return undefined
  }
}
