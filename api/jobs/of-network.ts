// Long work of one network: jobs are kept by kind, and whose they are stands in what they were told.
import { Type } from 'typebox'
import type { JobRecord } from '../../plans/ports/jobs.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { JobSchema, shownJob } from '../routes/jobs.ts'

/** Of so many of a kind the newest of one network are looked for: one that asked long ago has its results elsewhere. */
const SEARCHED = 200
const SHOWN = 10

export const JobsOfNetwork = Type.Object({ items: Type.Array(JobSchema) })

/** Newest first. */
export async function jobsOfNetwork({ jobs }: Pick<Stores, 'jobs'>, kind: string, network: string): Promise<{ items: ReturnType<typeof shownJob>[] }> {
  const { items } = await jobs.list({ kind }, { limit: SEARCHED })
  return { items: items.filter(({ input }: JobRecord) => (input as { network?: string }).network === network).slice(0, SHOWN).map(shownJob) }
}
