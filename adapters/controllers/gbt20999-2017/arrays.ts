// Arrays of GB/T 20999-2017: the first byte is the first element in some controllers and the last one in others.
import type { Profile } from './config.ts'

export type Order = Exclude<Profile['array_order'], 'unknown'>

/** Stages in a chain. */
export const CHAIN = 16
/** Phases, in masks and in arrays by phase. */
export const PHASES = 64

/** The elements of an array, first one first. `size`: bytes of an element, big-endian. */
export function elementsOf(bytes: Uint8Array, size: 1 | 2, order: Order): number[] {
  const values = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (size === 1 ? bytes[i]! : (bytes[2 * i]! << 8) | bytes[2 * i + 1]!))
  return order === 'first' ? values : values.reverse()
}

/** The way back, filled up with zeros. */
export function arrayOf(values: readonly number[], length: number, size: 1 | 2, order: Order): Uint8Array {
  const filled = Array.from({ length }, (_, i) => values[i] ?? 0)
  const bytes = (order === 'first' ? filled : filled.reverse()).flatMap((value) => (size === 1 ? [value] : [value >> 8, value & 0xff]))
  return Uint8Array.from(bytes)
}

/** Phases that a mask names: bit 0 of the big-endian number is phase 1, whatever the order of arrays. */
export function phasesOfMask(bytes: Uint8Array): number[] {
  return Array.from({ length: bytes.length * 8 }, (_, i) => i + 1).filter((phase) => {
    const at = phase - 1
    return ((bytes[bytes.length - 1 - (at >> 3)]! >> (at & 7)) & 1) === 1
  })
}

export interface PlanArrays {
  plan: number
  cycle: number
  chain: Uint8Array
  times: Uint8Array
}

export interface PhaseArrays {
  phase: number
  conflicts: Uint8Array
  intergreens: Uint8Array
}

export interface ArrayProbe {
  order: Profile['array_order']
  /** What speaks for which order, for the person who confirms it. */
  evidence: string[]
}

/**
 * Which order a controller keeps, from plans and conflicts that it holds: the unused end of a chain is zeros and the used stages add up to the cycle; intergreens
 * other than zero stand where the conflict mask has phases. `unknown` where nothing tells or two things contradict each other.
 */
export function probeArrayOrder(plans: readonly PlanArrays[], phases: readonly PhaseArrays[]): ArrayProbe {
  const votes: { order: Order; sentence: string }[] = []
  for (const { plan, cycle, chain, times } of plans) {
    const sum = elementsOf(times, 2, 'first').reduce((total, one) => total + one, 0)
    if (sum !== cycle || cycle === 0) continue
    const fits = (['first', 'last'] as const).filter((order) => isPacked(elementsOf(chain, 1, order), elementsOf(times, 2, order)))
    if (fits.length === 1) votes.push({ order: fits[0]!, sentence: `plan ${plan}: its stages add up to ${cycle} s and stand at the ${fits[0] === 'first' ? 'begin' : 'end'} of the chain` })
  }
  for (const { phase, conflicts, intergreens } of phases) {
    const named = phasesOfMask(conflicts).join(' ')
    if (named === '') continue
    const fits = (['first', 'last'] as const).filter((order) => elementsOf(intergreens, 1, order).flatMap((seconds, i) => (seconds > 0 ? [i + 1] : [])).join(' ') === named)
    if (fits.length === 1) votes.push({ order: fits[0]!, sentence: `phase ${phase}: intergreens stand at the phases that conflict with it, read ${fits[0]} element first` })
  }
  const orders = new Set(votes.map(({ order }) => order))
  const evidence = votes.map(({ sentence }) => sentence)
  return { order: orders.size === 1 ? [...orders][0]! : 'unknown', evidence: evidence.length === 0 ? ['no plan and no conflict tells the order of arrays'] : evidence }
}

/** Used elements, then unused ones, the same in both arrays. */
function isPacked(chain: readonly number[], times: readonly number[]): boolean {
  const used = chain.findIndex((stage) => stage === 0)
  const length = used < 0 ? chain.length : used
  return length > 0 && chain.every((stage, i) => (stage !== 0) === i < length) && times.every((seconds, i) => (seconds !== 0) === i < length)
}
