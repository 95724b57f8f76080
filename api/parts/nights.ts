// Every night, for every network at its own time: the corridors' nights are asked for, and what yesterday's congestion came from; done by whoever works.
import { type Daily, startDaily } from '../../adapters/schedule/index.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import { parseTimeOfDay } from '../../model/units.ts'
import type { NetworkRecord } from '../../plans/ports/networks.ts'
import { queueDiagnosis } from '../../plans/diagnosis/index.ts'
import { queueNights } from '../../plans/nightly/index.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

/** New networks, and new times of old ones, are looked for this often. */
const LOOK_MS = 60_000
/** Causes are found at night; treatments are tried, which takes runs of the whole network, when an engineer asks. */
const NIGHTLY_DIAGNOSIS = { runs: 0, seed: 1, places: 10 } as const
/** In the words of the audit. */
const BY = 'greenwave'

interface Watch {
  /** When it runs, in words; another one begins anew. */
  when: string
  daily: Daily
}

export const nightsPart: Part = { name: 'nights', roles: ['work'], start: async (context) => startNights(context) }

function startNights({ service, configuration, log }: PartContext): RunningPart {
  const { store, clock, jobs, known } = service
  const watches = new Map<string, Watch>()
  const begin = (id: string, time_zone: string, night_at: string): Promise<Daily> => startDaily({
    clock, onError: (name, error) => log.warn({ night: name, err: error }, 'the night could not begin; it is tried again in a minute'),
    tasks: [{
      name: id, time_zone, at: parseTimeOfDay(night_at)!, lastDay: (until) => store.nights.lastDay(id, until),
      run: async (day) => {
        const ids = await queueNights(store, jobs, { network: id, day, by: BY })
        // After the nights, which should be done by the morning.
        await queueDiagnosis(jobs, { ...NIGHTLY_DIAGNOSIS, network: id, day: formatDay(parseDay(day)! - 1) }, BY)
        log.info({ network: id, day, jobs: ids.length }, 'the night was asked for')
      },
    }],
  })
  const look = async (): Promise<void> => {
    const networks = await store.networks.list()
    for (const { id, time_zone } of networks) {
      const { night_at = configuration.night_at } = await known.network(id)
      const when = `${night_at} ${time_zone}`
      if (watches.get(id)?.when === when) continue
      await watches.get(id)?.daily.stop()
      watches.delete(id)
      watches.set(id, { when, daily: await begin(id, time_zone, night_at) })
    }
    await stopThose(watches, networks)
  }
  const looks = repeated(look, LOOK_MS, (error) => log.warn({ err: error }, 'the networks could not be looked at for their nights'))
  return {
    async stop() {
      await looks.stop()
      await stopThose(watches, [])
    },
  }
}

/** All but those of the networks that are there. */
async function stopThose(watches: Map<string, Watch>, networks: readonly NetworkRecord[]): Promise<void> {
  for (const [id, { daily }] of watches) {
    if (networks.some((network) => network.id === id)) continue
    await daily.stop()
    watches.delete(id)
  }
}
