// What must hold after the storm, read from the tables: each sentence that comes out is something that was lost, doubled or made up.
import { openPostgres } from '../../adapters/store/postgres.ts'
import { openStore } from '../../adapters/store/index.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { JobState } from '../../plans/ports/jobs.ts'
import type { PlanRecord, PlanStage } from '../../plans/ports/plans.ts'
import type { Store } from '../../plans/ports/store.ts'
import { findDoubt } from '../../plans/workflow/evidence.ts'
import { listEvidence, verifyAudit } from '../../plans/workflow/index.ts'
import { patternOf } from '../../plans/street.ts'
import { CORRIDOR, FEED, NETWORK, type Town } from './town.ts'
import type { Journal } from './traffic.ts'

/** What was found, for the report. */
export interface Proof {
  fixes: number
  plans: number
  scheduled: number
  entries: number
  jobs: number
  nights: number
  wrong: string[]
}

export async function prove(url: string, town: Town, journal: Journal): Promise<Proof> {
  const store = await openStore({ url })
  try {
    const wrong = [...journal.wrong]
    const fixes = await proveFixes(store, journal, wrong)
    const plans = await listPlans(store)
    await provePlans(store, plans, journal, wrong)
    const verdict = await verifyAudit(store.audit)
    if (verdict.broken !== undefined) wrong.push(`the audit: ${verdict.broken.sentence}`)
    const scheduled = await proveSchedule(store, plans, wrong)
    provePolls(town, plans, journal, wrong)
    await proveEvents(store, journal, wrong)
    const jobs = await proveJobs(store, journal, wrong)
    await proveNights(store, journal, wrong)
    return { fixes, plans: plans.length, scheduled, entries: verdict.entries, jobs, nights: journal.nights.size, wrong }
  } finally {
    await store.close()
  }
}

async function proveFixes(store: Store, { acknowledged, given_up }: Journal, wrong: string[]): Promise<number> {
  const seen = new Map<string, number>()
  for await (const rows of store.observations.fixes(NETWORK, 0, Infinity)) for (const { vehicle, time_s } of rows) seen.set(`${vehicle} ${time_s}`, (seen.get(`${vehicle} ${time_s}`) ?? 0) + 1)
  for (const [batch, names] of acknowledged) {
    const off = names.filter((name) => seen.get(name) !== 1)
    if (off.length > 0) wrong.push(`${off.length} of ${names.length} fixes of the acknowledged batch ${batch} are there ${seen.get(off[0]!) ?? 0} times`)
  }
  for (const [batch, names] of given_up) {
    const times = new Set(names.map((name) => seen.get(name) ?? 0))
    if (times.size > 1 || [...times].some((n) => n > 1)) wrong.push(`fixes of the batch ${batch}, which was not acknowledged, are there ${[...times].join(' or ')} times`)
  }
  const total = [...seen.values()].reduce((sum, n) => sum + n, 0)
  const sent = [...acknowledged.values(), ...given_up.values()].reduce((sum, names) => sum + names.length, 0)
  if (total > sent) wrong.push(`${total} fixes are there, ${sent} were sent`)
  const told = (await store.feeds.health(FEED, '1970-01-01')).reduce((sum, { health }) => sum + health.accepted, 0)
  if (told !== total) wrong.push(`the health of the feed tells ${told} fixes, ${total} are there`)
  return total
}

async function listPlans(store: Store): Promise<PlanRecord[]> {
  const plans: PlanRecord[] = []
  for (let after: string | undefined; ;) {
    const page = await store.plans.list({}, { limit: 1000, ...(after === undefined ? {} : { after }) })
    plans.push(...page.items)
    if (page.next === undefined) return plans
    after = page.next
  }
}

/** What must have happened before a plan stands at a stage. */
const BEFORE: Record<PlanStage, 'checked' | 'simulated' | 'approved' | undefined> = { draft: undefined, checked: 'checked', simulated: 'simulated', approved: 'approved', scheduled: 'approved', pushed: 'approved', verified: 'approved', retired: undefined }

async function provePlans(store: Store, plans: readonly PlanRecord[], { drafts, steps }: Journal, wrong: string[]): Promise<void> {
  const byReason = new Map<string, string[]>()
  for (const plan of plans) {
    if (plan.author !== 'greenwave') byReason.set(plan.reason, [...(byReason.get(plan.reason) ?? []), plan.id])
    const entries = await listEvidence(store, plan.id)
    const versions = entries.map(({ detail }) => detail['version'] as number)
    if (versions.some((version, i) => version !== i + 1) || versions.length !== plan.version) wrong.push(`plan ${plan.id} is at version ${plan.version}, and the audit tells of ${versions.join(', ')}`)
    if (entries.at(-1)?.detail['stage'] !== plan.stage) wrong.push(`plan ${plan.id} is ${plan.stage}, and the audit ends with ${String(entries.at(-1)?.detail['stage'])}`)
    const upTo = BEFORE[plan.stage]
    const doubt = upTo === undefined ? undefined : findDoubt(plan, entries, upTo)
    if (doubt !== undefined) wrong.push(doubt)
    for (const [key, version] of steps) {
      const [id, action] = key.split(' ')
      if (id === plan.id && !entries.some((entry) => entry.action === action && entry.detail['version'] === version)) wrong.push(`the ${action} of plan ${id} was answered with version ${version}, and the audit has none`)
    }
  }
  for (const [reason, ids] of byReason) if (ids.length > 1) wrong.push(`${ids.length} plans came of one request: ${reason}`)
  for (const [reason, id] of drafts) if (byReason.get(reason)?.[0] !== id) wrong.push(`plan ${id} was acknowledged and is not there`)
  const known = new Set(plans.map(({ id }) => id))
  for (const key of steps.keys()) if (!known.has(key.split(' ')[0]!)) wrong.push(`a step of plan ${key} was acknowledged, and there is no such plan`)
}

