// Those who use the service while it is being killed: probes, engineers, cabinets, listeners. Each notes what was acknowledged, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises'
import { runningDocument } from '../../plans/workflow/testing.ts'
import { type Fleet, Stopped } from './fleet.ts'
import { FEED, NETWORK, type Town } from './town.ts'

export interface Journal {
  /** Names of fixes by batch. */
  acknowledged: Map<string, readonly string[]>
  /** Of those, what was answered by 202: the stream has it, and it will be stored. */
  kept: Set<string>
  /** Sent, perhaps several times, and given up without an answer, or not believed because the clock was just being put. */
  given_up: Map<string, readonly string[]>
  /** Batches that were sent again after their answer. */
  replayed: number
  /** Steps of plans: `plan action` with the version that the answer told. */
  steps: Map<string, number>
  /** Reasons of drafts whose answer was heard, with the plan's id. */
  drafts: Map<string, string>
  jobs: Set<string>
  /** Mornings whose nights were promised. */
  nights: Set<string>
  /** Of those that were seen to end, s from the question to the end. */
  lasted_s: number[]
  /** What cabinets were told: the plan or none, the hash of the pattern, when. */
  told: { signal: string; plan: string | undefined; hash: string; at_s: number }[]
  polls: number
  /** Events by number. */
  heard: Map<number, string>
  /** Sentences about what must not be. */
  wrong: string[]
}

export const newJournal = (): Journal => ({ acknowledged: new Map(), kept: new Set(), given_up: new Map(), replayed: 0, steps: new Map(), drafts: new Map(), jobs: new Set(), nights: new Set(), lasted_s: [], told: [], polls: 0, heard: new Map(), wrong: [] })

/** What all of them share. `until` says when they begin nothing new. */
export interface Scene {
  fleet: Fleet
  town: Town
  journal: Journal
  random: () => number
  over: () => boolean
  /** Of the computer that the service and who measures share. `puts`: how often it was put on or back; undefined while that is going on. */
  clock: { now: () => number; puts: () => number | undefined }
}

const VEHICLES = 20
const FIXES = 5
/** One batch in so many is given up after a single try, and one is sent again after its answer. */
const GIVE_UP = 12
const REPLAY = 8

