// Asks for a night: one job a corridor, once, whoever asks and however often.
import { GreenwaveError } from '../../model/errors.ts'
import { parseDay } from '../../model/local-time.ts'
import type { JobQueue } from '../ports/jobs.ts'
import type { Stores } from '../ports/store.ts'

/** One corridor's night. `day`: local date of the morning after; what is looked at ends with the day before. */
export interface NightTask {
  network: string
  corridor: string
  day: string
}

export const NIGHT_JOB = 'night'

/** Ids of the jobs, one for each corridor of the newest version of the network. Throws `request.unknown`, `input.value` for a day that is none. */
export async function queueNights(stores: Pick<Stores, 'networks'>, jobs: Pick<JobQueue, 'send'>, { network, day, by }: { network: string; day: string; by: string }): Promise<string[]> {
  if (parseDay(day) === undefined) throw new GreenwaveError('input.value', `the day is ${JSON.stringify(day)}; it must be a date such as 2026-11-22`)
  const scenario = await stores.networks.scenario(network)
  if (scenario === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}"`)
  const ids: string[] = []
  for (const { id: corridor } of scenario.scenario.corridors) {
    const task: NightTask = { network, corridor, day }
    ids.push(await jobs.send(NIGHT_JOB, task, { by, once: `night/${network}/${corridor}/${day}` }))
  }
  return ids
}
