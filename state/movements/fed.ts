// Which links are fed by a signal near enough to send platoons.
import type { Network } from '../../model/network.ts'
import type { Metres } from '../../model/units.ts'

/** Platoons have spread by then (Robertson 1969: dispersion over travel times of a minute and more leaves little). */
const FARTHEST_M: Metres = 1000

/** By index of link: true where somebody may come from a signal within 1,000 m. */
export function fedLinks({ links, movements }: Network): boolean[] {
  const index = new Map(links.map(({ id }, l) => [id, l]))
  const into = links.map((): { from: number; signal: boolean }[] => [])
  for (const { from, to, signal } of movements) into[index.get(to)!]!.push({ from: index.get(from)!, signal: signal !== undefined })
  return links.map((_, l) => {
    const nearest = new Map<number, number>([[l, 0]])
    const open = [l]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const start = nearest.get(at)! + links[at]!.length_m
      for (const { from, signal } of start > FARTHEST_M ? [] : into[at]!) {
        if (signal) return true
        if (start >= (nearest.get(from) ?? Infinity)) continue
        nearest.set(from, start)
        open.push(from)
      }
    }
    return false
  })
}
