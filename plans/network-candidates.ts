// Plans of a network that the simulation tells apart. The model ranks well but is no street: which cycle drivers gain from, and whether
// keeping time pays at all, the simulation says.
import { checkChange } from '../model/check-plan.ts'
import type { ResolvedCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { planCorridor } from '../optimizer/corridor/index.ts'
import { NETWORK_DEFAULTS, planAlone, planNetwork, ratePatterns, type NetworkPlanInput, type NetworkPlanResult } from '../optimizer/network/index.ts'

export interface NetworkCandidate {
  id: string
  /** What its notes call it, in the plural. */
  name: string
  patterns: readonly Pattern[]
  result: () => NetworkPlanResult
}

/** Other cycles that are tried, as shares of the one that is best in the model, beside the shortest and longest of signals by themselves. */
const OTHER_CYCLES = [0.6, 0.75, 0.87, 1.3, 1.7]

/** In larger networks every candidate takes minutes; there the network plan is compared with the cycle of the street alone. */
const MOST_VARIED = 60

/** The candidate that is also the measure of side streets: least delay by itself, as Webster asked; stops would lengthen its cycle. */
export const ALONE = 'alone'
/** What no plan may cost more than. Absent where the street breaks a rule today. */
export const RUNNING = 'running'
const STREET = 'The patterns of the street'

/**
 * In: what is planned, and the corridor whose own plans are candidates too, laid over the network at their cycle. Out: at least the plan of the
 * network model. Throws as `planNetwork`; a corridor that has no plan is left out.
 */
export function listNetworkCandidates(input: NetworkPlanInput, corridor: ResolvedCorridor | undefined): NetworkCandidate[] {
  const options = { ...NETWORK_DEFAULTS, ...input.options }
  const known = new Map<number, NetworkPlanResult | undefined>()
  const fixed = (cycle_s: number): NetworkPlanResult | undefined => {
    if (!known.has(cycle_s)) {
      const found = unlessRefused(() => planNetwork({ ...input, options: { ...input.options, cycle_min_s: cycle_s, cycle_max_s: cycle_s } }))
      known.set(cycle_s, found === undefined || isStreet(found) || !found.patterns.some(({ cycle_s: own }) => own === cycle_s || own === 2 * cycle_s) ? undefined : found)
    }
    return known.get(cycle_s)
  }
  /** Where the model finds nothing better, its plan is what runs now, or its cycle with new offsets: both are candidates by names of their own. */
  const isStreet = ({ patterns }: NetworkPlanResult): boolean => patterns.every((pattern) => input.running.get(pattern.signal) === pattern)
  const best = planNetwork(input)
  const candidates: NetworkCandidate[] = []
  const add = (id: string, name: string, result: NetworkPlanResult | undefined): void => { if (result !== undefined) candidates.push(...variantsOf(id, name, result)) }
  add('network', isStreet(best) ? STREET : 'New cycles and splits', best)
  // What the street breaks today, or what a corridor's plan breaks beside it, is no candidate.
  const addRated = (id: string, name: string, patterns: readonly Pattern[], laid: readonly Pattern[] = patterns): void => {
    if (checkChange(input.graph, laid, input.running).length === 0) candidates.push({ id, name, patterns, result: () => ratePatterns(input, patterns) })
  }
  const street = streetCycle(input, options)
  // At the cycle of the street signals keep their splits: what changes then is offsets, and orders in one of two.
  if (street !== undefined && best.patterns.some(({ cycle_s }) => cycle_s !== street)) add('street', 'New offsets at the cycle of the street', fixed(street))
  const addVaried = (): void => {
    const alone = planAlone({ ...input, options: { ...input.options, stop_weight_s: 0 } })
    for (const cycle_s of otherCycles(best, alone, options)) if (cycle_s !== street && input.options?.goOn?.() !== false) add(`cycle ${cycle_s}`, `New cycles of ${cycle_s} s and splits`, fixed(cycle_s))
    for (const { kind, cycle_s, patterns } of unlessRefused(() => corridorCandidates(input, corridor, options)) ?? []) {
      const own = new Set(patterns.map(({ signal }) => signal))
      const rest = best.patterns.some(({ signal }) => !own.has(signal)) ? (fixed(cycle_s) ?? best).patterns.filter(({ signal }) => !own.has(signal)) : []
      addRated(`corridor ${kind}`, `The patterns of the corridor's plan (${kind}, ${cycle_s} s)`, [...rest, ...patterns])
    }
    addRated(ALONE, 'Each signal\'s own best cycle and splits, uncoordinated,', alone)
  }
  if (best.patterns.length <= MOST_VARIED) addVaried()
  // Last: where a plan is as good as equal and costs no more, whoever asked for one gets it.
  addRated(RUNNING, STREET, [], [...input.running.values()])
  return candidates
}

/** Where orders of phases are new, or green went where overfull signals serve most, the plans that do without them compete, too. */
function variantsOf(id: string, name: string, result: NetworkPlanResult): NetworkCandidate[] {
  const { orders: { street }, eased: { even } } = result
  const own = even === undefined ? name : `${name}, green where most wait,`
  return [
    { id, name: street === undefined ? own : `${name} with new orders of phases`, patterns: result.patterns, result: () => result },
    ...(street === undefined ? [] : [{ id: `${id} in street orders`, name: own, patterns: street.patterns, result: street.plan }]),
    ...(even === undefined ? [] : [{ id: `${id}, evenly full`, name, patterns: even.patterns, result: even.plan }]),
  ]
}

/** What no plan is found for, or none that keeps the rules, is no candidate. */
function unlessRefused<T>(of: () => T): T | undefined {
  try {
    return of()
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}

interface Range {
  cycle_min_s: number
  cycle_max_s: number
  target_saturation: number
}

/** Even, because half of them is tried too. */
function otherCycles({ areas }: NetworkPlanResult, alone: readonly Pattern[], { cycle_min_s, cycle_max_s }: Range): number[] {
  const main = areas.reduce((a, b) => (b.signals.length > a.signals.length ? b : a)).cycle_s
  const own = alone.map(({ cycle_s }) => cycle_s)
  const even = [...OTHER_CYCLES.map((share) => share * main), Math.min(...own), Math.max(...own)].map((cycle_s) => Math.round(Math.min(cycle_max_s, Math.max(cycle_min_s, cycle_s)) / 2) * 2)
  return [...new Set(even)].filter((cycle_s) => cycle_s !== main && cycle_s >= cycle_min_s && cycle_s <= cycle_max_s)
}

function corridorCandidates({ graph, running, volumes, free }: NetworkPlanInput, corridor: ResolvedCorridor | undefined, { cycle_min_s, cycle_max_s, target_saturation }: Range): { kind: string; cycle_s: number; patterns: Pattern[] }[] {
  if (corridor === undefined || corridor.corridor.intersections.some((id) => free?.has(id) === true)) return []
  return planCorridor({ graph, corridor, running, volumes, options: { target_saturation, cycle_min_s, cycle_max_s } }).candidates
}

/** The cycle that most signals run that keep a common time, if it may be planned. */
function streetCycle({ running, free }: NetworkPlanInput, { cycle_min_s, cycle_max_s }: Range): number | undefined {
  const counts = new Map<number, number>()
  for (const [id, { cycle_s }] of running as ReadonlyMap<SignalId, Pattern>) if (free?.has(id) !== true) counts.set(cycle_s, (counts.get(cycle_s) ?? 0) + 1)
  const [usual] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [Number.NaN, 0])
  return Number.isInteger(usual) && usual >= cycle_min_s && usual <= cycle_max_s ? usual : undefined
}
