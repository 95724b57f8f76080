// Coordination diagram as data (Purdue coordination diagram: Day et al. 2010, Transportation Research Record 2192): over the
// clock, where in the cycle vehicles arrive, and where green, yellow and red begin.
import type { Seconds, TimeOfDay } from '../model/units.ts'

/** One green of the phase, local time of day; times past midnight go on counting. */
export interface CoordinationCycle {
  green_s: TimeOfDay
  /** End of green. */
  yellow_s: TimeOfDay
  /** End of yellow. */
  red_s: TimeOfDay
  /** The next start of green; undefined where the record ends. */
  next_s?: TimeOfDay | undefined
}

export interface CoordinationArrival {
  time_s: TimeOfDay
  source: 'detector' | 'probe'
}

export interface CoordinationInput {
  /** In order of time. */
  cycles: readonly CoordinationCycle[]
  arrivals: readonly CoordinationArrival[]
  range_s: readonly [start: TimeOfDay, end: TimeOfDay]
  /** Where the count of seconds begins; default end of green, so that green stands at the top of the picture. */
  origin?: 'end-of-green' | 'start-of-green'
}

export interface CoordinationLine {
  boundary: 'green' | 'yellow' | 'red'
  points: { time_s: number; since_s: number }[]
}

export interface CoordinationScene {
  range_s: readonly [number, number]
  origin: 'end-of-green' | 'start-of-green'
  height_s: Seconds
  /** Broken where a cycle is missing. */
  lines: CoordinationLine[]
  dots: { time_s: number; since_s: number; source: 'detector' | 'probe' }[]
  /** Arrivals inside known cycles and how many of them met green; a source without arrivals is absent. */
  on_green: { source: 'detector' | 'probe'; arrivals: number; green: number }[]
  /** Arrivals of which nobody knows the signal, and those above the picture in a very long cycle. */
  unknown: number
  beyond: number
}

/** Who waits for the queue to start is let through in the first seconds of yellow: the window of a probe's arrival. */
const PROBE_GRACE_S: Seconds = 3
/** Cycles longer than this many medians are drawn only so far. */
const TALLEST_CYCLES = 2
/** Two records of the same start of green. */
const SAME_S = 0.5

/** From one origin to the next; nothing between spans that don't touch. */
interface Span {
  start_s: number
  end_s: number
  green_s: number
  yellow_s: number
  red_s: number
  /** The green that a vehicle in the span may meet. */
  greens: (readonly [start: number, end: number])[]
  follows: boolean
}

export function buildCoordinationScene({ cycles, arrivals, range_s, origin = 'end-of-green' }: CoordinationInput): CoordinationScene {
  const spans = spansOf(cycles, origin).filter(({ start_s, end_s }) => end_s > range_s[0] && start_s < range_s[1])
  const lengths = spans.map(({ start_s, end_s }) => end_s - start_s).sort((a, b) => a - b)
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0
  const height_s = Math.min(lengths.at(-1) ?? 0, TALLEST_CYCLES * median)
  const scene: CoordinationScene = { range_s, origin, height_s, lines: linesOf(spans, height_s), dots: [], on_green: [], unknown: 0, beyond: 0 }
  const counts = { detector: { arrivals: 0, green: 0 }, probe: { arrivals: 0, green: 0 } }
  for (const { time_s, source } of arrivals) {
    if (time_s < range_s[0] || time_s >= range_s[1]) continue
    const span = spanAt(spans, time_s)
    if (span === undefined) {
      scene.unknown++
      continue
    }
    counts[source].arrivals++
    const grace = source === 'probe' ? PROBE_GRACE_S : 0
    if (span.greens.some(([start, end]) => time_s >= start && time_s < end + grace)) counts[source].green++
    const since_s = time_s - span.start_s
    if (since_s > height_s) scene.beyond++
    else scene.dots.push({ time_s, since_s, source })
  }
  scene.on_green = (['detector', 'probe'] as const).flatMap((source) => (counts[source].arrivals > 0 ? [{ source, ...counts[source] }] : []))
  return scene
}

function spansOf(cycles: readonly CoordinationCycle[], origin: CoordinationScene['origin']): Span[] {
  const spans: Span[] = []
  cycles.forEach(({ green_s, yellow_s, red_s, next_s }, i) => {
    if (next_s === undefined) return
    if (origin === 'start-of-green') {
      spans.push({ start_s: green_s, end_s: next_s, green_s, yellow_s, red_s, greens: [[green_s, yellow_s]], follows: touches(spans, green_s) })
      return
    }
    const next = cycles[i + 1]
    if (next === undefined || Math.abs(next.green_s - next_s) > SAME_S) return
    spans.push({ start_s: yellow_s, end_s: next.yellow_s, green_s: next_s, yellow_s: next.yellow_s, red_s, greens: [[green_s, yellow_s], [next_s, next.yellow_s]], follows: touches(spans, yellow_s) })
  })
  return spans
}

const touches = (spans: readonly Span[], start_s: number): boolean => Math.abs((spans.at(-1)?.end_s ?? -Infinity) - start_s) <= SAME_S

function spanAt(spans: readonly Span[], time_s: number): Span | undefined {
  let [low, high] = [0, spans.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.start_s <= time_s) low = middle + 1
    else high = middle
  }
  const span = spans[low - 1]
  return span !== undefined && time_s < span.end_s ? span : undefined
}

function linesOf(spans: readonly Span[], height_s: Seconds): CoordinationLine[] {
  return (['green', 'yellow', 'red'] as const).flatMap((boundary) => {
    const lines: CoordinationLine[] = []
    for (const span of spans) {
      const since = span[`${boundary}_s`] - span.start_s
      if (!span.follows || lines.length === 0) lines.push({ boundary, points: [] })
      // A step for each cycle: the boundary holds from the cycle's beginning to its end.
      const since_s = Math.min(since, height_s)
      lines.at(-1)!.points.push({ time_s: span.start_s, since_s }, { time_s: span.end_s, since_s })
    }
    return lines
  })
}
