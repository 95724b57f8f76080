/**
 * Link bands by prices: boxes of z, best bound first. In each box subgradient steps lower the bound (bound.ts), the paths
 * they pass give plans (lines.ts), and a box falls when its bound does not exceed the best plan. Wide boxes get coarse
 * circles, halves inherit the prices of the whole. Boxes that are worked on a second time get prices by arcs (arc-prices.ts).
 * What is still open soon after the first boxes goes to a general solver where there is one (rest.ts).
 */
import { GreenwaveError } from '../../model/errors.ts'
import { ArcBound } from './arc-bound.ts'
import { ArcPrices } from './arc-prices.ts'
import { type AnglePath, PriceBound } from './bound.ts'
import { type LinkChain, linkChainOf } from './chain.ts'
import { LineImprover, type Lines } from './lines.ts'
import { Prices, type Slacks } from './prices.ts'
import type { LinkBandAnswer, LinkBandEffort, LinkBandPlan, LinkBandProblem, PricedBox, SolverBound } from './problem.ts'
import { answerOf, planOf, provenOf, worthOf } from './answer.ts'
import { MOST_SOLVED, solveRest } from './rest.ts'

interface Box {
  z_low: number
  z_high: number
  cells: number
  prices: Prices | ArcPrices
  /** Prices of the lowest bound. */
  best: Prices | ArcPrices
  bound: number
  /** Length of the next steps as a share of the whole. */
  pace: number
  splits: number
}

const FIRST_BOXES = 16
const FIRST_ROUNDS = 40
const ROUNDS = 30
const COARSEST = 256
const FINEST = 2048

/** Arcs of ψ's circle that prices know apart: more take more rounds than they are worth. */
const ARCS = 8
const NO_ARCS = new Int32Array(0)

/** Paths that a plan is combined with. */
const RELINKED = 8

/** Rounds after those of the first boxes until the solver has its turn: the better the plan in hand, the more its floor cuts off. */
const BEFORE_SOLVER = 120

/** A box is refined before it is split while a pass over its prices gains more than this share of what is open. */
const WORTH_A_PASS = 0.2

/** Bands of one problem at its own cycle. Throws as `linkChainOf`, and plan.infeasible if no lines pass through all greens. */
export function solveLinkBands(problem: LinkBandProblem, effort: LinkBandEffort = {}): LinkBandAnswer {
  const z = 1 / problem.problem.cycle_s
  return new LinkBandSearch(problem, z, z, effort).run()
}

/** Over a range of cycles, with windows that are fixed shares of the cycle (`cycle_s` 1). */
export function solveLinkBandRange(problem: LinkBandProblem, range: { cycle_min_s: number; cycle_max_s: number }, effort: LinkBandEffort = {}): LinkBandAnswer {
  if (!(range.cycle_min_s > 0 && range.cycle_max_s >= range.cycle_min_s)) throw new GreenwaveError('input.value', `cycles from ${range.cycle_min_s} to ${range.cycle_max_s} s are no range`)
  return new LinkBandSearch(problem, 1 / range.cycle_max_s, 1 / range.cycle_min_s, effort).run()
}

class LinkBandSearch {
  private readonly asked: LinkBandProblem
  private readonly effort: LinkBandEffort
  private readonly chain: LinkChain
  private readonly improver: LineImprover
  private readonly z_low: number
  private readonly z_high: number
  private readonly gap_share: number
  private readonly most_rounds: number
  private readonly goOn: () => boolean
  private readonly bounds = new Map<number, PriceBound>()
  private readonly arcBounds = new Map<number, ArcBound>()
  /** Whether prices may know arcs of ψ. */
  private readonly byArcs: boolean
  private rounds = 0
  /** Best value of a path before it was improved: paths far below are not worth the effort. */
  private promise = 0
  private best: { lines: Lines; value: number } | undefined
  /** Rounds after which the solver has its turn. */
  private solver_from = Number.POSITIVE_INFINITY
  private solved: { bound?: SolverBound; found?: { plan: LinkBandPlan; value: number } | undefined } = {}

  constructor(asked: LinkBandProblem, z_low: number, z_high: number, effort: LinkBandEffort) {
    this.asked = asked
    this.effort = effort
    this.chain = linkChainOf(asked)
    this.improver = new LineImprover(this.chain, asked.style)
    this.z_low = z_low
    this.z_high = z_high
    this.gap_share = effort.gap_share ?? 1e-4
    this.most_rounds = effort.rounds ?? 4000
    this.goOn = effort.goOn ?? (() => true)
    this.byArcs = asked.style === 'symmetric' && asked.bands.every(({ from, to }, r) => from === r && to === r + 1)
  }

