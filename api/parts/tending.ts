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

export const tendingPart: Part = { name: 'tending', roles: ['work'], start: startTending }

async function startTending({ service: { store, clock }, configuration: { keep_days }, log }: PartContext): Promise<RunningPart> {
  const daily = await startDaily({
    clock, onError: (_, error) => log.warn({ err: error }, 'what is old could not be let go; it is tried again in a minute'),
    tasks: [{
      name: 'tending', time_zone: 'UTC', at: AT_S,
      lastDay: async (until) => {
        const last = (await store.settings.get(SETTING))?.value as string | undefined
        return last !== undefined && last <= until ? last : undefined
      },
      run: async (day) => {
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
