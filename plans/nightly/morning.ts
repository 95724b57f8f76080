// What the night did, for the morning: each corridor, each plan with what the simulation said of it.
import { GreenwaveError } from '../../model/errors.ts'
import type { MorningCorridor, MorningPlan, MorningReport, NightVerdict } from '../../model/night.ts'
import type { NightRecord } from '../ports/nights.ts'
import type { Stores } from '../ports/store.ts'

/** Throws `request.unknown` for a network that there is not. */
export async function morningReport(stores: Pick<Stores, 'networks' | 'nights' | 'plans'>, network: string, day: string): Promise<MorningReport> {
  const record = await stores.networks.get(network)
  if (record === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}"`)
  const scenario = (await stores.networks.scenario(network, record.version))!
  const nights = new Map((await stores.nights.list(network, day)).map((night) => [night.corridor, night]))
  const names = new Map(scenario.scenario.corridors.map(({ id, name }) => [id, name]))
  const corridors: MorningCorridor[] = []
  // Also those that a later version of the network no longer has.
  for (const id of new Set([...names.keys(), ...nights.keys()])) corridors.push(await corridorOf(stores, id, names.get(id) ?? id, nights.get(id)))
  const verdicts: Partial<Record<NightVerdict, number>> = {}
  for (const { verdict } of corridors) if (verdict !== undefined) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
  return { format: 'greenwave.morning/1', network, name: record.name, day, verdicts, corridors }
}

async function corridorOf(stores: Pick<Stores, 'plans'>, corridor: string, name: string, night: NightRecord | undefined): Promise<MorningCorridor> {
  if (night === undefined) return { corridor, name, sentences: [], plans: [] }
  const plans: MorningPlan[] = []
  for (const id of night.plans) {
    const plan = await stores.plans.get(id)
    if (plan === undefined) continue
    const { period, stage, document, reason, evaluation } = plan
    plans.push({ id, period, stage, cycle_s: document.cycle_s, reason, runs: evaluation?.runs ?? 0, differences: evaluation?.differences ?? [], losers: document.losers.map(({ sentence }) => sentence) })
  }
  return { corridor, name, verdict: night.verdict, sentences: night.sentences, plans }
}