async function proveSchedule(store: Store, plans: readonly PlanRecord[], wrong: string[]): Promise<number> {
  const { entries } = await store.schedules.get(NETWORK, CORRIDOR)
  const stages = new Map(plans.map(({ id, stage }) => [id, stage]))
  for (const { plan } of entries) if (plan !== undefined && !['scheduled', 'pushed', 'verified'].includes(stages.get(plan) ?? '')) wrong.push(`the schedule names plan ${plan}, which is ${stages.get(plan) ?? 'not there'}`)
  return entries.filter(({ plan }) => plan !== undefined).length
}

/** Each answer was the timing of before, or that of a plan that had been approved by then. */
function provePolls({ scenario }: Town, plans: readonly PlanRecord[], { told }: Journal, wrong: string[]): void {
  const running = runningPatterns(scenario.timing, 0)
  const byId = new Map(plans.map((plan) => [plan.id, plan]))
  for (const { signal, plan: id, hash } of told) {
    const plan = id === undefined ? undefined : byId.get(id)
    const pattern = id === undefined ? running.get(signal) : plan?.document.intersections.filter((one) => one.signal === signal).map(patternOf)[0]
    if (pattern === undefined || hashOf(pattern) !== hash) wrong.push(`signal ${signal} was told a timing that ${id === undefined ? 'did not run before greenwave' : `is not the one of plan ${id}`}`)
    if (plan !== undefined && plan.approver === undefined) wrong.push(`signal ${signal} was told plan ${plan.id}, which nobody approved`)
  }
}

async function proveEvents(store: Store, { heard }: Journal, wrong: string[]): Promise<void> {
  const last = Math.max(0, ...heard.keys())
  let missed = 0
  for (let seq = 0; ;) {
    const events = await store.events.since(seq, 1000)
    for (const event of events) if (event.seq <= last && !heard.has(event.seq)) missed++
    if (events.length === 0) break
    seq = events.at(-1)!.seq
  }
  if (missed > 0) wrong.push(`${missed} events before event ${last} were not told to who listens`)
}

/** Every night that was promised is recorded once, and told once. */
async function proveNights(store: Store, { nights }: Journal, wrong: string[]): Promise<void> {
  const told = new Map<string, number>()
  for (let seq = 0; ;) {
    const events = await store.events.since(seq, 1000)
    for (const { kind, body } of events) {
      if (kind !== 'night.done') continue
      const { corridor, day } = body as { corridor: string; day: string }
      told.set(`${corridor} ${day}`, (told.get(`${corridor} ${day}`) ?? 0) + 1)
    }
    if (events.length === 0) break
    seq = events.at(-1)!.seq
  }
  for (const day of nights) {
    const records = await store.nights.list(NETWORK, day)
    if (records.length !== 1 || records[0]!.corridor !== CORRIDOR) wrong.push(`the night of ${day} is recorded for ${records.length} corridors, not for 1`)
    if (told.get(`${CORRIDOR} ${day}`) !== 1) wrong.push(`the night of ${day} was told ${told.get(`${CORRIDOR} ${day}`) ?? 0} times`)
  }
}

/** Whoever asked for a job has its end within this time after the storm. */
const JOBS_MS = 60_000

async function proveJobs(store: Store, { jobs }: Journal, wrong: string[]): Promise<number> {
  const list = async (state?: JobState): Promise<string[]> => (await store.jobs.list(state === undefined ? {} : { state }, { limit: 1000 })).items.map(({ id }) => id)
  const began = performance.now()
  const open = async (): Promise<string[]> => [...await list('queued'), ...await list('running')]
  while ((await open()).length > 0 && performance.now() - began < JOBS_MS) await new Promise((resolve) => { setTimeout(resolve, 500) })
  const stuck = await open()
  if (stuck.length > 0) wrong.push(`jobs that never end: ${stuck.join(', ')}`)
  const all = new Set(await list())
  for (const job of jobs) if (!all.has(job)) wrong.push(`job ${job} was acknowledged and is not there`)
  return all.size
}

/** A hash of every row of every table of ours: two readings with nothing in between give the same. */
export async function digest(url: string): Promise<Record<string, string>> {
  const database = openPostgres(url)
  try {
    const tables = await database.query<{ name: string }>(`SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'spatial_ref_sys' ORDER BY 1`)
    const hashes: Record<string, string> = {}
    for (const { name } of tables) hashes[name] = (await database.query<{ hash: string }>(`SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) || ' ' || count(*) AS hash FROM ${name} t`))[0]!.hash
    return hashes
  } finally {
    await database.close()
  }
}
