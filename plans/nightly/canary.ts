// Some corridors go first. The others wait until it is known what happened there, however sure the simulation is.
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { MovementId } from '../../model/network.ts'
import type { Instant } from '../../model/units.ts'
import { LEAST_DAYS } from '../effect/index.ts'
import type { PlanRecord } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'
import { RUNNABLE } from '../workflow/stages.ts'
import { findStandingApproval } from '../workflow/standing.ts'
import { draw } from './draws.ts'
import type { NightInput } from './input.ts'
import { nightOfPlan } from './plan-ids.ts'
import type { NightTask } from './queue.ts'
import type { NightRules } from './rules.ts'
import { watchPlan } from './watch.ts'

/** Plans of nights before `day` that stand in a corridor's schedule, by id. */
export async function plansInForce(stores: Pick<Stores, 'plans' | 'schedules'>, network: string, corridor: string, day: string): Promise<PlanRecord[]> {
  const { entries } = await stores.schedules.get(network, corridor)
  const found: PlanRecord[] = []
  for (const id of [...new Set(entries.flatMap(({ plan }) => plan ?? []))].sort()) {
    const night = nightOfPlan(id)
    const plan = night === undefined || night.day >= day ? undefined : await stores.plans.get(id)
    if (plan !== undefined && RUNNABLE.has(plan.stage)) found.push(plan)
  }
  return found
}

/** Movements at the signals of corridors that nights have changed, but not of this one. */
export async function treatedElsewhere(stores: Pick<Stores, 'plans' | 'schedules'>, { network, corridor, day }: NightTask, { scenario, graph }: Pick<NightInput, 'scenario' | 'graph'>): Promise<Set<MovementId>> {
  const treated = new Set<MovementId>()
  for (const other of scenario.scenario.corridors) {
    if (other.id === corridor || (await plansInForce(stores, network, other.id, day)).length === 0) continue
    for (const signal of other.intersections) for (const { id } of graph.listMovementsOfSignal(signal)) treated.add(id)
  }
  return treated
}

interface Question {
  task: NightTask
  input: NightInput
  rules: NightRules
  now: Instant
}

/** Why this corridor must wait for others; undefined when it may go. Only corridors that may deploy by themselves count. */
export async function findCanaryWait(stores: Pick<Stores, 'audit' | 'people' | 'nights' | 'plans' | 'schedules'>, { task, input, rules, now }: Question): Promise<string | undefined> {
  const { network, corridor } = task
  const willing: string[] = []
  for (const { id } of input.scenario.scenario.corridors) if (await findStandingApproval(stores, network, id, now) !== undefined) willing.push(id)
  const order = willing.map((id) => ({ id, at: draw('canary', network, id) })).sort((a, b) => a.at - b.at).map(({ id }) => id)
  const first = order.slice(0, Math.max(1, Math.ceil(rules.canary_share * order.length)))
  if (first.includes(corridor)) return undefined
  const found = await Promise.all(first.map((id) => stateOfCanary(stores, { ...task, corridor: id }, input, rules)))
  const worse = first.find((_, i) => found[i] === 'worse')
  if (worse !== undefined) return `the corridor "${worse}" went first, and delay rose there`
  if (found.includes('good') || found.every((state) => state === 'idle')) return undefined
  return `the corridor ${first.map((id) => `"${id}"`).join(', ')} goes first, and its effect is not known yet`
}

/** `idle`: it has found nothing to change for so many nights that it holds up nobody. */
async function stateOfCanary(stores: Pick<Stores, 'nights' | 'plans' | 'schedules'>, task: NightTask, input: NightInput, rules: NightRules): Promise<'good' | 'worse' | 'waiting' | 'idle'> {
  const plans = await plansInForce(stores, task.network, task.corridor, task.day)
  const treated = await treatedElsewhere(stores, task, input)
  const effects = plans.flatMap((plan) => watchPlan(input, plan, treated, rules)?.effect ?? [])
  if (effects.some(({ verdict }) => verdict === 'worse')) return 'worse'
  if (effects.some(({ days_after, change }) => days_after >= LEAST_DAYS && change.value !== null)) return 'good'
  if (plans.length > 0) return 'waiting'
  for (let back = 1; back <= rules.canary_patience_days; back++) {
    const night = await stores.nights.get(task.network, task.corridor, formatDay(parseDay(task.day)! - back))
    if (night === undefined || night.verdict === 'deployed' || night.verdict === 'returned') return 'waiting'
  }
  return 'idle'
}
