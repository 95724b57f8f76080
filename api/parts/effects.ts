// Each day the worklist of every network gets the days that were measured since, and treatments their effect.
import { measureWorklist } from '../../plans/diagnosis/index.ts'
import type { Stores } from '../../plans/ports/store.ts'
import type { Part, PartContext, RunningPart } from './part.ts'
import { repeated } from './repeated.ts'

/** Nights write days; an hour later at most they are followed. */
const LOOK_MS = 3_600_000
/** Days that may have been missed while nobody worked. */
const CATCH_UP = 60

export const effectsPart: Part = { name: 'effects', roles: ['work'], start: async (context) => startEffects(context) }

function startEffects({ service: { store }, log }: PartContext): RunningPart {
  const look = async (): Promise<void> => {
    for (const { id } of await store.networks.list()) {
      const changed = await measureNewDays(store, id)
      if (changed > 0) log.info({ network: id, cards: changed }, 'the worklist was measured')
    }
  }
  const looks = repeated(look, LOOK_MS, (error) => log.warn({ err: error }, 'the worklist could not be measured; it is tried again in an hour'))
  return { stop: async () => looks.stop() }
}

/** Days after the last one that was followed, oldest first. Answers how many cards changed. */
export async function measureNewDays(store: Pick<Stores, 'settings' | 'states' | 'treatments' | 'networks'>, network: string): Promise<number> {
  const name = `effects ${network}`
  const before = await store.settings.get(name)
  const last = (before?.value as string | undefined) ?? ''
  const days = (await store.states.days(network, CATCH_UP)).filter((day) => day > last).sort()
  let changed = 0
  for (const day of days) changed += (await measureWorklist(store, network, day)).length
  if (days.length > 0) await store.settings.put(name, days.at(-1)!, before?.version ?? 0)
  return changed
}
