// What the lamps of one controller did: samples to greens and to rows of its log, and whether that is the plan.
import { judgeLamps, lampAlarm, type LampAlarm } from '../../model/device/as-run.ts'
import type { AsRunGreen, DeviceMode, Lamp, LampTiming, LiveSample } from '../../model/device/device.ts'
import type { SignalEvent } from '../../model/feed.ts'
import type { LocalTime } from '../../model/local-time.ts'
import type { PhaseNumber } from '../../model/observation.ts'
import type { GroupId } from '../../model/signal.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { EDGE_CODES } from './codes.ts'

/** Where looks lie further apart an edge can't be told within a second: the log has a hole there. */
const WIDEST_GAP_S = 2
/** Cycles that are judged at a time. Looks don't share any: a clock that is put right is wrong in one of them. */
const JUDGED_CYCLES = 2
/** Kept in memory. */
const KEPT_S = 1800
/** So long a controller may take to get in step after the zero of its cycle jumped. */
const TRANSITION_CYCLES = 8
/** Nobody follows a plan in another mode, and that is no fault of the plan. */
const STEADY: readonly DeviceMode[] = ['coordinated', 'fixed', 'free', 'unknown']

type Shows = 'green' | 'between' | 'red'
/** What is not here (dark, flashing red or yellow, unknown) says nothing of the cycle. */
const SHOWS: Partial<Record<Lamp, Shows>> = { green: 'green', 'green-flashing': 'green', yellow: 'between', red: 'red', 'red-yellow': 'red' }

export class LampLog {
  readonly #numbers: ReadonlyMap<GroupId, PhaseNumber>
  readonly #shows = new Map<GroupId, Shows>()
  readonly #open = new Map<GroupId, Instant>()
  #greens: AsRunGreen[] = []
  #unbroken_s: Instant = 0
  #steady_s: Instant = 0
  #last_s: Instant | undefined
  #judged_s: Instant = 0

  constructor(numbers: readonly PhaseNumber[]) {
    this.#numbers = new Map(numbers.map((number) => [number.group, number]))
  }

  get last_s(): Instant | undefined { return this.#last_s }

  /** Rows of the log that the sample tells, none where it is older than the last or comes after a hole: an edge is put half way between two samples. */
  add({ time_s, lamps, mode }: LiveSample): SignalEvent[] {
    const last = this.#last_s
    if (last !== undefined && time_s <= last) return []
    this.#last_s = time_s
    const isNew = last === undefined || time_s - last > WIDEST_GAP_S
    if (isNew) this.#begin(time_s)
    if (!STEADY.includes(mode)) this.#steady_s = time_s
    // To a tenth, as controllers log.
    const edge_s = isNew ? time_s : Math.round(((last + time_s) / 2) * 10) / 10
    const rows = lamps.flatMap(({ group, lamp }) => this.#turn(group, SHOWS[lamp], edge_s))
    if (rows.length > 0) this.#greens = this.#greens.filter(({ end_s }) => end_s > time_s - KEPT_S)
    return rows
  }

  #begin(time_s: Instant): void {
    this.#unbroken_s = time_s
    this.#shows.clear()
    this.#open.clear()
  }

  #turn(group: GroupId, now: Shows | undefined, edge_s: Instant): SignalEvent[] {
    const before = this.#shows.get(group)
    if (now === before) return []
    if (now === undefined) this.#shows.delete(group)
    else this.#shows.set(group, now)
    if (now === 'green') this.#open.set(group, edge_s)
    const since = this.#open.get(group)
    if (now !== 'green' && since !== undefined) {
      this.#open.delete(group)
      this.#greens.push({ group, start_s: since, end_s: edge_s })
    }
    const number = this.#numbers.get(group)
    // How a lamp came to show what it is first seen to show nobody knows.
    if (number === undefined || before === undefined || now === undefined) return []
    const codes = EDGE_CODES[number.kind]
    const told = now === 'green' ? [codes.green] : [...(before === 'green' ? [codes.end] : []), ...(now === 'red' ? [codes.red] : [])]
    return told.map((event) => ({ device: number.device, time_s: edge_s, event, parameter: number.phase }))
  }

  /** Greens that end after an instant, those that last cut at the last sample. */
  greens(from_s: Instant): AsRunGreen[] {
    const lasting = [...this.#open].map(([group, start_s]): AsRunGreen => ({ group, start_s, end_s: this.#last_s! }))
    return [...this.#greens, ...lasting].filter(({ end_s }) => end_s > from_s)
  }

  /** Whether the last cycles were those of a timing that runs since an instant; undefined where too little was seen to say since it was last said. */
  judge(expected: LampTiming, since_s: Instant, local: LocalTime): LampAlarm | 'followed' | undefined {
    if (this.#last_s === undefined) return undefined
    const cycle_s = expected.cycle / 10
    const midnight_s = local.instant(local.day(this.#last_s), 0)
    const from_s = Math.max(this.#unbroken_s, this.#steady_s, since_s, this.#judged_s, this.#last_s - (JUDGED_CYCLES + 1) * cycle_s, inStepAfter(midnight_s, cycle_s, local))
    if (this.#last_s - from_s < JUDGED_CYCLES * cycle_s) return undefined
    this.#judged_s = this.#last_s
    const watch = { midnight_s, from_s, until_s: this.#last_s, widest_gap_s: WIDEST_GAP_S }
    const greens = this.greens(from_s)
    return judgeLamps(expected, greens, watch).followed ? 'followed' : lampAlarm(expected, greens, watch)
  }
}

/** Where a day is no whole number of cycles, master time jumps at midnight, and controllers follow it in some cycles. */
function inStepAfter(midnight_s: Instant, cycle_s: Seconds, local: LocalTime): Instant {
  const day_s = midnight_s - local.instant(local.day(midnight_s) - 1, 0)
  const isWhole = Math.abs(day_s / cycle_s - Math.round(day_s / cycle_s)) < 1e-9
  return isWhole ? Number.NEGATIVE_INFINITY : midnight_s + TRANSITION_CYCLES * cycle_s
}