/** Batches of fixes, each with its own vehicles, sent under their name until the answer comes. */
export async function sendProbes({ fleet, town, journal, random, over, clock }: Scene, sender: number): Promise<void> {
  for (let i = 0; !over(); i++) {
    const id = `${sender}-${i}`
    const puts = clock.puts()
    const steady = (): boolean => puts !== undefined && clock.puts() === puts
    const t0 = Math.floor(clock.now()) - 60
    const fixes = Array.from({ length: VEHICLES * FIXES }, (_, k) => {
      const [vehicle, n] = [Math.floor(k / FIXES), k % FIXES]
      return { vehicle_id: `${id}-${vehicle}`, time: t0 + 2 * n, x: 50 + 20 * vehicle + 20 * n, y: -5, speed: 10, heading_deg: 90 }
    })
    const names = fixes.map(({ vehicle_id, time }) => `${vehicle_id} ${time}`)
    const send = () => [town.feed, 'POST', `/api/v1/feeds/${FEED}/batches/${id}`, `${fixes.map((fix) => JSON.stringify(fix)).join('\n')}\n`, { 'content-type': 'application/x-ndjson' }] as const
    if (random() < 1 / GIVE_UP) {
      const answer = await fleet.once(...send())
      ;(answer?.status === 200 && steady() ? journal.acknowledged : journal.given_up).set(id, names)
      continue
    }
    const answer = await fleet.insist(...send())
    if (answer.status === 202) {
      journal.acknowledged.set(id, names)
      journal.kept.add(id)
      continue
    }
    const believed = answer.body['accepted'] as unknown === names.length
    if (answer.status === 200 && !believed && !steady()) {
      journal.given_up.set(id, names)
      continue
    }
    if (answer.status !== 200 || !believed) journal.wrong.push(`batch ${id} was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
    else journal.acknowledged.set(id, names)
    if (random() < 1 / REPLAY) {
      const again = await fleet.insist(...send())
      // Over a stream the second sending may find the first on its way.
      if (again.status === 202) journal.kept.add(id)
      else if (again.status !== 200 || again.body['accepted'] as unknown !== names.length) journal.wrong.push(`batch ${id}, sent again, was answered with ${again.status} ${JSON.stringify(again.body)}`)
      journal.replayed++
    }
    await sleep(20)
  }
}

interface Step { id: string; version: number }

/** Plans by hand from draft to schedule. A step whose answer got lost is looked up, as a person would. */
export async function makePlans({ fleet, town, journal, random, over }: Scene, engineer: 'engineer' | 'second'): Promise<void> {
  const token = town.tokens[engineer]
  /** The plan's next version, or undefined where the way ends. */
  const step = async (who: string, plan: Step, path: string, action: string, body?: unknown, key?: string): Promise<Step | undefined> => {
    const answer = await fleet.insist(who, 'POST', `/api/v1/plans/${plan.id}/${path}`, body, { 'if-match': `"${plan.version}"`, ...(key === undefined ? {} : { 'idempotency-key': key }) })
    if (answer.status === 200) {
      const told = (answer.body['plan'] ?? answer.body) as unknown as Step
      journal.steps.set(`${plan.id} ${action}`, told.version)
      return told
    }
    // It took effect and its answer was lost, or somebody else's schedule was in the way.
    if (answer.status === 412 || answer.status === 409) {
      const now = await fleet.insist(who, 'GET', `/api/v1/plans/${plan.id}`)
      const seen = now.body as unknown as Step
      return seen.version > plan.version ? seen : answer.body['code'] as unknown === 'store.conflict' ? step(who, plan, path, action, body, key) : undefined
    }
    journal.wrong.push(`${action} of ${plan.id} was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
    return undefined
  }
  for (let i = 0; !over(); i++) {
    const reason = `${engineer} ${i}`
    const made = await fleet.insist(token, 'POST', '/api/v1/plans', { network: NETWORK, document: runningDocument(town.scenario, 1 + Math.floor(random() * 70)), reason }, { 'idempotency-key': `draft-${i}` })
    if (made.status !== 201) {
      journal.wrong.push(`draft ${reason} was answered with ${made.status} ${JSON.stringify(made.body)}`)
      continue
    }
    const draft = made.body as unknown as Step
    journal.drafts.set(reason, draft.id)
    const checked = await step(token, draft, 'checks', 'plan.check')
    if (checked === undefined) continue
    const simulated = await simulate({ fleet, journal, token }, checked, `simulate-${draft.id}`)
    if (simulated === undefined) continue
    const approved = await step(town.tokens.approver, simulated.plan, 'approvals', 'plan.approve', { accepts: simulated.accepts })
    if (approved === undefined) continue
    const start_s = 3600 * Math.floor(random() * 23)
    const scheduled = await step(token, approved, 'schedulings', 'plan.schedule', { slots: [{ day_type: 'weekday', start_s, end_s: start_s + 3600 }, { day_type: 'sunday', start_s: 0, end_s: 86_400 }] })
    if (scheduled !== undefined && random() < 0.4) await step(token, scheduled, 'retirements', 'plan.retire', { reason: 'enough' })
  }
}

async function simulate({ fleet, journal, token }: { fleet: Fleet; journal: Journal; token: string }, plan: Step, key: string): Promise<{ plan: Step; accepts: string[] } | undefined> {
  const began = performance.now()
  const asked = await fleet.insist(token, 'POST', `/api/v1/plans/${plan.id}/simulations`, { runs: 2, seed: 1 }, { 'if-match': `"${plan.version}"`, 'idempotency-key': key })
  if (asked.status !== 202) {
    journal.wrong.push(`the simulation of ${plan.id} was answered with ${asked.status} ${JSON.stringify(asked.body)}`)
    return undefined
  }
  const job = asked.body['job'] as unknown as string
  journal.jobs.add(job)
  for (;;) {
    const { body } = await fleet.insist(token, 'GET', `/api/v1/jobs/${job}`)
    const { state, result } = body as unknown as { state: string; result?: { passed: boolean; over_limit?: { intersection?: string }[] } }
    if (state !== 'queued' && state !== 'running') journal.lasted_s.push((performance.now() - began) / 1000)
    if (state === 'failed' || state === 'cancelled' || (state === 'done' && !result!.passed)) return undefined
    if (state === 'done') break
    await sleep(200)
  }
  const { body } = await fleet.insist(token, 'GET', `/api/v1/plans/${plan.id}`)
  const entries = await fleet.insist(token, 'GET', `/api/v1/audit?subject=${plan.id}`)
  const done = (entries.body['items'] as unknown as { action: string; detail: { over_limit?: string[] } }[] | undefined)?.find(({ action }) => action === 'plan.simulate')
  return { plan: body as unknown as Step, accepts: done?.detail.over_limit ?? [] }
}

const DAY_MS = 86_400_000
/** Of days long ago, of which nobody told anything: what is looked for is that each night is done once, not what it finds. */
const FIRST_MORNING = Date.UTC(2020, 0, 1)

/** Nights are asked for by several, now and again. */
export async function askForNights({ fleet, town, journal, random, over }: Scene): Promise<void> {
  for (let i = 0; !over(); i++) {
    const day = new Date(FIRST_MORNING + i * DAY_MS).toISOString().slice(0, 10)
    for (const token of [town.tokens.engineer, town.tokens.second]) {
      const answer = await fleet.insist(token, 'POST', `/api/v1/networks/${NETWORK}/nights`, { day })
      if (answer.status !== 202) journal.wrong.push(`the night of ${day} was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
      else journal.nights.add(day)
    }
    await sleep(500 + 1000 * random())
  }
}

/** A cabinet asks with what it has. While nobody answers it keeps that. */
export async function pollTimings({ fleet, town, journal, over }: Scene): Promise<void> {
  const tags = new Map<string, string>()
  while (!over()) {
    for (const [signal, key] of town.cabinets) {
      const tag = tags.get(signal)
      const answer = await fleet.once(key, 'GET', `/api/v1/networks/${NETWORK}/signals/${signal}/timing`, undefined, tag === undefined ? {} : { 'if-none-match': tag })
      if (answer === undefined) continue
      journal.polls++
      if (answer.status === 304) continue
      if (answer.status !== 200) {
        journal.wrong.push(`a poll was answered with ${answer.status} ${JSON.stringify(answer.body)}`)
        continue
      }
      tags.set(signal, answer.headers.get('etag')!)
      const { plan, hash } = answer.body as unknown as { plan?: string; hash: string }
      journal.told.push({ signal, plan, hash, at_s: Date.now() / 1000 })
    }
    await sleep(50)
  }
}

/** Follows all that happens, and comes back with the number of what it saw last. */
export async function listen({ fleet, town, journal, over }: Scene): Promise<void> {
  let last = 0
  while (!over()) {
    const serving = fleet.pick()
    const stop = new AbortController()
    const end = setInterval(() => { if (over()) stop.abort() }, 200)
    try {
      if (serving === undefined) throw new Stopped()
      const answer = await fetch(`http://127.0.0.1:${serving.port}/api/v1/events`, { headers: { 'authorization': `Bearer ${town.tokens.administrator}`, 'last-event-id': String(last) }, signal: stop.signal })
      if (answer.status !== 200) throw new Stopped()
      let rest = ''
      for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = `${rest}${piece}`.split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) {
          const seq = Number(/^id: (\d+)$/m.exec(block)?.[1] ?? Number.NaN)
          if (Number.isNaN(seq)) continue
          if (seq <= last || journal.heard.has(seq)) journal.wrong.push(`event ${seq} was told after event ${last}`)
          journal.heard.set(seq, /^event: (.+)$/m.exec(block)?.[1] ?? '')
          last = seq
        }
      }
    } catch {
      await sleep(200)
    } finally {
      clearInterval(end)
    }
  }
}

