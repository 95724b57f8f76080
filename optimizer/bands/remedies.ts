/** Single changes to a corridor and what each gives back to its two-way bands. */
import type { SignalChange } from '../../model/insight.ts'
import { modulo } from '../../model/units.ts'
import type { TwoWayBands } from './explain.ts'
import { withoutSignal } from './parts.ts'
import type { BandProblem, LinkTravel, SignalPattern, Window } from './problem.ts'

interface Restored {
  /** Bands after the change, and how much wider they are (s). */
  readonly outbound_s: number
  readonly inbound_s: number
  readonly restored_outbound_s: number
  readonly restored_inbound_s: number
}

export type Change =
  | SignalChange
  | { readonly kind: 'uncoordinated'; readonly signal: string }
  /** All speeds of the corridor by this share, 0.1 being ten per cent faster. */
  | { readonly kind: 'speed'; readonly share: number }

export type Remedy = Change & Restored

export interface RemedyOptions {
  /** Patterns that the signal could run but is not permitted now, by signal id: the lead-lag orders to lift. */
  readonly forbidden_patterns?: Readonly<Record<string, readonly SignalPattern[]>>
  /** Other cycles to try, with the problem as it is there (windows change in seconds, minimum greens do not). */
  readonly other_cycles?: readonly BandProblem[]
  /** Shares by which all speeds change; plus and minus 5 and 10 per cent unless given. */
  readonly speed_shares?: readonly number[]
  /** Seconds of green to add at one signal in both directions; 2 and 5 unless given. */
  readonly added_greens_s?: readonly number[]
}

/** Less than this is not worth a change in the street (s). */
const LEAST_GAIN_S = 0.5

/** Speed signs and habits move by five or ten per cent, not by more. */
const SPEED_SHARES = [-0.1, -0.05, 0.05, 0.1]

/** What a side street can usually give without a new count. */
const ADDED_GREENS_S = [2, 5]

/** Changes that widen the bands by half a second or more, the largest gain first. */
export function listRemedies(
  problem: BandProblem,
  now: TwoWayBands,
  bandsOf: (problem: BandProblem) => TwoWayBands,
  options: RemedyOptions,
): Remedy[] {
  const remedies: Remedy[] = []
  for (const [change, changed] of listChanges(problem, options)) {
    const { outbound_s, inbound_s } = bandsOf(changed)
    const restored_outbound_s = outbound_s - now.outbound_s
    const restored_inbound_s = inbound_s - now.inbound_s
    if (restored_outbound_s + restored_inbound_s < LEAST_GAIN_S) continue
    remedies.push({ ...change, outbound_s, inbound_s, restored_outbound_s, restored_inbound_s })
  }
  return remedies.sort((a, b) => {
    const apart = gainOf(b) - gainOf(a)
    return Math.abs(apart) < SAME_GAIN_S ? KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || apart : apart
  })
}

/** Among equal gains the change that costs the street least comes first. */
const KINDS: readonly Change['kind'][] = ['pattern', 'speed', 'cycle', 'green', 'uncoordinated']

/** Gains are printed to a tenth of a second. */
const SAME_GAIN_S = 1e-3

function gainOf(remedy: Remedy): number {
  return remedy.restored_outbound_s + remedy.restored_inbound_s
}

function listChanges(problem: BandProblem, options: RemedyOptions): [Change, BandProblem][] {
  const changes: [Change, BandProblem][] = []
  problem.signals.forEach((signal, i) => {
    for (const pattern of options.forbidden_patterns?.[signal.id] ?? []) {
      const patterns = [...signal.patterns.filter(({ id }) => id !== pattern.id), pattern]
      changes.push([{ kind: 'pattern', signal: signal.id, pattern: pattern.id }, withPatterns(problem, i, patterns)])
    }
    for (const added_s of options.added_greens_s ?? ADDED_GREENS_S) {
      for (const at of ['start', 'end'] as const) {
        const patterns = signal.patterns.map((pattern) => widened(pattern, added_s, at, problem.cycle_s))
        changes.push([{ kind: 'green', signal: signal.id, added_s, at }, withPatterns(problem, i, patterns)])
      }
    }
    if (problem.signals.length > 1) changes.push([{ kind: 'uncoordinated', signal: signal.id }, withoutSignal(problem, i)])
  })
  for (const other of options.other_cycles ?? []) changes.push([{ kind: 'cycle', cycle_s: other.cycle_s }, other])
  for (const share of options.speed_shares ?? SPEED_SHARES) changes.push([{ kind: 'speed', share }, faster(problem, share)])
  return changes
}

export function withPatterns(problem: BandProblem, index: number, patterns: readonly SignalPattern[]): BandProblem {
  return { ...problem, signals: problem.signals.map((signal, i) => (i === index ? { ...signal, patterns } : signal)) }
}

/** Every green of the pattern longer at one end, as far as the next green of its direction leaves room. */
export function widened(pattern: SignalPattern, added_s: number, at: 'start' | 'end', cycle_s: number): SignalPattern {
  const widen = (windows: readonly Window[]): Window[] =>
    windows.map((window) => {
      const room = windows.length === 1 ? cycle_s - window.length_s : roomBeside(window, windows, at, cycle_s)
      const more = Math.min(added_s, room)
      return { ...window, start_s: at === 'start' ? window.start_s - more : window.start_s, length_s: window.length_s + more }
    })
  return { id: pattern.id, outbound: widen(pattern.outbound), inbound: widen(pattern.inbound) }
}

/** Red between this green and its neighbour (s). */
function roomBeside(window: Window, windows: readonly Window[], at: 'start' | 'end', cycle_s: number): number {
  const gaps = windows.map((other) => {
    if (other === window) return cycle_s - window.length_s
    const [first, second] = at === 'end' ? [window, other] : [other, window]
    const apart = modulo(second.start_s - first.start_s, cycle_s)
    return Math.max(0, apart - first.length_s)
  })
  return Math.min(...gaps)
}

function faster(problem: BandProblem, share: number): BandProblem {
  const scale = (travel: LinkTravel): LinkTravel => ({
    ...travel,
    speed_min_mps: travel.speed_min_mps * (1 + share),
    speed_max_mps: travel.speed_max_mps * (1 + share),
    speed_target_mps: travel.speed_target_mps * (1 + share),
  })
  const links = problem.links.map(({ outbound, inbound }) => ({
    ...(outbound && { outbound: scale(outbound) }),
    ...(inbound && { inbound: scale(inbound) }),
  }))
  return { ...problem, links }
}
