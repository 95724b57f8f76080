// A service under traffic, of whose processes one after the other is killed at moments that a seed gives.
import { setTimeout as sleep } from 'node:timers/promises'
import { mulberry32 } from '../../optimizer/bands/instances/random.ts'
import { Fleet, type MemberRole } from './fleet.ts'
import { type Proof, prove } from './proof.ts'
import { until } from '../serving.ts'
import { FEED, settle, type Town } from './town.ts'
import { askForNights, type Journal, listen, makePlans, newJournal, pollTimings, type Scene, sendProbes } from './traffic.ts'

export interface StormOptions {
  seed: number
  kills: number
  /** Between two kills at most, ms. */
  calm_ms?: number
  /** A killed process stays away for so long at most, ms. */
  away_ms?: number
  fsync?: boolean
  say?: (sentence: string) => void
}

export interface StormReport extends Proof {
  killed: Record<string, number>
  /** From the start of a killed process to the first time that it is ready, s; the longest. */
  recovery_s: number
  repeats: Record<string, number>
  journal: Journal
}

const POSTGRES = 'postgres'
/** A machine that does much else starts a process slowly: only that it gets ready at all can be asked for. */
const READY_MS = 120_000

/** Without a stream between them one process alone takes batches. */
export const MEMBERS: readonly MemberRole[] = [
  { name: 'ingest', args: ['--roles', 'web,ingest'], web: true }, { name: 'web', args: ['--roles', 'web'], web: true },
  { name: 'first worker', args: ['--roles', 'work'], web: false }, { name: 'second worker', args: ['--roles', 'work'], web: false },
]

export async function storm({ seed, kills, calm_ms = 2000, away_ms = 1000, fsync = false, say = () => {} }: StormOptions): Promise<StormReport> {
  const random = mulberry32(seed)
  const fleet = await Fleet.start(MEMBERS, mulberry32(seed + 1), { fsync })
  try {
    const killed: Record<string, number> = {}
    let recovery_s = 0
    const { proof, journal } = await underTraffic(fleet, seed + 2, async (seen) => {
      for (let kill = 0; kill < kills; kill++) {
        await sleep(300 + (calm_ms - 300) * random())
        const names = [...fleet.names, POSTGRES]
        const name = names[Math.floor(random() * names.length)]!
        killed[name] = (killed[name] ?? 0) + 1
        const seconds = await killAndRestart(fleet, name, away_ms * random())
        recovery_s = Math.max(recovery_s, seconds)
        say(`${kill + 1}. ${name} killed, ready again after ${seconds.toFixed(1)} s; ${seen.acknowledged.size} batches, ${seen.steps.size} steps, ${seen.polls} polls`)
      }
      say('no more kills; what was begun is ended')
    })
    return { ...proof, killed, recovery_s, repeats: Object.fromEntries(fleet.repeats), journal }
  } finally {
    await fleet.remove()
  }
}

const TRUE_CLOCK: Scene['clock'] = { now: () => Date.now() / 1000, puts: () => 0 }
const KEPT_MS = 60_000

/** What the stream has is stored in the end. */
async function awaitKept(fleet: Fleet, { tokens }: Town, { kept, wrong }: Journal): Promise<void> {
  const began = performance.now()
  for (const batch of kept) {
    const stored = async (): Promise<boolean> => (await fleet.once(tokens.engineer, 'GET', `/api/v1/feeds/${FEED}/batches/${batch}`))?.status === 200
    await until(stored, Math.max(1000, KEPT_MS - (performance.now() - began))).catch(() => wrong.push(`batch ${batch} was answered with 202 and never stored`))
  }
}

/** Everybody uses the service while `act` does something to it; what was begun is ended, and then looked for. */
export async function underTraffic(fleet: Fleet, seed: number, act: (journal: Journal, town: Town) => Promise<void>, { clock = TRUE_CLOCK }: { clock?: Scene['clock'] } = {}): Promise<{ proof: Proof; journal: Journal }> {
  const town = await settle(fleet)
  const journal = newJournal()
  let ending = false
  const scene: Scene = { fleet, town, journal, random: mulberry32(seed), over: () => ending, clock }
  const working = Promise.all([sendProbes(scene, 0), sendProbes(scene, 1), makePlans(scene, 'engineer'), makePlans(scene, 'second'), askForNights(scene), pollTimings(scene)])
  // Where `act` throws, that is told.
  working.catch(() => {})
  const listening = listen(scene)
  await act(journal, town)
  ending = true
  await working
  await listening
  await awaitKept(fleet, town, journal)
  const proof = await prove(fleet.postgres.url, town, journal)
  proof.wrong.push(...fleet.deaths, ...new Set(fleet.failures))
  return { proof, journal }
}

/** Answers the seconds from its start to the moment when all are ready. */
async function killAndRestart(fleet: Fleet, name: string, away_ms: number): Promise<number> {
  if (name === POSTGRES) fleet.killPostgres()
  else await fleet.kill(name)
  await sleep(away_ms)
  const began = performance.now()
  if (name === POSTGRES) await fleet.restartPostgres()
  else await fleet.begin(name)
  for (const member of fleet.names) await fleet.serving(member).ready(READY_MS)
  return (performance.now() - began) / 1000
}
