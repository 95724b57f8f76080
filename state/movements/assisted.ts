// What a few vehicles say of all, helped by what is known of when all arrive. Most of the scatter of delay is chance of the
// arrival in the cycle: who comes on red waits. A mean of delays is therefore corrected by how far its vehicles' places in the
// cycle are off those of all (generalised regression estimator: Cassel, Sarndal and Wretman 1976). The places of all are
// known better than from the movement's own vehicles: others on the same link arrive with the same platoons, and where no
// signal is near every instant is as likely. How alike they are is estimated from all movements (empirical Bayes); where they
// are not, nothing is moved, and a wrong regression moves nothing by itself.
import { spreadAbout } from './ensemble.ts'
import type { CyclePlace, EvenPlace } from './cycle-place.ts'
import { SPREAD_WORTH, sumsOf, type Sums } from './intervals.ts'
import type { Group } from './pooled.ts'

export interface Arrivals {
  /** Of each of its vehicles. */
  places: readonly CyclePlace[]
  /** Of other vehicles on its link, by its own greens. */
  others: readonly CyclePlace[]
  even: EvenPlace
  /** A signal near upstream. */
  fed: boolean
  /** Share of the movement's vehicles that were seen. */
  share: number
}

/** Coefficients of red, wait and early. */
export type Slopes = readonly [number, number, number]

/** Mean over all vehicles of slopes times places, with the square of its error; own: that of the vehicles seen. */
export interface Expected {
  own: number
  value: number
  variance: number
}

/** Fewer arrivals of either kind, or fewer movements, are no ground. */
const LEAST_ARRIVALS = 5
const LEAST_MOVEMENTS = 6
/** As a share of the standard deviation over a cycle: where they seem all alike, they are not quite; nor are places quite those of arrivals. */
const LEAST_SPREAD = 0.02 ** 2
/** Standard errors that a figure is moved at most: see `drawTogether`. */
const FARTHEST = 1.5

const dot = ([a, b, c]: Slopes, [x, y, z]: CyclePlace): number => a * x + b * y + c * z

/** Of `values`, one of each vehicle by movement, in the order of its places; corrected where that helps. */
export function assistMeans(values: readonly (readonly number[])[], all: readonly (Arrivals | undefined)[], groups: readonly Group[]): Sums[] {
  const slopes = new Map<number, Slopes | undefined>()
  for (const group of groups) {
    const known = group.filter((i) => all[i] !== undefined)
    const common = slopesOf(known.map((i) => ({ places: all[i]!.places, values: values[i]! })))
    for (const i of known) slopes.set(i, common)
  }
  const expected = expectedOf(all, (i) => slopes.get(i))
  return values.map((list, i) => {
    const [by, of] = [slopes.get(i), expected[i]]
    if (by === undefined || of === undefined) return sumsOf(list)
    const rest = sumsOf(list.map((value, k) => value - dot(by, all[i]!.places[k]!)))
    return { ...rest, mean: rest.mean + of.value, extra: of.variance }
  })
}

/** One for each movement; undefined where greens were not known throughout. */
export function expectedOf(all: readonly (Arrivals | undefined)[], slopes: (index: number) => Slopes | undefined): (Expected | undefined)[] {
  const items = all.flatMap((arrivals, index) => {
    const by = slopes(index)
    return arrivals === undefined || by === undefined ? [] : [itemOf(index, arrivals, by)]
  }).filter(({ scale, n }) => scale > 0 && n > 0)
  const joined = [true, false].flatMap((fed) => {
    const of = items.filter((item) => item.fed === fed)
    const pairs = of.filter(({ n, m }) => n >= LEAST_ARRIVALS && m >= LEAST_ARRIVALS)
    const apart = likeness(pairs.map(({ mean, other, scale, variance, n, m, share }) => ({ ratio: (mean - other) / scale, variance: (variance * (1 - share) * (1 / n + 1 / m)) / scale ** 2 })))
    const own = of.map((item) => joinOthers(item, apart))
    const like = likeness(own.map(({ mean, even, scale, squared }) => ({ ratio: (mean - even) / scale, variance: squared / scale ** 2 })))
    return own.map((item) => ({ ...item, like }))
  })
  const expected = all.map((): Expected | undefined => undefined)
  for (const { index, own, mean, even, scale, squared, inner, like } of joined) expected[index] = { own, ...draw(mean, squared, even, like.spread * scale ** 2 + inner, 0, like.count) }
  return expected
}

interface Likeness { spread: number; count: number }

/** Movements that are fed by signals, and those that are not, are alike each among themselves. */
function likeness(ratios: readonly { ratio: number; variance: number }[]): Likeness {
  return { count: ratios.length, spread: ratios.length < LEAST_MOVEMENTS ? Infinity : Math.max(LEAST_SPREAD, spreadAbout(ratios)) }
}

interface Item { index: number; mean: number; n: number; other: number; m: number; even: number; variance: number; scale: number; fed: boolean; share: number }

