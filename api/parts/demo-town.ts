// The demo town: a simulated street that sends what its probes see. Not among all parts: `greenwave demo` adds it, and nothing else does.
import { LocalTime } from '../../model/local-time.ts'
import type { EmulatedTown } from '../demo/controllers.ts'
import { DEMO_FEED, furnish, openViewerSession } from '../demo/furnish.ts'
import { LiveTown } from '../demo/live-town.ts'
import type { DemoLogins } from '../demo/logins.ts'
import { PAST_DAY_JOB, simulatePastDay } from '../demo/past-day.ts'
import { queueDiagnosis } from '../../plans/diagnosis/index.ts'
import { openStreet } from '../demo/street-thread.ts'
import { DEMO_NETWORK } from '../demo/town.ts'
import { doorOf } from '../ingest/door.ts'
import type { JobOptions } from '../jobs/index.ts'
import type { Service } from '../server.ts'
import type { Part } from './part.ts'

/**
 * One day of a made-up town is ground enough for a plan, and a street that nobody ever coordinated may change by as much as it takes. No rules for a
 * real town.
 */
export const DEMO_NIGHTS: NonNullable<JobOptions['nights']> = {
  rules: { least_days: 1, agreeing: { least: 1, of: 1 }, runs: 5, window_s: 600, most_offset_s: 60, most_cycle_s: 60, most_split_s: 40, rest_days: 1, canary_share: 1, longest_silence_s: 4 * 3600 },
  // Every period is simulated: with eight of them a night lasts longer than anybody looks on.
  periods: { most: 3 },
}

/** Treatments are tried when an engineer asks: the worklist should be there while somebody still looks. */
const DEMO_DIAGNOSIS = { network: DEMO_NETWORK, runs: 0, seed: 1, places: 4 } as const

export interface DemoOptions {
  logins: DemoLogins
  /** Lets its holder look around as a viewer. */
  viewer_token: string
  /** Of the town at its first start. */
  time_zone: string
  seed: number
  /** Its driver is the service's. */
  controllers: EmulatedTown
}

/** Whether the day has changed is asked so often. */
const LOOK_MS = 60_000

/** What the demo of today looks back on. */
interface PastDayInput { day: number }

export const demoTownPart = ({ logins, viewer_token, time_zone, seed, controllers }: DemoOptions): Part => ({
  name: 'demo town',
  roles: ['ingest'],
  async start({ service, configuration, log }) {
    const { store, clock, jobs } = service
    const began = clock.now()
    const town = await furnish(store, { logins, time_zone, now: began })
    await openViewerSession(store, viewer_token, began, began + configuration.session_hours * 3600)
    const scenario = (await store.networks.scenario(DEMO_NETWORK))!
    await controllers.start({ store, clock, deployer: service.deployer, network: DEMO_NETWORK, scenario })
    const street = openStreet(scenario)
    const live = new LiveTown({ service, door: doorOf(service), street, time_zone: town.time_zone, seed, log }, await heardUntil(service))
    const started = live.start().then(() => log.info({ after_s: Math.round((clock.now() - began) * 10) / 10 }, 'the simulated street is where the clock is'))
    jobs.handle(PAST_DAY_JOB, async (input, context) => {
      const feed = (await store.feeds.get(DEMO_FEED))!
      const done = await simulatePastDay({ store, scenario, feed, open: () => openStreet(scenario), seed }, (input as PastDayInput).day, context)
      // Real towns are diagnosed at night; this one as soon as it has a yesterday.
      const owner = (await store.people.byLogin('engineer'))?.name
      await queueDiagnosis(jobs, { ...DEMO_DIAGNOSIS, day: done.day, ...(owner === undefined ? {} : { owner }) }, 'greenwave')
      return done
    })
    const local = new LocalTime(town.time_zone)
    let [stopping, done] = [false, -Infinity]
    let job: string | undefined
    // A job of its own each time, which does what is missing: one that was killed often would be given up.
    const look = async (): Promise<void> => {
      const yesterday = local.day(clock.now()) - 1
      if (stopping || yesterday === done) return
      done = yesterday
      await cancelEarlier(service)
      job = await jobs.send(PAST_DAY_JOB, { day: yesterday } satisfies PastDayInput, { by: 'greenwave' })
    }
    // After what can be seen now, and again when another day is the one before.
    let asked = started
    const ask = (): void => { asked = asked.then(look).catch((error: unknown) => log.error({ err: error }, 'yesterday is not simulated')) }
    ask()
    const timer = setInterval(ask, LOOK_MS)
    return {
      async stop() {
        stopping = true
        clearInterval(timer)
        try {
          await live.stop()
          await asked
          // The queue would wait for it.
          if (job !== undefined) await jobs.cancel(job)
        } finally {
          await Promise.all([street.close(), controllers.stop()])
        }
      },
    }
  },
})

async function cancelEarlier({ store, jobs }: Pick<Service, 'store' | 'jobs'>): Promise<void> {
  for (const state of ['running', 'queued'] as const) {
    for (const { id } of (await store.jobs.list({ kind: PAST_DAY_JOB, state }, { limit: 100 })).items) await jobs.cancel(id)
  }
}

/** End of what the feed brought in an earlier run. */
async function heardUntil({ store, clock }: Pick<Service, 'store' | 'clock'>): Promise<number> {
  const days = await store.feeds.health(DEMO_FEED, new Date((clock.now() - 86_400) * 1000).toISOString().slice(0, 10))
  return Math.max(-Infinity, ...days.flatMap(({ health: { until_s } }) => until_s ?? []))
}
