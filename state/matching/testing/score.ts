// How right a match is, against the truth of every fix (traffic-state measures of Newson and Krumm 2009 and by fix).
import type { MatchedFix } from '../matched-fix.ts'
import { WITHHELD_BELOW } from '../emitter.ts'

/** Truth of one fix; inside a junction `link` is the link before and `next` the link after, else `next` is -1. */
export interface Truth { link: number; next: number }

export interface TraceTruth {
  fixes: ReadonlyMap<number, Truth>
  /** Links in the order driven, from the first fix to the last. */
  route: readonly number[]
}

export interface Score {
  fixes: number
  /** On the true directed link; inside a junction either of its links counts. */
  right: number
  unmatched: number
  /** Of fixes on links that have another carriageway beside them. */
  beside: number
  besideRight: number
  besideWithheld: number
  true_m: number
  added_m: number
  missed_m: number
  turns: number
  turnsRight: number
}

export const emptyScore = (): Score => ({ fixes: 0, right: 0, unmatched: 0, beside: 0, besideRight: 0, besideWithheld: 0, true_m: 0, added_m: 0, missed_m: 0, turns: 0, turnsRight: 0 })

/** Adds one vehicle. `matched` in order of time. */
export function addTrace(score: Score, truth: TraceTruth, matched: readonly MatchedFix[], length_m: (link: number) => number, hasBeside: (link: number) => boolean): void {
  score.fixes += truth.fixes.size
  score.unmatched += truth.fixes.size - matched.length
  const route: number[] = []
  for (const fix of matched) {
    const fact = truth.fixes.get(fix.time_s)
    if (fact !== undefined) {
      const right = fix.link === fact.link || fix.link === fact.next
      if (right) score.right++
      if (hasBeside(fact.link) && fact.next < 0) {
        score.beside++
        if (fix.posterior < WITHHELD_BELOW) score.besideWithheld++
        else if (right) score.besideRight++
      }
    }
    if (fix.first && fix.link !== route.at(-1)) route.push(fix.link)
    route.push(...fix.route)
  }
  const [first, last] = [matched[0], matched.at(-1)]
  if (first === undefined || last === undefined) return addRoute(score, truth.route, route, length_m, 0)
  // Of the first and the last link only a part was driven.
  const undriven = Math.min(length_m(first.link), first.position_m) * unless(truth.route, first.link) + Math.max(0, length_m(last.link) - last.position_m) * unless(truth.route, last.link)
  addRoute(score, truth.route, route, length_m, undriven)
}

/** 1 where the true route does not have the link. */
const unless = (route: readonly number[], link: number): number => Number(!route.includes(link))

/** Lengths of links that only one of the two routes has, and turns that the match has too. The first and the last link of a trip are driven in part only: they are not asked for, nor held against the match. */
function addRoute(score: Score, truth: readonly number[], found: readonly number[], length_m: (link: number) => number, undriven_m: number): void {
  score.added_m -= undriven_m
  const count = <T>(items: readonly T[]): Map<T, number> => items.reduce((map, item) => map.set(item, (map.get(item) ?? 0) + 1), new Map<T, number>())
  const [a, b] = [count(truth), count(found)]
  for (const [link, n] of count(truth.slice(1, -1))) {
    score.true_m += n * length_m(link)
    score.missed_m += Math.max(0, n - (b.get(link) ?? 0)) * length_m(link)
  }
  for (const [link, n] of b) score.added_m += Math.max(0, n - (a.get(link) ?? 0)) * length_m(link)
  const pairs = (route: readonly number[]): string[] => route.slice(1).map((link, i) => `${route[i]} ${link}`)
  const have = count(pairs(found))
  for (const [pair, n] of count(pairs(truth))) {
    score.turns += n
    score.turnsRight += Math.min(n, have.get(pair) ?? 0)
  }
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole)

export interface Shares { edge: number; mismatch: number; turn: number; beside: number; withheld: number; unmatched: number }

export function sharesOf(score: Score): Shares {
  return {
    edge: share(score.right, score.fixes), mismatch: share(score.added_m + score.missed_m, score.true_m), turn: share(score.turnsRight, score.turns),
    beside: share(score.besideRight, score.beside - score.besideWithheld), withheld: share(score.besideWithheld, score.beside), unmatched: share(score.unmatched, score.fixes),
  }
}
