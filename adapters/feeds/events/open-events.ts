// High-resolution logs of signal controllers: CSV, NDJSON or XML, columns in any order, times in the controller's zone.
import type { SignalEvent } from '../../../model/feed.ts'
import type { FeedAccount } from '../../../model/feed-account.ts'
import type { Instant, Seconds } from '../../../model/units.ts'
import type { ByteSource } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { describeTimeFault, InstantReader } from '../instants.ts'
import { nameOf } from '../ndjson.ts'
import { type FeedRecord, quantityOf, RecordFeed } from '../records.ts'

const COLUMNS = {
  time: ['timestamp', 'time', 'time_s', 'datetime', 't'],
  device: ['device_id', 'signal_id', 'device', 'signal', 'controller', 'controller_id'],
  event: ['event_id', 'event_code', 'event', 'code'],
  parameter: ['parameter', 'event_param', 'event_parameter', 'param'],
} as const
type EventColumn = keyof typeof COLUMNS

/** A controller's clock that was put back: its rows overlap those before. */
export interface ClockStep {
  device: string
  from_s: Instant
  to_s: Instant
}

export interface EventFeed extends Feed<SignalEvent> {
  /** Found so far; the first thousand. */
  clockSteps(): ClockStep[]
}

/** Rows that are no more than this late are put in order; later ones mean that the clock was put back. */
const REORDER_S: Seconds = 1
const MOST_STEPS = 1000
/** Rows of a tick among which a copy is looked for. */
const LONGEST_TICK = 100
const LARGEST_CODE = 65_535

/**
 * Within a tick, ends before beginnings (Indiana enumerations): 7-12 of phases, 22 and 23 of pedestrians, 62-65 of overlaps, before
 * 0-2, 21 and 61. All others stay where they are between them.
 */
const ENDS = new Set([7, 8, 9, 10, 11, 12, 22, 23, 62, 63, 64, 65])
const BEGINNINGS = new Set([0, 1, 2, 21, 61])
const rankOf = (event: number): number => (ENDS.has(event) ? 0 : BEGINNINGS.has(event) ? 2 : 1)

export function openEvents(sources: readonly ByteSource[], context: FeedContext): EventFeed {
  let decoder: EventDecoder | undefined
  const feed = new RecordFeed<EventColumn, SignalEvent>(context.source, sources, COLUMNS, (account) => {
    const events = decoder = new EventDecoder(context, account)
    return {
      begin(has, first) {
        const missing = (['time', 'event', 'parameter'] as const).find((column) => !has(column))
        events.times.settle(first.map(({ values }) => Number(values.time)))
        return missing === undefined ? undefined : `there is no column of ${missing === 'time' ? 'times' : missing === 'event' ? 'event codes' : 'parameters'}: a log needs TimeStamp, DeviceId, EventId and Parameter`
      },
      push: (record, out) => events.push(record, out),
      pause: (out) => events.release(out, false),
      end: (out) => events.release(out, true),
    }
  })
  return Object.assign(feed, { clockSteps: () => decoder?.steps.map((step) => ({ ...step })) ?? [] })
}

class EventDecoder {
  readonly times: InstantReader
  readonly steps: ClockStep[] = []
  readonly #context: FeedContext
  readonly #account: FeedAccount
  /** Believed rows of the last second and of the piece in hand. */
  #held: SignalEvent[] = []
  #newest = -Infinity
  readonly #last = new Map<string, Instant>()

  constructor(context: FeedContext, account: FeedAccount) {
    this.#context = context
    this.#account = account
    this.times = new InstantReader(context)
  }

  push({ place, values }: FeedRecord<EventColumn>, out: SignalEvent[]): void {
    const time_s = this.times.value(values.time)
    if (Number.isNaN(time_s)) return this.#drop(this.times.fault, place, describeTimeFault(this.times.fault, String(values.time), this.#context))
    const [event, parameter] = [quantityOf(values.event), quantityOf(values.parameter)]
    if (!isCode(event)) return this.#drop('event-not-understood', place, `the event code is ${JSON.stringify(values.event ?? null)}`)
    if (!isCode(parameter)) return this.#drop('parameter-not-understood', place, `the parameter of event ${event} is ${JSON.stringify(values.parameter ?? null)}`)
    const device = nameOf(values.device) ?? this.#context.source
    const last = this.#last.get(device)
    if (last !== undefined && time_s < last - REORDER_S) this.#step(device, last, time_s, place)
    else if (last !== undefined && time_s < last) this.#account.count('repair', 'reordered', () => `${place}: event ${event} of device ${device} comes ${(last - time_s).toFixed(3)} s after a later one; put in order`)
    if (last === undefined || time_s > last || time_s < last - REORDER_S) this.#last.set(device, time_s)
    if (time_s < this.#newest - REORDER_S) this.release(out, true)
    this.#newest = Math.max(this.#newest, time_s)
    this.#held.push({ device, time_s, event, parameter })
  }

  /** Hands on, in order, what no later row can come before. */
  release(out: SignalEvent[], all: boolean): void {
    const until = all ? Infinity : this.#newest - REORDER_S
    this.#held.sort(inOrder)
    let done = 0
    for (let tick = 0; done < this.#held.length && this.#held[done]!.time_s < until; done++) {
      const event = this.#held[done]!
      if (event.time_s !== this.#held[tick]!.time_s) tick = done
      if (this.#repeats(event, tick, done)) continue
      this.#account.accept(event.time_s)
      out.push(event)
    }
    this.#held = this.#held.slice(done)
    if (all) this.#newest = -Infinity
  }

  /** Whether the same row stands earlier in its tick. */
  #repeats({ device, time_s, event, parameter }: SignalEvent, from: number, to: number): boolean {
    for (let i = Math.max(from, to - LONGEST_TICK); i < to; i++) {
      const other = this.#held[i]!
      if (other.event !== event || other.parameter !== parameter || other.device !== device) continue
      this.#account.count('drop', 'duplicate', () => `event ${event} ${parameter} of device ${device} stands twice at ${new Date(time_s * 1000).toISOString()}`)
      return true
    }
    return false
  }

  #step(device: string, from_s: Instant, to_s: Instant, place: string): void {
    if (this.steps.length < MOST_STEPS) this.steps.push({ device, from_s, to_s })
    this.#account.count('repair', 'clock-step', () => `${place}: the clock of device ${device} steps back by ${(from_s - to_s).toFixed(1)} s; its rows from here on may overlap those before`)
  }

  #drop(cause: string, place: string, why: string): void {
    this.#account.count('drop', cause, () => `${place}: ${why}`)
  }
}

const isCode = (value: number | undefined): value is number => value !== undefined && Number.isInteger(value) && value >= 0 && value <= LARGEST_CODE

/** By time, ends before beginnings; the sort is stable. */
function inOrder(a: SignalEvent, b: SignalEvent): number {
  if (a.time_s !== b.time_s) return a.time_s - b.time_s
  const [rankA, rankB] = [rankOf(a.event), rankOf(b.event)]
  if (rankA !== rankB) return rankA - rankB
  return rankA === 1 ? 0 : a.event - b.event
}
