// What is proven of the offsets of a network: all its tables together, those inside areas with the solver's bound, those between areas with
// their least. Bounds are those of the independent checker and of plain sums here.
import { modulo } from '../../model/units.ts'
import { checkOffsets, type OffsetTables, solveOffsets } from '../tables/index.ts'
import type { BorderTable } from './borders.ts'

/** Tables inside an area; `members[k]` is signal k of them at the network. */
export interface AreaTables {
  members: readonly number[]
  tables: OffsetTables
}

export interface NetworkTables {
  areas: readonly AreaTables[]
  borders: readonly BorderTable[]
}

/** What the offsets cost in tables, and what no offsets cost less than. */
export interface TableProof {
  value: number
  bound: number
}

export interface NetworkProof extends TableProof {
  /** In the order of the areas. */
  areas: TableProof[]
  borders: TableProof
  /** Of least cost inside the areas as far as was found, by signal, and what they cost in all tables. */
  best_offsets_s: number[]
  best_value: number
}

export interface ProofEffort {
  /** Of the solver, for each area. */
  rounds: number
  goOn?: () => boolean
}

/**
 * In: whole-second offsets by the number of the signal at the network. Out: what they cost in all tables, and a bound that holds for all whole-second
 * offsets of all signals at once: an area's is least for itself, and so is each pair of signals across a border. Throws
 * band.unconfirmed where the checker does not confirm the solver.
 */
export function proveNetwork({ areas, borders }: NetworkTables, offsets_s: ArrayLike<number>, effort: ProofEffort): NetworkProof {
  const own = areas.map((area) => proveArea(area, offsets_s, effort))
  const between = proveBorders(borders, offsets_s)
  const sum = (of: (proof: TableProof) => number): number => own.reduce((all, proof) => all + of(proof), of(between))
  const best_offsets_s = Array.from(offsets_s)
  areas.forEach(({ members }, k) => members.forEach((i, at) => { best_offsets_s[i] = own[k]?.best_offsets_s[at] as number }))
  const best_value = own.reduce((all, { best_value: least }) => all + least, proveBorders(borders, best_offsets_s).value)
  return { areas: own.map(({ value, bound }) => ({ value, bound })), borders: between, value: sum(({ value }) => value), bound: sum(({ bound }) => bound), best_offsets_s, best_value }
}

function proveArea({ members, tables }: AreaTables, offsets_s: ArrayLike<number>, { rounds, goOn }: ProofEffort): TableProof & { best_offsets_s: ArrayLike<number>; best_value: number } {
  const own = members.map((i) => modulo(offsets_s[i] as number, tables.cycle_s))
  const value = tables.edges.reduce((sum, { from, to, cost }) => sum + (cost[modulo((own[to] as number) - (own[from] as number), tables.cycle_s)] as number), 0)
  if (tables.edges.length === 0) return { value, bound: value, best_offsets_s: own, best_value: value }
  const answer = solveOffsets(tables, { starts: [own], rounds, ...(goOn === undefined ? {} : { goOn }) })
  const { value: best_value, bound } = checkOffsets(tables, answer)
  return { value, bound: Math.min(value, bound), best_offsets_s: answer.offsets_s, best_value }
}

/** Both ways between two signals are one table: they cannot both be at their least. */
function proveBorders(borders: readonly BorderTable[], offsets_s: ArrayLike<number>): TableProof {
  const pairs = new Map<string, Float64Array>()
  let value = 0
  for (const { from, to, period_s, cost } of borders) {
    value += cost[modulo((offsets_s[to] as number) - (offsets_s[from] as number), period_s)] as number
    const key = `${Math.min(from, to)} ${Math.max(from, to)}`
    const pair = pairs.get(key) ?? new Float64Array(period_s)
    for (let phi = 0; phi < period_s; phi++) pair[phi] = (pair[phi] as number) + (cost[from < to ? phi : modulo(-phi, period_s)] as number)
    pairs.set(key, pair)
  }
  const bound = [...pairs.values()].reduce((sum, pair) => sum + pair.reduce((a, b) => Math.min(a, b)), 0)
  return { value, bound: Math.min(value, bound) }
}
