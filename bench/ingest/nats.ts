/** The same ingest with a NATS server between HTTP and the store: what comes in goes to the stream, and the same process reads it from there. */
import { setTimeout as pause } from 'node:timers/promises'
import { startNatsServer } from '../../adapters/streams/nats/testing.ts'
import { liveHubOf } from '../../api/ingest/live-hub.ts'
import { startNats } from '../../api/ingest/nats.ts'
import { defaultsFor } from '../../api/configuration/settings.ts'
import type { Service } from '../../api/server.ts'

/** Resolves when the process reads the network. Stop it before the server closes. */
export async function goOverNats(service: Service, network: string): Promise<{ stop(): Promise<void> }> {
  const nats = await startNatsServer()
  const say = (_: object, message: string): void => { process.stderr.write(`${message}\n`) }
  const running = startNats({ service, configuration: defaultsFor({}), version: 'bench', log: { info: () => {}, warn: say, error: say } }, nats.url)
  while (!liveHubOf(service).holds(network)) await pause(100)
  return {
    async stop() {
      await running.stop(5000)
      await nats.remove()
    },
  }
}
