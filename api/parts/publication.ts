// Each minute the publication of every network that is live here, and what its screens are told.
import { Counter, Histogram } from 'prom-client'
import { GreenwaveError } from '../../model/errors.ts'
import type { Publication } from '../../model/publication.ts'
import { Publisher } from '../../plans/publication/publisher.ts'
import { tellScreen } from '../../plans/publication/signs/index.ts'
import { liveHubOf } from '../ingest/live-hub.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

const MINUTE_MS = 60_000
/** After the end of the minute, so that what was on its way then is in it. */
const AFTER_MS = 3000

export const publicationPart: Part = {
  name: 'publication',
  roles: ['ingest'],
  start: async (context) => startPublication(context),
}

/** From `now_ms` to the next time at which a minute is published. */
export const untilNext = (now_ms: number): number => MINUTE_MS - ((now_ms - AFTER_MS) % MINUTE_MS)

function startPublication({ service, log }: PartContext): RunningPart {
  const { store, clock, metrics } = service
  const publisher = new Publisher({ store, clock })
  const registers = [metrics]
  const took = new Histogram({ name: 'greenwave_publication_seconds', help: 'From the end of a minute to its publication being kept', buckets: [1, 2, 3, 4, 5, 7.5, 10, 20, 60], registers })
  const failed = new Counter({ name: 'greenwave_publications_failed_total', help: 'Minutes of networks that could not be published', registers })
  const told = new Counter({ name: 'greenwave_screen_messages_total', help: 'Messages that screens were told', registers })
  let stopped = false

  const publish = async (network: string): Promise<void> => {
    try {
      const publication = await publisher.publish(network)
      if (publication === undefined) return
      took.observe(clock.now() - Math.floor(publication.computed_at / 60) * 60)
      await tellScreens(network, publication)
    } catch (error) {
      failed.inc()
      log.warn({ network, ...(error instanceof GreenwaveError ? { code: error.code, reason: error.message } : { err: error }) }, 'the minute was not published')
    }
  }
  const tellScreens = async (network: string, publication: Publication): Promise<void> => {
    for (const screen of await store.screens.list(network)) if (await tellScreen(store.screens, screen, publication, clock.now()) !== undefined) told.inc()
  }
  const publishAll = async (): Promise<void> => {
    const hub = liveHubOf(service)
    await hub.storeMinutes()
    for (const { id } of await store.networks.list()) if (!stopped && hub.holds(id)) await publish(id)
  }

  const minutes = repeated(publishAll, () => untilNext(clock.now() * 1000), (error) => log.warn({ err: error }, 'nothing could be published'))
  return {
    async stop() {
      stopped = true
      await minutes.stop()
    },
  }
}