  run(): LinkBandAnswer {
    const boxes: Box[] = this.firstBoxes()
    if (this.effort.solver !== undefined && this.byArcs && this.chain.n <= MOST_SOLVED) this.solver_from = this.rounds + BEFORE_SOLVER
    const done: PricedBox[] = []
    let running = boxes.length > 0
    while (running) {
      boxes.sort((a, b) => this.proven(b) - this.proven(a))
      const [top] = boxes
      if (top === undefined || this.proven(top) <= this.target()) running = false
      else if (this.rounds >= Math.min(this.solver_from, this.most_rounds) && this.solver_from < Number.POSITIVE_INFINITY) this.finish(boxes)
      else if (this.rounds >= this.most_rounds || !this.goOn()) running = false
      else this.work(boxes.shift() as Box, boxes)
    }
    if (this.best === undefined) throw new GreenwaveError('plan.infeasible', 'no two lines pass through the greens of all signals at any cycle asked for, or none was found')
    for (const { z_low, z_high, cells, best, bound } of boxes.sort((a, b) => a.z_low - b.z_low)) done.push({ z_low, z_high, cells, arcs: best instanceof ArcPrices ? best.arcs : 1, prices: best.listed(), bound })
    const { found } = this.solved
    const plan = found !== undefined && found.value >= this.best.value ? found.plan : this.plan(this.best.lines)
    return answerOf({ asked: this.asked, plan, solver: this.solved.bound, boxes: done, gap_share: this.gap_share, rounds: this.rounds })
  }

  private plan(lines: Lines): LinkBandPlan {
    return planOf(this.asked, this.chain, lines, this.improver.widths(lines))
  }

  private proven(box: Box): number {
    return provenOf(box, this.solved.bound)
  }

  /** The solver's turn: over the cycles of all boxes that are open. */
  private finish(boxes: readonly Box[]): void {
    this.solver_from = Number.POSITIVE_INFINITY
    const { solver, solver_limits } = this.effort
    const open = boxes.filter((box) => box.bound > this.target())
    if (solver === undefined || this.best === undefined) return
    const z_low = Math.min(...open.map((box) => box.z_low))
    const z_high = Math.max(...open.map((box) => box.z_high))
    const least = worthOf(this.asked, this.plan(this.best.lines)).value
    const { bound, found } = solveRest(this.asked, { z_low, z_high, least, gap_share: this.gap_share }, solver, solver_limits?.() ?? {})
    this.solved = { ...(bound.bound < Math.max(...open.map((box) => box.bound)) && { bound }), found }
  }

  /** What a bound must not exceed for its box to fall. */
  private target(): number {
    return Math.max(this.best?.value ?? 0, this.solved.found?.value ?? 0) * (1 + this.gap_share)
  }

  private firstBoxes(): Box[] {
    const { z_low, z_high } = this
    const count = z_high > z_low ? FIRST_BOXES : 1
    const at = (k: number): number => z_low * (z_high / z_low) ** (k / count)
    const boxes: Box[] = []
    // Short cycles first: their bands are usually the widest, and the neighbour's prices are nearly right.
    for (let k = count - 1; k >= 0; k--) {
      const prices = boxes.at(-1)?.prices.copy() ?? new Prices(this.chain.bands, this.asked.style)
      const box: Box = {
        z_low: k === 0 ? z_low : at(k), z_high: k === count - 1 ? z_high : at(k + 1), cells: count === 1 ? 4 * COARSEST : COARSEST,
        prices, best: prices, bound: Number.POSITIVE_INFINITY, pace: 0.06, splits: 0,
      }
      this.lower(box, boxes.length === 0 ? 2 * FIRST_ROUNDS : FIRST_ROUNDS)
      boxes.push(box)
    }
    return boxes
  }

