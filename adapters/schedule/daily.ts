// Runs once a day at a local time, such as the nightly replanning: once on days that have the time twice or not at all, and once for what was
// missed while nobody ran.
import cron from 'node-cron'
import { LocalTime } from '../../model/local-time.ts'
import type { TimeOfDay } from '../../model/units.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import { dueDay } from './due-day.ts'

export interface DailyTask {
  name: string
  /** IANA name. */
  time_zone: string
  at: TimeOfDay
  /** Newest local date up to the one named that was done, by whomever; undefined before the first. `NightStore.lastDay` is one. */
  lastDay: (until: string) => Promise<string | undefined>
  /** Must bear being called twice for a day: two processes may both find it due. A day whose call throws is called again a minute later. */
  run: (day: string) => Promise<void>
}

export interface DailyOptions {
  tasks: readonly DailyTask[]
  clock: Clock
  onError: (name: string, error: unknown) => void
}

export interface Daily {
  /** Looks now what is due. */
  look(): Promise<void>
  /** Ends the ticks and waits for what runs. */
  stop(): Promise<void>
}

const LOOK_MS = 60_000

/** Looks at once, then every minute. Where nothing was ever done, the first run is the next one. Throws input.value for an unknown time zone. */
export async function startDaily({ tasks, clock, onError }: DailyOptions): Promise<Daily> {
  const watches = tasks.map((task) => new Watch(task, clock, onError))
  const look = async (): Promise<void> => { await Promise.all(watches.map((watch) => watch.look())) }
  // Cron waits for the minute that it has reckoned: after the clock was put back that may be an hour away, or a year.
  const steady = setInterval(() => void look(), LOOK_MS).unref()
  const ticks = cron.schedule('* * * * *', look, { noOverlap: true, suppressMissedWarning: true })
  await look()
  return {
    look,
    async stop() {
      clearInterval(steady)
      await ticks.destroy()
      await Promise.all(watches.map((watch) => watch.idle()))
    },
  }
}

class Watch {
  readonly #task: DailyTask
  readonly #clock: Clock
  readonly #onError: DailyOptions['onError']
  readonly #local: LocalTime
  /** Of this process. */
  #done: string | undefined
  #looking: Promise<void> | undefined

  constructor(task: DailyTask, clock: Clock, onError: DailyOptions['onError']) {
    this.#task = task
    this.#clock = clock
    this.#onError = onError
    this.#local = new LocalTime(task.time_zone)
  }

  look(): Promise<void> {
    this.#looking ??= this.#run().catch((error: unknown) => this.#onError(this.#task.name, error)).finally(() => { this.#looking = undefined })
    return this.#looking
  }

  async idle(): Promise<void> {
    await this.#looking
  }

  async #run(): Promise<void> {
    const due = dueDay(this.#local, this.#task.at, this.#clock.now())
    // Later ones were done by a clock that has been put back since.
    if (this.#done === due) return
    const last = await this.#task.lastDay(due)
    // A new installation has missed nothing yet.
    const first = last === undefined && this.#done === undefined
    if (!first && (last === undefined || last < due)) await this.#task.run(due)
    this.#done = due
  }
}
