// Follows the lamps of all controllers. Of the role `work`, because those who write to controllers work there: a controller has one line, and within a
// process whoever only looks hangs up for them. Of several such processes one follows a network.
import { randomUUID } from 'node:crypto'
import { Gauge } from 'prom-client'
import { GreenwaveError } from '../../model/errors.ts'
import { LampWatch, type LampFigures } from '../../plans/lamps/index.ts'
import type { Store } from '../../plans/ports/store.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

const LOOK_MS = 20_000
/** A process that is silent for so long has lost its networks. */
const HELD_S = 75

export const lampsPart: Part = { name: 'lamps', roles: ['work'], start: async (context) => startLamps(context) }

interface Watching {
  watch: LampWatch
  end: () => Promise<void>
}

function startLamps({ service: { store, clock, deployer, metrics }, log }: PartContext): RunningPart {
  const owner = randomUUID()
  const watching = new Map<string, Watching>()
  const sum = (figure: keyof LampFigures): number => [...watching.values()].reduce((total, { watch }) => total + watch.figures()[figure], 0)
  const gauge = (name: string, help: string, figure: keyof LampFigures) => new Gauge({ name, help, registers: [metrics], collect() { this.set(sum(figure)) } })
  gauge('greenwave_lamps_followed', 'Controllers whose lamps are followed', 'followed')
  gauge('greenwave_lamps_lost', 'Controllers whose lamps can not be seen', 'lost')
  gauge('greenwave_lamp_alarms', 'Controllers whose lamps are not those of the plan', 'alarms')
  const looks = repeated(async () => {
    const wanted = new Set((await store.devices.list()).filter(({ enabled }) => enabled).map(({ network }) => network))
    for (const [network, { end }] of watching) {
      if (wanted.has(network) && await holdNetwork(store, network, owner, clock.now())) continue
      watching.delete(network)
      await end()
    }
    for (const network of wanted) {
      if (watching.has(network) || !await holdNetwork(store, network, owner, clock.now())) continue
      const abort = new AbortController()
      const watch = new LampWatch({ deployer, network, onTrouble: (about, sentence) => log.warn({ network, about }, sentence) })
      const running = watch.run(abort.signal)
      watching.set(network, { watch, async end() { abort.abort(new Error('the watch of lamps ends')); await running } })
    }
  }, LOOK_MS, (error) => log.warn({ err: error }, 'it could not be looked up whose lamps are to be followed; it is tried again in a moment'))
  return {
    async stop() {
      await looks.stop()
      await Promise.all([...watching.values()].map(({ end }) => end()))
      const now = clock.now()
      for (const network of watching.keys()) await holdNetwork(store, network, owner, now - HELD_S).catch(() => {})
    },
  }
}

/** False while another process follows the network. */
export async function holdNetwork(store: Pick<Store, 'settings'>, network: string, owner: string, now: number): Promise<boolean> {
  const name = `lamps ${network}`
  const before = await store.settings.get(name)
  const held = before?.value as { owner: string; until_s: number } | undefined
  if (held !== undefined && held.owner !== owner && held.until_s > now) return false
  try {
    await store.settings.put(name, { owner, until_s: now + HELD_S }, before?.version ?? 0)
    return true
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'store.conflict') return false
    throw error
  }
}
