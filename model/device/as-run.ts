// What lamps were seen to do, and whether that is the plan: whole cycles in master time, each edge within a tolerance.
import type { GroupId } from '../signal.ts'
import { modulo, type Instant, type Seconds } from '../units.ts'
import type { AsRunGreen, Lamp, LampTiming, LiveSample } from './device.ts'

const GREEN: readonly Lamp[] = ['green', 'green-flashing']

/** Makes greens of samples. An edge is put half way between the samples on its two sides, so it is off by at most half their distance. */
export class AsRunRecorder {
  readonly #greens: AsRunGreen[] = []
  readonly #open = new Map<GroupId, Instant>()
  readonly #seen = new Set<GroupId>()
  #first: Instant | undefined
  #last: Instant | undefined
  /** Gaps between samples that no later one is wider than, oldest first. */
  readonly #gaps: { until_s: Instant; length_s: Seconds }[] = []

  /** Samples in the order of time; one that is older than the last is left out. */
  add({ time_s, lamps }: Pick<LiveSample, 'time_s' | 'lamps'>): void {
    if (this.#last !== undefined && time_s <= this.#last) return
    const edge = this.#last === undefined ? time_s : (this.#last + time_s) / 2
    for (const { group, lamp } of lamps) {
      this.#seen.add(group)
      const since = this.#open.get(group)
      if (GREEN.includes(lamp)) {
        if (since === undefined) this.#open.set(group, edge)
      } else if (since !== undefined) {
        this.#greens.push({ group, start_s: since, end_s: edge })
        this.#open.delete(group)
      }
    }
    if (this.#last !== undefined) this.#addGap(time_s, time_s - this.#last)
    this.#first ??= time_s
    this.#last = time_s
  }

  #addGap(until_s: Instant, length_s: Seconds): void {
    while (this.#gaps.length > 0 && (this.#gaps.at(-1) as { length_s: Seconds }).length_s <= length_s) this.#gaps.pop()
    this.#gaps.push({ until_s, length_s })
  }

  /** All greens so far, those that last cut at the last sample. */
  greens(): AsRunGreen[] {
    const lasting = [...this.#open].map(([group, start_s]): AsRunGreen => ({ group, start_s, end_s: this.#last as Instant }))
    return [...this.#greens, ...lasting].sort((a, b) => a.start_s - b.start_s)
  }

  /** Undefined before the first sample. */
  get from_s(): Instant | undefined { return this.#first }
  get until_s(): Instant | undefined { return this.#last }
  /** The longest time between two samples: an edge can't be placed better than half of it. */
  get widest_gap_s(): Seconds { return this.widestGap() }
  /** The same of samples after an instant. */
  widestGap(from_s: Instant = Number.NEGATIVE_INFINITY): Seconds { return this.#gaps.find(({ until_s }) => until_s > from_s)?.length_s ?? 0 }
  /** Groups of which any sample spoke. */
  get groups(): GroupId[] { return [...this.#seen] }
}

export interface Watch {
  /** Local midnight: master time 0. */
  midnight_s: Instant
  from_s: Instant
  until_s: Instant
  /** Default 1 s. */
  tolerance_s?: Seconds
  /** Between samples; beyond twice the tolerance nothing can be said. */
  widest_gap_s?: Seconds
}

export interface Judgement {
  /** Whole cycles that were watched. */
  cycles: number
  /** At least two whole cycles, every edge of every group within the tolerance and none besides. */
  followed: boolean
  /** What differs, with values; or why nothing can be said. */
  sentences: string[]
}

interface Edge {
  at: Instant
  kind: 'green' | 'yellow'
}

const LEAST_CYCLES = 2
/** More sentences than these help nobody; the rest is counted. */
const MOST_SENTENCES = 8
const SECOND = (value: number): string => `${Math.round(value * 10) / 10} s`

/** Whether lamps followed a timing while they were watched: what level 5 rests on. */
export function judgeLamps(expected: LampTiming, greens: readonly AsRunGreen[], watch: Watch): Judgement {
  const cycle_s = expected.cycle / 10
  const tolerance = watch.tolerance_s ?? 1
  // A hair, because instants of this century have no exact tenths.
  const cycles = Math.max(0, Math.floor((watch.until_s - watch.from_s) / cycle_s + 1e-6))
  if (cycles < LEAST_CYCLES) return { cycles, followed: false, sentences: [`${cycles} whole cycles of ${SECOND(cycle_s)} were watched; at least ${LEAST_CYCLES} must be`] }
  if (tooRarely(watch)) return { cycles, followed: false, sentences: [`nothing was seen for ${SECOND(watch.widest_gap_s as number)}: an edge can't be told within ${SECOND(tolerance)}`] }
  const until_s = watch.from_s + cycles * cycle_s
  const sentences = groupsOf(expected, greens).flatMap((group) => judgeGroup(group, expected, greens.filter((green) => green.group === group), { ...watch, until_s }, tolerance))
  const more = sentences.length - MOST_SENTENCES
  return { cycles, followed: sentences.length === 0, sentences: more > 0 ? [...sentences.slice(0, MOST_SENTENCES), `and ${more} more differences`] : sentences }
}

/** Whether so much time lay between two samples that an edge can't be told within the tolerance. */
const tooRarely = ({ widest_gap_s = 0, tolerance_s = 1 }: Watch): boolean => widest_gap_s > 2 * tolerance_s

const groupsOf = (expected: LampTiming, greens: readonly AsRunGreen[]): GroupId[] => [...new Set([...expected.groups, ...greens].map(({ group }) => group))]

function judgeGroup(group: GroupId, expected: LampTiming, seen: readonly AsRunGreen[], watch: Watch, tolerance: number): string[] {
  const windows = expected.groups.find((one) => one.group === group)?.greens ?? []
  const planned = edgesOf(expectedGreens(group, expected, watch))
  if (planned.length === 0) return judgeSteady(group, windows.length > 0, seen, watch, tolerance)
  const found = edgesOf(seen)
  const taken = new Set<Edge>()
  const isInside = ({ at }: Edge): boolean => at > watch.from_s + tolerance && at < watch.until_s - tolerance
  const sentences: string[] = []
  for (const edge of planned) {
    const nearest = found.filter((one) => one.kind === edge.kind && !taken.has(one)).sort((a, b) => Math.abs(a.at - edge.at) - Math.abs(b.at - edge.at))[0]
    if (nearest !== undefined && Math.abs(nearest.at - edge.at) <= tolerance + 1e-6) taken.add(nearest)
    else if (isInside(edge)) sentences.push(`group ${group} should turn ${edge.kind} at ${SECOND(edge.at - watch.midnight_s)} of the day${nearest === undefined ? ' and never did' : ` and did at ${SECOND(nearest.at - watch.midnight_s)}`}`)
  }
  for (const edge of found) if (!taken.has(edge) && isInside(edge)) sentences.push(`group ${group} turned ${edge.kind} at ${SECOND(edge.at - watch.midnight_s)} of the day, which is not in the plan`)
  return sentences
}

/** A group that is always or never green has no edges to compare. */
function judgeSteady(group: GroupId, isGreen: boolean, seen: readonly AsRunGreen[], { from_s, until_s }: Watch, tolerance: number): string[] {
  const green = seen.reduce((sum, { start_s, end_s }) => sum + Math.max(0, Math.min(end_s, until_s) - Math.max(start_s, from_s)), 0)
  if (isGreen && green < until_s - from_s - 2 * tolerance) return [`group ${group} should always be green and was so for ${SECOND(green)} of ${SECOND(until_s - from_s)}`]
  return !isGreen && green > 0 ? [`group ${group} should never be green and was so for ${SECOND(green)}`] : []
}

const edgesOf = (greens: readonly { start_s: Instant; end_s: Instant }[]): Edge[] =>
  greens.flatMap(({ start_s, end_s }): Edge[] => [{ at: start_s, kind: 'green' }, { at: end_s, kind: 'yellow' }])

/** Greens of a group by the plan that touch the time of the watch. */
function expectedGreens(group: GroupId, { cycle, offset, groups }: LampTiming, { midnight_s, from_s, until_s }: Pick<Watch, 'midnight_s' | 'from_s' | 'until_s'>): { start_s: Instant; end_s: Instant }[] {
  const cycle_s = cycle / 10
  return (groups.find((one) => one.group === group)?.greens ?? []).filter(([start, end]) => end - start < cycle).flatMap(([start, end]) => {
    const [zero, length] = [midnight_s + (offset + start) / 10, (end - start) / 10]
    const first = Math.floor((from_s - length - zero) / cycle_s)
    const count = Math.ceil((until_s - from_s + length) / cycle_s) + 2
    return Array.from({ length: count }, (_, i) => ({ start_s: zero + (first + i) * cycle_s, end_s: zero + (first + i) * cycle_s + length }))
      .filter(({ start_s, end_s }) => end_s >= from_s && start_s <= until_s)
  })
}

/** How late greens begin after the plan, s, as the median over all that were seen; in [-cycle/2, cycle/2). Undefined where none was seen. */
export function driftOf(greens: readonly AsRunGreen[], expected: LampTiming, midnight_s: Instant): Seconds | undefined {
  const cycle_s = expected.cycle / 10
  const late = greens.flatMap(({ group, start_s }) => {
    const starts = (expected.groups.find((one) => one.group === group)?.greens ?? []).filter(([start, end]) => end - start < expected.cycle).map(([start]) => start)
    const errors = starts.map((start) => modulo(start_s - midnight_s - (expected.offset + start) / 10 + cycle_s / 2, cycle_s) - cycle_s / 2)
    return errors.length === 0 ? [] : [errors.reduce((best, one) => (Math.abs(one) < Math.abs(best) ? one : best))]
  }).sort((a, b) => a - b)
  return late.length === 0 ? undefined : late[Math.floor((late.length - 1) / 2)]
}

export interface LampAlarm {
  /** `drift`: the plan runs, but shifted; `mismatch`: it is another plan, or none. */
  kind: 'drift' | 'mismatch'
  drift_s?: Seconds
  sentences: string[]
}

/** What is wrong with a controller that should run a timing; undefined = nothing, or too little was seen to say. */
export function lampAlarm(expected: LampTiming, greens: readonly AsRunGreen[], watch: Watch): LampAlarm | undefined {
  const judged = judgeLamps(expected, greens, watch)
  if (judged.followed || judged.cycles < LEAST_CYCLES || tooRarely(watch)) return undefined
  const whole = greens.filter(({ start_s }) => start_s > watch.from_s)
  const drift_s = driftOf(whole, expected, watch.midnight_s)
  if (drift_s !== undefined && judgeLamps({ ...expected, offset: modulo(expected.offset + Math.round(drift_s * 10), expected.cycle) }, greens, watch).followed) {
    return { kind: 'drift', drift_s, sentences: [`the plan runs ${SECOND(Math.abs(drift_s))} ${drift_s > 0 ? 'late' : 'early'}`] }
  }
  return { kind: 'mismatch', sentences: judged.sentences }
}
