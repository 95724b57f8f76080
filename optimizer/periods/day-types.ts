// Which kinds of days share a day of plans: Mondays to Sundays and holidays parted into types, exactly. Of every partition, how well a day is foretold
// by the mean of the other days of its type, all in square roots of counts, in which chance has the same size at any volume (Bartlett 1936). A day has
// no part in its own mean, so that small types pay for their few days; and as many partitions are open, more types must win by more than chance makes.
import { bestPartitions, memberships, type Partition } from './partitions.ts'

/** ISO weekday, 1 = Monday, or a holiday, whatever its weekday. */
export type DayKind = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 'holiday'

export const DAY_KINDS: readonly DayKind[] = [1, 2, 3, 4, 5, 6, 7, 'holiday']

export interface CountedDay {
  kind: DayKind
  /** Vehicles by slot of the day, by detector or movement; null where nothing was counted. Slots of all days are equally long. */
  counts: ReadonlyMap<string, readonly (number | null)[]>
}

export interface DayTypeFound {
  /** In order of the week. */
  kinds: DayKind[]
  /** Counted, of all its kinds. */
  days: number
  /** Those of its kinds that are in it by convention, because fewer than two of their days were counted. */
  assumed: DayKind[]
}

export interface DayTypeCount {
  types: number
  /** Mean over days of the squared error of the square root of a count, foretold by other days of the type; chance alone makes 0.25 and more. */
  error: number
  /** How much lower the error of one type is, and the standard error of that over days. */
  gain: number
  gain_error: number
}

export interface DayTypesFound {
  /** The most days first. Every kind is in one of them. */
  types: DayTypeFound[]
  /** For each number of types, as far as the counts can tell them apart; empty where they cannot. */
  curve: DayTypeCount[]
  /** Kinds that were taken together because most of them were counted on one day only. */
  pooled: DayKind[][]
}

/** Kinds where a kind without two days of its own belongs, the nearest first. */
const NEIGHBOURS: ReadonlyMap<DayKind, readonly DayKind[]> = new Map<DayKind, readonly DayKind[]>([[6, [7, 'holiday']], [7, [6, 'holiday']], ['holiday', [7, 6]]])
const WORKDAYS: readonly DayKind[] = [1, 2, 3, 4, 5]
const FREE_DAYS: readonly DayKind[] = [6, 7, 'holiday']

/**
 * The best partition into the fewest types whose error the best number of types does not undercut by more than the standard error over days of the
 * difference (the rule of one standard error: Breiman, Friedman, Olshen and Stone 1984). A kind takes part with at least
 * two counted days; others go where convention puts them. Days on which nothing was counted are passed over.
 */
export function findDayTypes(days: readonly CountedDay[]): DayTypesFound {
  const told = days.filter(({ counts }) => [...counts.values()].some((series) => series.some((count) => count !== null)))
  const { units, pooled } = unitsOf(told)
  const unitOf = new Map(units.flatMap((unit, u) => unit.map((kind) => [kind, u] as const)))
  const used = told.filter(({ kind }) => unitOf.has(kind))
  const daysOf = (kinds: readonly DayKind[]): number => told.filter(({ kind }) => kinds.includes(kind)).length
  if (units.length < 2) return { types: typesOf([units.flat()], daysOf), curve: [], pooled }
  const cells = new CountCells(used, used.map(({ kind }) => unitOf.get(kind)!), units.length)
  const partitions = bestPartitions(cells.costs(), units.length)
  const errors = cells.errorsOfDays(partitions)
  if (errors[0]!.length === 0) return { types: typesOf([units.flat()], daysOf), curve: [], pooled }
  const curve = errors.map((own, i) => ({ types: i + 1, error: mean(own), ...gainOf(errors[0]!, own) }))
  const least = curve.reduce((a, b) => (b.error < a.error ? b : a))
  const chosen = curve.find(({ types }) => {
    const { gain, gain_error } = gainOf(errors[types - 1]!, errors[least.types - 1]!)
    return gain <= gain_error
  })!
  const partition = partitions[chosen.types - 1]!
  return { types: typesOf(partition.blocks.map((block) => memberships(block).flatMap((u) => units[u]!)), daysOf), curve, pooled }
}

/** What is placed as a whole: kinds with two days of their own, and the thin ones of workdays or of free days together where they have two. */
function unitsOf(days: readonly CountedDay[]): { units: DayKind[][]; pooled: DayKind[][] } {
  const count = (kind: DayKind): number => days.filter((day) => day.kind === kind).length
  const rich = DAY_KINDS.filter((kind) => count(kind) >= 2).map((kind) => [kind])
  const pooled = [WORKDAYS, FREE_DAYS].map((family) => family.filter((kind) => count(kind) === 1)).filter((kinds) => kinds.length >= 2)
  return { units: [...rich, ...pooled], pooled }
}

