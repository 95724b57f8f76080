/**
 * Adds up again what `solveOffsets` claims. It shares no code with the solver, only the types: its own sums, its own minima.
 * Every minimum is over all whole seconds, so a bound that it returns holds whatever made the certificate.
 */
import { GreenwaveError } from '../../model/errors.ts'
import type { OffsetAnswer, OffsetLoop, OffsetRegion, OffsetTables } from './problem.ts'

/** Sums of many thousand numbers may differ by this share. */
const ROUNDING = 1e-9

/** Value of the offsets and the bound that the certificate proves; throws `band.unconfirmed` where the answer claims better. */
export function checkOffsets(tables: OffsetTables, answer: Pick<OffsetAnswer, 'offsets_s' | 'value' | 'bound' | 'certificate'>): { value: number; bound: number } {
  const value = costOf(tables, answer.offsets_s)
  const bound = provenBound(tables, answer)
  const slack = ROUNDING * (1 + sumOfLargest(tables))
  if (!(Math.abs(value - answer.value) <= slack)) refuse(`the offsets cost ${value}, the answer says ${answer.value}`)
  if (!(answer.bound <= bound + slack)) refuse(`the certificate proves ${bound}, the answer says ${answer.bound}`)
  if (!(bound <= value + slack)) refuse(`the bound ${bound} is above the cost ${value} of the offsets`)
  return { value, bound }
}

function refuse(sentence: string): never {
  throw new GreenwaveError('band.unconfirmed', `Offsets are not confirmed: ${sentence}`)
}

const wrap = (x: number, cycle: number): number => x - cycle * Math.floor(x / cycle)

function sumOfLargest({ edges }: OffsetTables): number {
  let sum = 0
  for (const { cost } of edges) sum += Math.max(...cost.map(Math.abs))
  return sum
}

function costOf({ cycle_s, nodes, edges, fixed }: OffsetTables, offsets: ArrayLike<number>): number {
  if (offsets.length !== nodes) refuse(`${offsets.length} offsets for ${nodes} signals`)
  for (let n = 0; n < nodes; n++) {
    const θ = offsets[n]!
    if (!Number.isInteger(θ) || θ < 0 || θ >= cycle_s) refuse(`signal ${n} has offset ${θ}, not a whole second of 0 to ${cycle_s - 1}`)
    const held = fixed?.get(n)
    if (held !== undefined && wrap(held - θ, cycle_s) !== 0) refuse(`signal ${n} has offset ${θ}, fixed at ${held}`)
  }
  let sum = 0
  for (const { from, to, cost } of edges) sum += cost[wrap(offsets[to]! - offsets[from]!, cycle_s)]!
  return sum
}

/** What is left of each pair of signals, as a table from the lower to the higher. */
class Ledger {
  readonly #left = new Map<string, Float64Array>()
  readonly #cycle: number
  constructor(cycle: number) {
    this.#cycle = cycle
  }

