import { describe, expect, it } from 'vitest'
import { assistMeans, expectedOf, slopesOf, type Arrivals } from './assisted.ts'
import { cyclePlace, evenPlace } from './cycle-place.ts'
import { CYCLE_S, fixedClock, uniform } from './testing.ts'

const GREEN_S = 40
const COUNT = 30
const clock = fixedClock(Array.from({ length: COUNT }, () => GREEN_S))
const EVEN = evenPlace({ start_s: 0, end_s: GREEN_S, next_s: CYCLE_S })

const RED_SHARE = 1 - (GREEN_S + 3) / CYCLE_S
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
const rms = (values: readonly number[]): number => Math.sqrt(mean(values.map((x) => x * x)))

/** Thirty movements whose vehicles come at `phase(u)` of the cycle; others of the link come at the same times in the cycle. */
function arrivalsOf(phase: (movement: number, u: number) => number, seen: number, others: number, seed: number, fed = true): { all: Arrivals[]; delays: number[][] } {
  const draw = uniform(seed)
  const place = (movement: number): ReturnType<typeof cyclePlace> => cyclePlace(clock, movement, phase(movement, draw()))
  const all = Array.from({ length: COUNT }, (_, m): Arrivals => ({ places: Array.from({ length: seen }, () => place(m)), others: Array.from({ length: others }, () => place(m)), even: EVEN, fed, share: 0 }))
  return { all, delays: all.map(({ places }) => places.map(([red, wait_s]) => 3 * red + 0.9 * wait_s + 4 * draw())) }
}

const redOf = (all: readonly Arrivals[]): { value: number; variance: number; own: number }[] => expectedOf(all, () => [1, 0, 0]).map((one) => one!)
const everyTime = (_: number, u: number): number => u * CYCLE_S
/** All within 30 s, each movement at a time of its own. */
const platoons = (movement: number, u: number): number => ((movement * 37) % CYCLE_S + 30 * u) % CYCLE_S
const truePlatoon = (movement: number): number => mean(Array.from({ length: 3000 }, (_, k) => cyclePlace(clock, movement, platoons(movement, (k + 0.5) / 3000))[0]))

describe('arrivals of all, by the arrivals of a few', () => {
  it('where vehicles come at any time, the share on red is known far better than from few of them', () => {
    const red = redOf(arrivalsOf(everyTime, 25, 0, 1, false).all)
    expect(rms(red.map(({ value }) => value - RED_SHARE))).toBeLessThan(0.5 * rms(red.map(({ own }) => own - RED_SHARE)))
  })

  it('others on the link help where they come in the same platoons, though the platoons are nothing like even', () => {
    const { all } = arrivalsOf(platoons, 12, 150, 2)
    const red = redOf(all)
    const error = (pick: (one: { value: number; own: number }) => number): number => rms(red.map((one, m) => pick(one) - truePlatoon(m)))
    expect(error(({ value }) => value)).toBeLessThan(0.7 * error(({ own }) => own))
  })

  it('where movements have platoons of their own and no others, hardly anything is moved', () => {
    const red = redOf(arrivalsOf(platoons, 40, 0, 3).all)
    const error = (pick: (one: { value: number; own: number }) => number): number => rms(red.map((one, m) => pick(one) - truePlatoon(m)))
    expect(error(({ value }) => value)).toBeLessThan(1.1 * error(({ own }) => own))
  })

  it('one that is unlike its likes is moved by at most one and a half standard errors', () => {
    const { all } = arrivalsOf((m, u) => (m === 0 ? 60 + 30 * u : u * CYCLE_S), 60, 0, 4, false)
    const red = redOf(all)[0]!
    expect(red.own).toBe(1)
    expect(red.value).toBeGreaterThan(1 - 1.6 * Math.sqrt(RED_SHARE * (1 - RED_SHARE) / 60))
  })

  it('errors are within what is said of them', () => {
    const off = Array.from({ length: 20 }, (_, k) => redOf(arrivalsOf(everyTime, 25, 60, 50 + k).all).map(({ value, variance }) => (value - RED_SHARE) / Math.sqrt(variance))).flat()
    const held = mean(off.map((x) => Number(Math.abs(x) < 1.645)))
    expect(held).toBeGreaterThan(0.86)
  })

  it('nothing is said where greens are not known', () => {
    expect(expectedOf([undefined], () => [1, 0, 0])).toEqual([undefined])
  })
})

describe('means of delay, helped by arrivals', () => {
  const truth = 3 * RED_SHARE + 0.9 * EVEN.mean[1] + 2

  it('are nearer the truth than plain means', () => {
    const { all, delays } = arrivalsOf(everyTime, 25, 0, 6, false)
    const sums = assistMeans(delays, all, [all.map((_, i) => i)])
    expect(rms(sums.map((sum) => sum.mean - truth))).toBeLessThan(0.5 * rms(delays.map((list) => mean(list) - truth)))
  })

  it('hang on the wait as most movements show, not as one whose delays differ by minutes does', () => {
    const { all, delays } = arrivalsOf(everyTime, 40, 0, 8, false)
    const jammed = delays[0]!.map((_, i) => 300 * ((i * 7) % 11) + 5 * all[0]!.places[i]![1])
    const slopes = slopesOf(all.map(({ places }, m) => ({ places, values: m === 0 ? jammed : delays[m]! })))!
    expect(slopes[1]).toBeCloseTo(0.9, 1)
  })

  it('are the plain means where greens are not known', () => {
    const { delays } = arrivalsOf(everyTime, 25, 0, 7)
    expect(assistMeans(delays, delays.map(() => undefined), []).map((sum) => sum.mean)).toEqual(delays.map(mean))
  })
})

describe('places in the cycle', () => {
  it('have the means of a cycle in which every instant is as likely', () => {
    const places = Array.from({ length: 20_000 }, (_, k) => cyclePlace(clock, 0, ((k + 0.5) / 20_000) * CYCLE_S))
    for (const k of [0, 1, 2] as const) expect(mean(places.map((place) => place[k]))).toBeCloseTo(EVEN.mean[k], 2)
    const squares = [[0, 0], [0, 1], [1, 1], [2, 2]] as const
    squares.forEach(([a, b], k) => expect(mean(places.map((place) => place[a] * place[b]))).toBeCloseTo(EVEN.square[k]!, 0))
  })
})
