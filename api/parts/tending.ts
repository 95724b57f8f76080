// Once a day what is old goes: observations, minutes, publications, events. Sessions and answers to repeated requests go by themselves.
import { parseDay } from '../../model/local-time.ts'
import { startDaily } from '../../adapters/schedule/index.ts'
import type { Stores } from '../../plans/ports/store.ts'
import type { Part, PartContext, RunningPart } from './part.ts'

/** When the nights of nobody run, in the time zone of the computer: the time hardly matters, that it is one time does. */
const AT_S = 4.5 * 3600
const DAY_S = 86_400
/** Publications, so that what a sign showed can be looked up; events, for those who listened last a while ago. */
const KEEP_DAYS = { snapshots: 35, events: 7 } as const
/** The newest day that was tended, by whomever. */
const SETTING = 'tended'
/** A clock further ahead of the newest observation is doubted, for so long that somebody can read of it. */
const DOUBT_S = 3 * DAY_S

export const tendingPart: Part = { name: 'tending', roles: ['work'], start: startTending }

async function startTending({ service: { store, clock }, configuration: { keep_days }, log }: PartContext): Promise<RunningPart> {
  const doubt = new ClockDoubt()
  const daily = await startDaily({
    clock, onError: (_, error) => log.warn({ err: error }, 'what is old could not be let go; it is tried again in a minute'),
    tasks: [{
      name: 'tending', time_zone: 'UTC', at: AT_S,
      lastDay: async (until) => {
        const last = (await store.settings.get(SETTING))?.value as string | undefined
        return last !== undefined && last <= until ? last : undefined
      },
      run: async (day) => {
        const doubted = doubt.of(clock.now(), await store.observations.newestDay())
        if (doubted !== undefined) {
          log.warn({ newest: doubted }, 'nothing that is old was let go: the clock is days ahead of the newest observation, so it may be wrong; it is looked at again tomorrow, and the clock is believed after three days')
          return
        }
        const done = await tendAll(store, clock.now(), keep_days)
        await remember(store, day)
        log.info(done, 'what is old was let go')
      },
    }],
  })
  // The first day of a new installation has nothing old.
  if (await store.settings.get(SETTING) === undefined) await remember(store, new Date((clock.now() - DAY_S) * 1000).toISOString().slice(0, 10))
  return { stop: () => daily.stop() }
}

/** Whether the clock may have been put on by mistake: what it then calls old would be gone for good. Feeds that bring nothing for days look the same, and must not keep what is old for ever. */
export class ClockDoubt {
  readonly #steady_s: () => number
  #since_s: number | undefined

  /** `steady_s`: seconds that nobody puts on or back. */
  constructor(steady_s = () => performance.now() / 1000) {
    this.#steady_s = steady_s
  }

  /** The newest day of observations, where the clock is too far ahead of it to be believed yet. */
  of(now: number, newest: string | undefined): string | undefined {
    const day = newest === undefined ? undefined : parseDay(newest)
    if (day === undefined || now < (day + 1) * DAY_S + DOUBT_S) {
      this.#since_s = undefined
      return undefined
    }
    this.#since_s ??= this.#steady_s()
    return this.#steady_s() - this.#since_s < DOUBT_S ? newest : undefined
  }
}

/** Days of observations that were closed or dropped, and numbers of what else went. */
export async function tendAll({ observations, states, snapshots, events }: Stores, now: number, keep_days: number): Promise<Record<string, unknown>> {
  const before = (days: number): number => now - days * DAY_S
  const { closed, dropped } = await observations.tend(now, keep_days)
  return {
    closed, dropped, minutes_days: await states.tend(before(keep_days)), snapshots: await snapshots.tend(before(KEEP_DAYS.snapshots)), events: await events.tend(before(KEEP_DAYS.events)),
  }
}

/** Of two who tended, one keeps it. */
async function remember({ settings }: Pick<Stores, 'settings'>, day: string): Promise<void> {
  const before = await settings.get(SETTING)
  if (before !== undefined && parseDay(before.value as string)! >= parseDay(day)!) return
  await settings.put(SETTING, day, before?.version ?? 0)
}