  add(from: number, to: number, sign: 1 | -1, table: Float64Array): void {
    const key = from < to ? `${from} ${to}` : `${to} ${from}`
    const left = this.#left.get(key) ?? new Float64Array(this.#cycle)
    this.#left.set(key, left)
    for (let φ = 0; φ < this.#cycle; φ++) left[from < to ? φ : wrap(-φ, this.#cycle)]! += sign * table[φ]!
  }

  minima(): number {
    let sum = 0
    for (const left of this.#left.values()) sum += Math.min(...left)
    return sum
  }
}

function provenBound(tables: OffsetTables, { certificate }: Pick<OffsetAnswer, 'certificate'>): number {
  const { cycle_s: C, nodes, edges, fixed } = tables
  const lowest = fixed === undefined || fixed.size === 0 ? -1 : Math.min(...fixed.keys())
  const ledger = new Ledger(C)
  let bound = 0
  for (const { from, to, cost } of edges) {
    const turn = (fixed?.get(to) ?? 0) - (fixed?.get(from) ?? 0)
    const turned = cost.map((_, φ) => cost[wrap(φ + turn, C)]!)
    const a = fixed?.has(from) ? lowest : from
    const b = fixed?.has(to) ? lowest : to
    if (a === b) bound += turned[0]!
    else ledger.add(a, b, 1, turned)
  }
  const stands = (node: number): boolean => Number.isInteger(node) && node >= 0 && node < nodes && (!fixed?.has(node) || node === lowest)
  for (const [k, loop] of certificate.loops.entries()) {
    refuseBadWalk(`loop ${k}`, loop.nodes, loop.parts, C, stands)
    bound += leastAround(loop, C)
    for (const [j, part] of loop.parts.entries()) ledger.add(loop.nodes[j]!, loop.nodes[(j + 1) % loop.nodes.length]!, -1, part)
  }
  for (const [k, region] of (certificate.regions ?? []).entries()) {
    const name = `region ${k}`
    refuseBadRegion(name, region, C, stands)
    bound += leastOfRegion(name, region, C)
    for (const { from, to, part } of region.pairs) ledger.add(from, to, -1, part)
  }
  bound += ledger.minima()
  if (!Number.isFinite(bound)) refuse(`the certificate proves ${bound}`)
  return bound
}

function refuseBadWalk(name: string, nodes: readonly number[], parts: readonly Float64Array[], C: number, stands: (node: number) => boolean): void {
  if (nodes.length < 2 || parts.length !== nodes.length) refuse(`${name} has ${nodes.length} signals and ${parts.length} parts`)
  for (const [k, node] of nodes.entries()) {
    if (!stands(node)) refuse(`${name} goes through signal ${node}, which does not stand for itself`)
    if (nodes[(k + 1) % nodes.length] === node) refuse(`${name} stays at signal ${node}`)
    refuseBadPart(name, parts[k]!, C)
  }
}

function refuseBadPart(name: string, part: Float64Array, C: number): void {
  if (part.length !== C) refuse(`${name} has a part of ${part.length} s for a cycle of ${C} s`)
  if (!part.every(Number.isFinite)) refuse(`${name} has a part that is not finite`)
}

function refuseBadRegion(name: string, { order, pairs }: OffsetRegion, C: number, stands: (node: number) => boolean): void {
  const listed = new Set(order)
  if (listed.size !== order.length) refuse(`${name} minimises over a signal twice`)
  for (const node of order) if (!stands(node)) refuse(`${name} has signal ${node}, which does not stand for itself`)
  for (const { from, to, part } of pairs) {
    if (from === to || !listed.has(from) || !listed.has(to)) refuse(`${name} has costs between signals ${from} and ${to}, not two of its own`)
    refuseBadPart(name, part, C)
  }
}

/** Costs over the offsets of two or three signals: of `one` and `two` beside that of `base`, costs[one · cycle + two]. */
interface Joint {
  readonly base: number
  readonly one: number
  readonly two?: number
  readonly costs: Float64Array
}

/**
 * Minimised over one signal after another. Every table depends on differences alone, so the offset of one neighbour is taken
 * as 0; with three neighbours the two others and the signal itself run through all seconds.
 */
function leastOfRegion(name: string, { order, pairs }: OffsetRegion, C: number): number {
  let open: Joint[] = pairs.map(({ from, to, part }) => ({ base: from, one: to, costs: part }))
  let sum = 0
  for (const node of order) {
    const own = open.filter(({ base, one, two }) => base === node || one === node || two === node)
    open = open.filter((joint) => !own.includes(joint))
    const others = [...new Set(own.flatMap(({ base, one, two }) => (two === undefined ? [base, one] : [base, one, two])))].filter((other) => other !== node)
    if (others.length > 3) refuse(`${name} leaves signal ${node} with ${others.length} others`)
    const [a, b, c] = others
    const reduced = minimisedOver(node, own, others, C)
    if (a === undefined || b === undefined) sum += reduced[0]!
    else open.push(c === undefined ? { base: a, one: b, costs: reduced } : { base: a, one: b, two: c, costs: reduced })
  }
  return sum
}

/** By the offsets of the second and third other, that of the first being 0. */
function minimisedOver(node: number, own: readonly Joint[], others: readonly number[], C: number): Float64Array {
  const out = new Float64Array(others.length < 2 ? 1 : C ** (others.length - 1))
  const [, second, third] = others
  const holds = (joint: Joint, other: number | undefined): boolean => other !== undefined && (joint.base === other || joint.one === other || joint.two === other)
  // Costs that the third other does not change are added up once for all its offsets.
  const [withThird, without] = [own.filter((joint) => holds(joint, third)), own.filter((joint) => !holds(joint, third))]
  const common = new Float64Array(C), sums = new Float64Array(C)
  for (let x = 0; x < (second === undefined ? 1 : C); x++) {
    common.fill(0)
    for (const joint of without) addCosts(common, joint, node, (other) => (other === second ? x : 0))
    if (third === undefined) {
      out[x] = leastEntry(common)
      continue
    }
    for (let y = 0; y < C; y++) {
      sums.set(common)
      for (const joint of withThird) addCosts(sums, joint, node, (other) => (other === second ? x : other === third ? y : 0))
      out[x * C + y] = leastEntry(sums)
    }
  }
  return out
}

function leastEntry(values: Float64Array): number {
  let least = Infinity
  for (let k = 0; k < values.length; k++) if (values[k]! < least) least = values[k]!
  return least
}

/** sums[θ] += costs with the signal at θ. */
function addCosts(sums: Float64Array, { base, one, two, costs }: Joint, node: number, offsetOf: (signal: number) => number): void {
  const C = sums.length
  const entry = (θ: number): number => {
    const offset = (signal: number): number => (signal === node ? θ : offsetOf(signal))
    const of = (signal: number): number => wrap(offset(signal) - offset(base), C)
    return two === undefined ? of(one) : of(one) * C + of(two)
  }
  // From one second to the next every index moves on alike, until a difference begins anew at 0 or ends there.
  const step = two === undefined ? (node === base ? -1 : 1) : node === base ? -C - 1 : node === one ? C : 1
  for (let θ = 0; θ < C;) {
    const at = entry(θ)
    const i = two === undefined ? at : Math.floor(at / C), j = two === undefined ? at : at % C
    const toEnd = node === base ? Math.min(i, j) + 1 : C - (two === undefined || node === one ? i : j)
    const end = Math.min(C, θ + toEnd)
    for (let index = at; θ < end; θ++, index += step) sums[θ]! += costs[index]!
  }
}

/** reached[x] = least cost of a walk to x; parts are added one after another, and the walk must come back to 0. */
function leastAround({ parts }: OffsetLoop, C: number): number {
  let reached = Float64Array.from(parts[0]!)
  for (const part of parts.slice(1)) reached = stepOn(reached, part, C)
  return reached[0]!
}

function stepOn(reached: Float64Array, part: Float64Array, C: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(C).fill(Infinity)
  for (let x = 0; x < C; x++) {
    for (let φ = 0; φ < C; φ++) {
      const to = x + φ < C ? x + φ : x + φ - C
      const cost = reached[x]! + part[φ]!
      if (cost < next[to]!) next[to] = cost
    }
  }
  return next
}
