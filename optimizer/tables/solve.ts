/** Offsets on tables with a certified bound: exact elimination, then search and bound in turns until they meet. */
import { BoundHalf, isNearEnough, joinHalves, reduceTables, SearchHalf } from './halves.ts'
import type { OffsetAnswer, OffsetOptions, OffsetTables } from './problem.ts'
import { Balance } from './balance.ts'

const DEFAULT_ROUNDS = 40

/**
 * Minimises the sum of the tables. The answer holds the offsets, their cost and a bound with the certificate that
 * `checkOffsets` adds up. Throws `input.value` for tables that are no tables. The same input and effort give the same answer.
 */
export function solveOffsets(tables: OffsetTables, options: OffsetOptions = {}): OffsetAnswer {
  const reduced = reduceTables(tables)
  const lower = new BoundHalf(reduced)
  const search = new SearchHalf(reduced, options)
  const rounds = options.rounds ?? (options.goOn ? Infinity : DEFAULT_ROUNDS)
  const goOn = options.goOn ?? ((): boolean => true)
  const balance = new Balance()
  for (let round = 0; !isNearEnough(search.value, lower.bound, options) && round < rounds && goOn(); round++) {
    const { bound } = lower
    lower.step(search.value, goOn)
    balance.noteBound(lower.bound - bound, lower.work)
    const { value, work } = search
    search.follow(lower.guides)
    const until = work + balance.workOfSearch()
    while (search.work < until && !isNearEnough(search.value, lower.bound, options) && goOn()) search.step()
    balance.noteSearch(value - search.value, search.work - work)
  }
  return joinHalves(tables, search.offsets(), { bound: lower.bound, certificate: lower.certificate() }, options.tolerance)
}
