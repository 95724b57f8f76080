/** Between a MAXBAND model's columns and plans: reads an answer back for the checker, and writes a plan as a start. */
import { modulo } from '../../model/units.ts'
import { checkBands } from './checker.ts'
import type { Chain } from './chain.ts'
import type { MaxbandLayout } from './milp.ts'
import type { BandPlan, BandProblem } from './problem.ts'

/** The plan of an answer, in seconds at the answer's cycle; widths are the model's claim, still to be checked. */
export function planOfAnswer(problem: BandProblem, layout: MaxbandLayout, values: readonly number[]): BandPlan {
  const { chain, z } = layout
  const cycle_s = 1 / (typeof z === 'number' ? z : values[z.column])
  const pairs = Array.from({ length: chain.n }, (_, i) => chosenPair(layout, values, i))
  const outTimes = layout.outTime.map((column) => values[column])
  const offsets: number[] = []
  let front = 0
  pairs.forEach((k, i) => {
    if (i > 0) front += outTimes[i - 1]
    offsets.push(modulo(front - chain.outStart[k] / chain.circle - values[layout.outWait[i]], 1) * cycle_s)
  })
  return {
    cycle_s,
    patterns: pairs.map((k, i) => problem.signals[i].patterns[chain.pattern[k]].id),
    offsets_s: offsets,
    travel_times_s: {
      outbound: outTimes.map((time) => time * cycle_s),
      inbound: layout.inTime.map((column) => values[column] * cycle_s),
    },
    outbound_s: values[layout.outbound] * cycle_s,
    inbound_s: values[layout.inbound] * cycle_s,
  }
}

function chosenPair({ chain, pairs }: MaxbandLayout, values: readonly number[], i: number): number {
  let best = chain.first[i]
  for (let k = best; k < chain.first[i + 1]; k++) if (pairs[k] >= 0 && values[pairs[k]] > 0.5) best = k
  return best
}

/**
 * A start for the solver from a plan of the same problem at the plan's cycle (windows in seconds there).
 * Bands are taken from the checker and cut to the ratio, so the start is feasible whenever the plan is.
 */
export function startOfPlan(problem: BandProblem, layout: MaxbandLayout, plan: BandPlan): number[] {
  const { chain, z, model } = layout
  const cycle = plan.cycle_s
  const checked = checkBands(problem, plan)
  const values = model.variables.map(() => 0)
  if (typeof z !== 'number') values[z.column] = 1 / cycle
  const { division } = problem
  const k = division.kind === 'ratio' ? division.inbound_per_outbound : undefined
  const out = checked.outbound.width_s / cycle
  const back = checked.inbound.width_s / cycle
  values[layout.outbound] = k === undefined ? out : Math.min(out, back / k)
  values[layout.inbound] = k === undefined ? back : Math.min(back, out * k)
  const xs: number[] = []
  const ys: number[] = []
  for (let i = 0; i < chain.n; i++) {
    const x = modulo(checked.outbound.start_s[i] - plan.offsets_s[i], cycle) / cycle
    const y = modulo(checked.inbound.start_s[i] - plan.offsets_s[i], cycle) / cycle
    const pattern = problem.signals[i].patterns.findIndex(({ id }) => id === plan.patterns[i])
    const pair = pairHolding(chain, i, pattern, x, y, values[layout.outbound], values[layout.inbound])
    if (layout.pairs[pair] >= 0) values[layout.pairs[pair]] = 1
    values[layout.outWait[i]] = ahead(x, chain.outStart[pair] / chain.circle)
    values[layout.inWait[i]] = ahead(y, chain.inStart[pair] / chain.circle)
    xs.push(chain.outStart[pair] / chain.circle + values[layout.outWait[i]])
    ys.push(chain.inStart[pair] / chain.circle + values[layout.inWait[i]])
  }
  layout.turns.forEach((column, i) => {
    const out_time = plan.travel_times_s.outbound[i] / cycle
    const in_time = plan.travel_times_s.inbound[i] / cycle
    values[layout.outTime[i]] = out_time
    values[layout.inTime[i]] = in_time
    values[column] = Math.round(out_time + in_time - (xs[i + 1] - xs[i]) + (ys[i + 1] - ys[i]))
  })
  return values
}

/** Time from the window's start, in cycles; a hair before it counts as at it. */
function ahead(point: number, start: number): number {
  return Math.max(0, modulo(point - start + 1e-9, 1) - 1e-9)
}

function pairHolding(chain: Chain, i: number, pattern: number, x: number, y: number, out: number, back: number): number {
  let best = chain.first[i]
  let bestRoom = Number.NEGATIVE_INFINITY
  for (let k = best; k < chain.first[i + 1]; k++) {
    if (chain.pattern[k] !== pattern) continue
    const outRoom = chain.outLength[k] / chain.circle - out - ahead(x, chain.outStart[k] / chain.circle)
    const inRoom = chain.inLength[k] / chain.circle - back - ahead(y, chain.inStart[k] / chain.circle)
    if (Math.min(outRoom, inRoom) <= bestRoom) continue
    bestRoom = Math.min(outRoom, inRoom)
    best = k
  }
  return best
}