  private work(box: Box, boxes: Box[]): void {
    const before = box.bound
    const open = before - this.target()
    if (this.byArcs && box.best instanceof Prices) {
      box.prices = ArcPrices.spread(this.chain.bands, ARCS, box.best.atFirst())
      box.best = box.prices.copy()
      box.pace = Math.max(box.pace, 0.02)
    }
    if (box.pace > 1e-3) {
      this.lower(box, ROUNDS)
      if (box.bound <= this.target() || before - box.bound > WORTH_A_PASS * open) {
        boxes.push(box)
        return
      }
    }
    const width = Math.log(box.z_high / box.z_low)
    // A cell on either end of a step weighs as much as a box of z this wide.
    const cellWidth = 2 / box.cells
    if (box.z_high > box.z_low && width > cellWidth || box.cells >= FINEST) {
      if (width < 1e-5) {
        // Nothing left to split: prices alone are at their end here.
        box.pace = Math.max(box.pace, 2e-3)
        this.lower(box, ROUNDS)
        boxes.push(box)
        return
      }
      const middle = Math.sqrt(box.z_low * box.z_high)
      for (const [z_low, z_high] of [[middle, box.z_high], [box.z_low, middle]] as const) {
        const half: Box = { ...box, z_low, z_high, prices: box.best.copy(), best: box.best, pace: Math.max(box.pace, 0.01), splits: box.splits + 1 }
        this.lower(half, ROUNDS)
        boxes.push(half)
      }
      return
    }
    box.cells *= 2
    box.pace = Math.max(box.pace, 0.01)
    box.prices = box.best.copy()
    this.lower(box, ROUNDS)
    boxes.push(box)
  }

  /** Subgradient steps (Polyak's length, halved where the bound does not fall); plans from the best paths. */
  private lower(box: Box, rounds: number): void {
    let still = 0
    const paths: AnglePath[] = []
    let promising: { path: AnglePath; value: number; lines: Lines } | undefined
    for (let round = 0; round < rounds; round++) {
      this.rounds++
      const { value, found } = this.evaluate(box)
      if (value === Number.NEGATIVE_INFINITY) {
        box.bound = 0
        return
      }
      const at = found()
      const { path } = at
      if (value < box.bound - 1e-7) {
        box.bound = value
        box.best = box.prices.copy()
        still = 0
      } else if (++still >= 6) {
        box.pace *= 0.7
        still = 0
      }
      if (box.bound <= this.target()) break
      if (round % 5 === 0) {
        if (paths.length === RELINKED) paths.shift()
        paths.push(path)
        const lines = this.improver.along(path, (box.z_low + box.z_high) / 2)
        const worth = lines === undefined ? 0 : this.improver.value(lines)
        if (lines !== undefined && worth > (promising?.value ?? -1)) promising = { path, value: worth, lines }
      }
      box.prices.step(at, box.pace * value)
    }
    if (promising !== undefined && promising.value > 0.97 * this.promise) this.tryPlan(promising.lines)
    this.promise = Math.max(this.promise, promising?.value ?? 0)
    if (this.best === undefined || paths.length === 0) return
    const linked = this.improver.relink(this.best.lines, paths)
    if (linked !== undefined && this.improver.value(linked) > this.best.value * (1 + 1e-6)) this.tryPlan(linked)
  }

  private tryPlan(start: Lines): void {
    const rough = this.improver.improve(start, this.z_low, this.z_high, 4)
    const value = this.improver.value(rough)
    if (this.best !== undefined && value < 0.993 * this.best.value) return
    const lines = this.improver.improve(rough, this.z_low, this.z_high, 40)
    const found = this.improver.value(lines)
    if (this.best === undefined || found > this.best.value) this.best = { lines, value: found }
  }

  /** The bound at a box's present prices, and how to read its path. */
  private evaluate({ prices, cells, z_low, z_high }: Box): { value: number; found: () => { path: AnglePath; slacks: Slacks; arc: Int32Array } } {
    if (prices instanceof ArcPrices) {
      const bound = this.arcBoundOf(cells)
      return { value: bound.evaluate(prices, z_low, z_high), found: () => bound.path() }
    }
    const bound = this.boundOf(cells)
    return { value: bound.evaluate(prices, z_low, z_high), found: () => ({ ...bound.path(), arc: NO_ARCS }) }
  }

  private arcBoundOf(cells: number): ArcBound {
    const known = this.arcBounds.get(cells)
    if (known !== undefined) return known
    const made = new ArcBound(this.chain, cells, ARCS)
    this.arcBounds.set(cells, made)
    return made
  }

  private boundOf(cells: number): PriceBound {
    const known = this.bounds.get(cells)
    if (known !== undefined) return known
    const made = new PriceBound(this.chain, this.asked.style, cells)
    this.bounds.set(cells, made)
    return made
  }
}
