// Offsets of an area by tables: solve the tables, let the platoons settle under the answer, fill the tables anew, until the full
// model gains no more; then single signals second by second in the full model. A plan that is worse there is never taken.
import type { CompiledSignal } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import { solveOffsets } from '../tables/index.ts'
import type { AreaTables } from './certificate.ts'
import type { NetworkModel, NetworkState } from './model.ts'
import { streetTables } from './tables.ts'

export interface Effort {
  /** Times that tables are filled anew. */
  rounds: number
  /** Seconds between table entries that are reckoned, not interpolated. */
  stride: number
  /** Sweeps of single signals in the full model. */
  sweeps: number
  goOn?: () => boolean
}

/** Rounds of the solver between two fillings: the platoons move on before the last percent is found. */
const ROUNDS = 2

/** An improvement by a smaller share is none. */
const SAME = 1e-7

/** In: a state of whole-second offsets. Out: one that costs no more. */
export function settleOffsets(model: NetworkModel, start: NetworkState, area: number, effort: Effort): NetworkState {
  let best = start
  let at = start
  let failed = 0
  for (let round = 0; round < effort.rounds && failed < 2 && effort.goOn?.() !== false; round++) {
    const { members, tables } = areaTables(model, at, area, effort.stride)
    if (tables.edges.length === 0) break
    const answer = solveOffsets(tables, { starts: [members.map((i) => wholeOffset(at, i, tables.cycle_s))], rounds: ROUNDS, ...(effort.goOn === undefined ? {} : { goOn: effort.goOn }) })
    const next = withOffsets(model, at, members, answer.offsets_s)
    if (next.cost < best.cost * (1 - SAME)) {
      best = next
      failed = 0
    } else failed += 1
    if (next.compiled.every(({ offset_s }, i) => offset_s === at.compiled[i]?.offset_s)) break
    at = next
  }
  return sweep(model, best, area, effort)
}

const wholeOffset = (state: NetworkState, i: number, cycle_s: number): number => modulo(Math.round(state.compiled[i]?.offset_s as number), cycle_s)

/** Tables with signals numbered as in `members`. */
export function areaTables(model: NetworkModel, state: NetworkState, area: number, stride = 1): AreaTables {
  const members = state.areas.flatMap((own, i) => (own === area ? [i] : []))
  const place = new Map(members.map((i, k) => [i, k]))
  const edges = streetTables(model, state, area, stride).map(({ from, to, cost }) => ({ from: place.get(from) as number, to: place.get(to) as number, cost }))
  const cycle_s = Math.round(state.clocks[members[0] as number]?.cycle_s ?? 1)
  return { members, tables: { cycle_s, nodes: members.length, edges } }
}

export function withOffsets(model: NetworkModel, state: NetworkState, members: readonly number[], offsets_s: ArrayLike<number>): NetworkState {
  const compiled = [...state.compiled]
  members.forEach((i, k) => {
    const timed = compiled[i] as CompiledSignal
    compiled[i] = { ...timed, offset_s: modulo(offsets_s[k] as number, timed.cycle_s) }
  })
  return model.evaluate(compiled, state.areas, state)
}

/** Moves tried of a single signal, s. */
const STEPS = [3, -3, 1, -1]

function sweep(model: NetworkModel, start: NetworkState, area: number, { sweeps, goOn }: Effort): NetworkState {
  let best = start
  const members = start.areas.flatMap((own, i) => (own === area ? [i] : []))
  if (members.length < 2) return best
  for (let k = 0; k < sweeps; k++) {
    const before = best
    for (const i of members) {
      if (goOn?.() === false) return best
      for (const step of STEPS) {
        const next = withOffsets(model, best, [i], [(best.compiled[i]?.offset_s as number) + step])
        if (next.cost < best.cost * (1 - SAME)) best = next
      }
    }
    if (best === before) break
  }
  return best
}