/** The rest of the kinds joined to the groups. */
function typesOf(groups: readonly (readonly DayKind[])[], daysOf: (kinds: readonly DayKind[]) => number): DayTypeFound[] {
  const types = groups.map((kinds) => ({ kinds: [...kinds], assumed: [] as DayKind[] }))
  const most = [...types].sort((a, b) => daysOf(b.kinds) - daysOf(a.kinds))
  const placed = new Map(types.flatMap((type) => type.kinds.map((kind) => [kind, type] as const)))
  for (const kind of DAY_KINDS) {
    if (placed.has(kind)) continue
    const neighbour = NEIGHBOURS.get(kind)?.find((other) => placed.has(other))
    const workdays = most.map((type) => ({ type, days: daysOf(type.kinds.filter((other) => WORKDAYS.includes(other))) }))
    const own = neighbour !== undefined ? placed.get(neighbour)! : NEIGHBOURS.has(kind) ? most[0]! : workdays.reduce((a, b) => (b.days > a.days ? b : a)).type
    own.assumed.push(kind)
  }
  const order = (kinds: readonly DayKind[]): DayKind[] => DAY_KINDS.filter((kind) => kinds.includes(kind))
  return types.map(({ kinds, assumed }) => ({ kinds: order([...kinds, ...assumed]), days: daysOf([...kinds, ...assumed]), assumed: order(assumed) }))
    .sort((a, b) => b.days - a.days || DAY_KINDS.indexOf(a.kinds[0]!) - DAY_KINDS.indexOf(b.kinds[0]!))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** How much lower `to` is than `from`, day by day. */
function gainOf(from: readonly number[], to: readonly number[]): { gain: number; gain_error: number } {
  const differences = from.map((error, i) => error - to[i]!)
  const gain = mean(differences)
  const squares = differences.reduce((sum, each) => sum + (each - gain) ** 2, 0)
  return { gain, gain_error: differences.length < 2 ? 0 : Math.sqrt(squares / (differences.length - 1) / differences.length) }
}

/** Square roots of counts, cell by cell (detector and slot), and what groups of units cost on them. */
class CountCells {
  private readonly roots: Float64Array[]
  private readonly unit: readonly number[]
  private readonly units: number
  private readonly cells: number

  constructor(days: readonly CountedDay[], unit: readonly number[], units: number) {
    const slots = new Map<string, number>()
    for (const { counts } of days) for (const [key, series] of counts) slots.set(key, Math.max(slots.get(key) ?? 0, series.length))
    this.cells = [...slots.values()].reduce((a, b) => a + b, 0)
    this.unit = unit
    this.units = units
    this.roots = days.map(({ counts }) => {
      const roots = new Float64Array(this.cells).fill(Number.NaN)
      let at = 0
      for (const [key, length] of slots) {
        counts.get(key)?.forEach((count, slot) => { if (count !== null) roots[at + slot] = Math.sqrt(count) })
        at += length
      }
      return roots
    })
  }

  /**
   * Squared error of each set of units (by its bits) over its days, each cell foretold by the mean of the set's other days; by that of all other days
   * where the set has no other. Cells that only one day tells are passed over.
   */
  costs(): Float64Array {
    const sets = 2 ** this.units
    const costs = new Float64Array(sets)
    const [n, sum, square] = [new Float64Array(sets), new Float64Array(sets), new Float64Array(sets)]
    for (let cell = 0; cell < this.cells; cell++) {
      n.fill(0)
      sum.fill(0)
      square.fill(0)
      this.roots.forEach((roots, day) => {
        const root = roots[cell]!
        if (Number.isNaN(root)) return
        const own = 1 << this.unit[day]!
        n[own]! += 1
        sum[own]! += root
        square[own]! += root * root
      })
      for (let set = 1; set < sets; set++) {
        const first = set & -set
        if (first === set) continue
        n[set] = n[first]! + n[set ^ first]!
        sum[set] = sum[first]! + sum[set ^ first]!
        square[set] = square[first]! + square[set ^ first]!
      }
      const [all, total] = [n[sets - 1]!, sum[sets - 1]!]
      for (let set = 1; set < sets; set++) {
        const [count, own] = [n[set]!, sum[set]!]
        // A day's distance from the mean of the others is n / (n - 1) of that from the mean of all.
        if (count >= 2) costs[set]! += (count / (count - 1)) ** 2 * Math.max(0, square[set]! - (own * own) / count)
        else if (count === 1 && all >= 2) costs[set]! += (own - (total - own) / (all - 1)) ** 2
      }
    }
    return costs
  }

  /** By partition, then day: mean squared error of its cells. Days that share no cell with another are left out. */
  errorsOfDays(partitions: readonly Partition[]): number[][] {
    const errors: number[][] = partitions.map(() => [])
    this.roots.forEach((_roots, day) => {
      const own = partitions.map((partition) => this.errorOf(day, partition))
      if (own.every((error) => error !== undefined)) own.forEach((error, i) => errors[i]!.push(error))
    })
    return errors
  }

  private errorOf(day: number, { blocks }: Partition): number | undefined {
    const block = blocks.find((set) => (set >> this.unit[day]!) & 1)!
    const others = this.roots.map((roots, other) => ({ roots, same: ((block >> this.unit[other]!) & 1) === 1 })).filter((_each, other) => other !== day)
    let [squares, cells] = [0, 0]
    for (let cell = 0; cell < this.cells; cell++) {
      const root = this.roots[day]![cell]!
      if (Number.isNaN(root)) continue
      let [n, sum, all, total] = [0, 0, 0, 0]
      for (const { roots, same } of others) {
        const known = roots[cell]!
        if (Number.isNaN(known)) continue
        all++
        total += known
        if (same) {
          n++
          sum += known
        }
      }
      if (all === 0) continue
      squares += (root - (n > 0 ? sum / n : total / all)) ** 2
      cells++
    }
    return cells === 0 ? undefined : squares / cells
  }
}
