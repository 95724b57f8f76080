// All parts, in the order in which they start, and what starts and stops them.
import { GreenwaveError } from '../../model/errors.ts'
import { mqttPart } from './mqtt.ts'
import { natsPart } from './nats.ts'
import { effectsPart } from './effects.ts'
import { cabinetsPart } from './cabinets.ts'
import { controllersPart } from './controllers.ts'
import { lampsPart } from './lamps.ts'
import { nightsPart } from './nights.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { publicationPart } from './publication.ts'
import { rsmpPart } from './rsmp.ts'
import { tendingPart } from './tending.ts'

export const allParts: readonly Part[] = [
  natsPart,
  mqttPart,
  publicationPart,
  nightsPart,
  effectsPart,
  tendingPart,
  controllersPart,
  lampsPart,
  cabinetsPart,
  rsmpPart,
]

export interface RunningParts {
  /** In reverse order, all together within `patience_ms`; what fails or lasts longer is said and left. */
  stop(patience_ms: number): Promise<void>
}

/** Throws what a part throws that can't do without, after those before it were stopped. `stopping` is asked between parts. */
export async function startParts(of: PartContext, parts: readonly Part[], stopping: () => boolean = () => false): Promise<RunningParts> {
  const running: { name: string; part: RunningPart }[] = []
  const stop = async (patience_ms: number): Promise<void> => {
    const until = performance.now() + patience_ms
    for (const { name, part } of running.splice(0).reverse()) await stopOne(of, name, part, Math.max(0, until - performance.now()))
  }
  try {
    for (const { name, roles, start } of parts) {
      if (stopping() || !roles.some((role) => of.configuration.roles.includes(role))) continue
      const part = await onceReached(() => start(of), of, stopping)
      if (part === undefined) continue
      running.push({ name, part })
      of.log.info({ part: name }, 'started')
    }
  } catch (error) {
    await stop(GIVE_UP_MS)
    throw error
  }
  return { stop }
}

const GIVE_UP_MS = 2000
const AGAIN_MS = 1000

/** A database that goes away while a part starts comes back: that is no reason to end the process. */
async function onceReached<T>(start: () => Promise<T>, { log }: PartContext, stopping: () => boolean): Promise<T | undefined> {
  for (;;) {
    if (stopping()) return undefined
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof GreenwaveError) || error.code !== 'store.unreachable') throw error
      log.warn({ code: error.code }, error.message)
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS) })
    }
  }
}

async function stopOne({ log }: PartContext, name: string, part: RunningPart, patience_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => { timer = setTimeout(() => resolve('late'), patience_ms + 100) })
  try {
    if (await Promise.race([part.stop(patience_ms), late]) === 'late') log.warn({ part: name, patience_ms }, 'did not stop in time')
  } catch (error) {
    log.error({ part: name, err: error }, 'failed to stop')
  } finally {
    clearTimeout(timer)
  }
}