function itemOf(index: number, { places, others, even, fed, share }: Arrivals, slopes: Slopes): Item {
  const values = places.map((place) => dot(slopes, place))
  const [n, m] = [values.length, others.length]
  const mean = values.reduce((sum, x) => sum + x, 0) / n
  const other = others.reduce((sum, place) => sum + dot(slopes, place), 0) / m
  const [a, b, c] = slopes
  const [rr, rw, ww, ee] = even.square
  const middle = dot(slopes, even.mean)
  const whole = Math.max(0, a * a * rr + 2 * a * b * rw + b * b * ww + c * c * ee - middle * middle)
  const variance = (values.reduce((sum, x) => sum + (x - mean) ** 2, 0) + SPREAD_WORTH * whole) / (Math.max(0, n - 1) + SPREAD_WORTH)
  return { index, mean, n, other, m, even: middle, variance, scale: Math.sqrt(whole), fed, share }
}

/** Own and others' mean, by how alike movements of a link are. `inner`: what the finite number of all vehicles is off its law. */
function joinOthers(item: Item, { spread, count }: Likeness): Item & { own: number; squared: number; inner: number } {
  const { mean, n, other, m, variance, scale, share } = item
  const own = ((1 - share) * variance) / n
  const inner = (share * variance) / n
  const joined = m < LEAST_ARRIVALS || spread === Infinity ? { value: mean, variance: own } : draw(mean, own, other, spread * scale ** 2 + inner, variance / m, count)
  return { ...item, own: mean, mean: joined.value, squared: joined.variance, inner }
}

/**
 * To a prior, by its spread over `count` movements and its own error. Who is farther off than chance is moved no more, and is no
 * surer for it. How alike they are is itself uncertain, which matters the more the farther it was moved (Morris 1983).
 */
function draw(value: number, variance: number, prior: number, spread: number, error: number, count: number): { value: number; variance: number } {
  if (spread === Infinity || !(variance > 0)) return { value, variance }
  const own = (spread + error) / (spread + error + variance)
  const way = (1 - own) * (prior - value)
  const most = FARTHEST * Math.sqrt(variance)
  if (Math.abs(way) > most) return { value: value + Math.sign(way) * most, variance }
  return { value: value + way, variance: own * variance + (2 / (count - 3)) * way * way }
}

/** Values that the spread of its likes is worth in a movement's weight. */
const WEIGHT_WORTH = 3

/**
 * Least squares within movements, all of a kind together, each by how sure its values are: one that is over capacity, where
 * delays differ by minutes from cycle to cycle, says little of the others. Undefined where they do not determine it.
 */
export function slopesOf(movements: readonly { places: readonly CyclePlace[]; values: readonly number[] }[]): Slopes | undefined {
  const left = [[0, 0, 0], [0, 0, 0], [0, 0, 0]] as [number, number, number][]
  const right = [0, 0, 0]
  const spreads = movements.map(({ values }) => (values.length < 2 ? Number.NaN : sumsOf(values).variance))
  const usual = median(spreads.filter((spread) => spread > 0))
  let n = 0
  movements.forEach(({ places, values }, m) => {
    const count = values.length
    if (count < 2) return
    const weight = (count - 1 + WEIGHT_WORTH) / ((count - 1) * spreads[m]! + WEIGHT_WORTH * usual)
    const middle = [0, 1, 2].map((k) => places.reduce((sum, place) => sum + place[k]!, 0) / count)
    const mean = values.reduce((sum, x) => sum + x, 0) / count
    places.forEach((place, i) => {
      for (let a = 0; a < 3; a++) {
        right[a]! += weight * (place[a]! - middle[a]!) * (values[i]! - mean)
        for (let b = 0; b < 3; b++) left[a]![b]! += weight * (place[a]! - middle[a]!) * (place[b]! - middle[b]!)
      }
    })
    n += count - 1
  })
  return n < 3 * LEAST_ARRIVALS ? undefined : solve(left, right)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 1

/** Three equations by Cramer's rule, with a trace of ridge. */
function solve(m: [number, number, number][], right: number[]): Slopes | undefined {
  m.forEach((row, a) => { row[a]! *= 1 + 1e-6 })
  const minor = (columns: readonly (readonly number[])[]): number => {
    const [a, b, c] = columns as [number[], number[], number[]]
    return a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) - b[0]! * (a[1]! * c[2]! - a[2]! * c[1]!) + c[0]! * (a[1]! * b[2]! - a[2]! * b[1]!)
  }
  const columns = [0, 1, 2].map((k) => m.map((row) => row[k]!))
  const whole = minor(columns)
  if (!(Math.abs(whole) > 1e-9 * m.reduce((product, row, a) => product * Math.max(row[a]!, 1e-12), 1))) return undefined
  const [a, b, c] = [0, 1, 2].map((k) => minor(columns.map((column, j) => (j === k ? right : column))) / whole)
  return [a!, b!, c!]
}
