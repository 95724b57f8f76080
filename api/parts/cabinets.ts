// Listens for cabinets that fetch their timings.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Gauge } from 'prom-client'
import { cabinetPost } from '../../plans/cabinet-post.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { CabinetDesk } from '../cabinets/desk.ts'
import { CabinetIdentity } from '../cabinets/identity.ts'
import { CabinetListener, type CabinetCounts } from '../cabinets/listener.ts'
import type { Configuration } from '../configuration/settings.ts'
import { secretsIn } from '../controllers/deployer.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

const LOOK_MS = 1000
/** A key that was installed anew is used after this long at the latest. */
const BELIEVE_KEYS_S = 300

export const cabinetsPart: Part = { name: 'cabinets', roles: ['web'], start: startCabinets }

async function startCabinets({ service: { store, clock, keys, metrics }, configuration, log }: PartContext): Promise<RunningPart | undefined> {
  const { cabinets_port: port, host, cabinets_poll_s: base_s, data } = configuration
  if (port === undefined) return undefined
  const tls = tlsOf(configuration)
  const watch = (): number => performance.now() / 1000
  const post = cabinetPost(store)
  const desk = new CabinetDesk(store, post, watch)
  const identity = new CabinetIdentity({ macKey: macKeys(desk, join(data, 'controllers'), watch), key: (id) => keys.get(id), now: () => clock.now(), watch })
  const listener = new CabinetListener({
    desk, post, identity, base_s, now: () => clock.now(), ...(tls === undefined ? {} : { tls }),
    onFailure: (error) => log.warn({ err: error }, 'a cabinet could not be answered'),
  })
  await desk.look()
  const looks = repeated(async () => { await desk.look(); listener.looked() }, LOOK_MS, (error) => log.warn({ err: error }, 'what is new for cabinets could not be read; it is tried again in a moment'))
  const told: Gauge<'what'> = new Gauge({
    name: 'greenwave_cabinet_requests', help: 'Requests of cabinets since the start by what came of them', labelNames: ['what'], registers: [metrics],
    collect() { for (const [what, count] of Object.entries(listener.counts) as [keyof CabinetCounts, number][]) told.set({ what }, count) },
  })
  await new Promise<void>((resolve, reject) => {
    listener.server.once('error', (error) => reject(new GreenwaveError('usage', `cannot listen for cabinets on ${host}:${port}: ${error.message}`)))
    listener.server.listen(port, host, resolve)
  })
  log.info({ address: listener.server.address(), tls: tls !== undefined, cabinets: desk.size }, 'listening for cabinets')
  return {
    async stop() {
      await looks.stop()
      await listener.stop()
    },
  }
}

/** All three files or none. */
function tlsOf({ cabinets_cert_file: cert, cabinets_key_file: key, cabinets_ca_file: ca }: Configuration): { cert: Buffer; key: Buffer; ca: Buffer } | undefined {
  if (cert === undefined && key === undefined && ca === undefined) return undefined
  if (cert === undefined || key === undefined || ca === undefined) throw new GreenwaveError('usage', 'cabinets_cert_file, cabinets_key_file and cabinets_ca_file belong together; name all three')
  return { cert: readFileSync(cert), key: readFileSync(key), ca: readFileSync(ca) }
}

/** Out of files of the operator, `<controller>/hmac-key`, base64url. */
function macKeys(desk: CabinetDesk, folder: string, watch: () => number): (cabinet: string) => Buffer | undefined {
  const secret = secretsIn(folder)
  const known = new Map<string, { key: Buffer | undefined; read_s: number }>()
  return (cabinet) => {
    const device = desk.get(cabinet)?.device
    if (device === undefined) return undefined
    let found = known.get(device.id)
    if (found === undefined || watch() - found.read_s > BELIEVE_KEYS_S) {
      const text = secret(device.id, 'hmac-key')
      // 128 bits at least: less is no key.
      found = { key: text !== undefined && text.length >= 22 ? Buffer.from(text, 'base64url') : undefined, read_s: watch() }
      known.set(device.id, found)
    }
    return found.key
  }
}
