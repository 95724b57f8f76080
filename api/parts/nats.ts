// Batches over NATS, where the configuration names one.
import type { Part } from './part.ts'

export const natsPart: Part = {
  name: 'nats',
  roles: ['web', 'ingest'],
  async start(context) {
    if (context.configuration.nats_url === undefined) return undefined
    // Not above: a start without a broker must not load it.
    const { startNats } = await import('../ingest/nats.ts')
    return startNats(context, context.configuration.nats_url)
  },
}
