/**
 * How many corridors does one core replan in an hour, the simulation gate included? The built-in corridor of six signals with the traffic of made-up weekdays
 * (two peaks, each corridor and day with luck of its own), from stored states to proposals and changes, in this thread alone, or with threads kept from corridor to corridor. First nights, when the street
 * runs what it always ran, and nights after, when last night's plans run. Answers are checked: every plan passes `checkPlan`, and none is deployed that the
 * simulation does not show to be better. Then the queue alone: workers on PostgreSQL that each sleep for a night's work.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bossQueue } from '../adapters/jobs/boss-queue.ts'
import { openStore } from '../adapters/store/open-store.ts'
import { startPostgres } from '../adapters/store/testing.ts'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { checkPlan } from '../model/check-plan.ts'
import { formatDay, LocalTime, parseDay, weekdayOf } from '../model/local-time.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { TrafficState } from '../model/traffic-state.ts'
import { draw } from '../plans/nightly/draws.ts'
import { DEFAULT_RULES, type NightOptions, NightThreads, replanCorridor } from '../plans/nightly/index.ts'
import { measuredState } from '../plans/nightly/testing.ts'
import { patternOf } from '../plans/street.ts'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { personOf } from '../plans/testing/records.ts'
import { giveStandingApproval, PlanWorkflow } from '../plans/workflow/index.ts'
import { formatTable } from './table.ts'

const OPTIONS = { corridors: { type: 'string', default: '2' }, nights: { type: 'string', default: '2' }, runs: { type: 'string', default: '10' }, window: { type: 'string', default: '900' }, change: { type: 'string', default: '0.1' }, unchanged: { type: 'string', default: String(DEFAULT_RULES.unchanged.most_days) }, threads: { type: 'string', default: '0' }, workers: { type: 'string', default: '1,2,3' }, jobs: { type: 'string', default: '24' }, work: { type: 'string', default: '500' } } as const

/** A Tuesday; the weekdays before it are measured. */
const FIRST = '2026-11-24'
const HISTORY_DAYS = 12
/** Traffic by the hour, of the busiest hour's. */
const SHAPE = [0.08, 0.06, 0.05, 0.05, 0.08, 0.2, 0.5, 0.9, 1, 0.75, 0.6, 0.6, 0.65, 0.6, 0.6, 0.65, 0.8, 1, 0.95, 0.7, 0.5, 0.4, 0.25, 0.15]

interface Tally { nights: number; cpu_s: number; periods: number; unchanged: number; plans: number; deployed: number }

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const { scenario } = await readScenario(join(process.cwd(), 'scenarios', 'nanhu-avenue'))
  const rules = { ...DEFAULT_RULES, runs: Number(values.runs), window_s: Number(values.window), rest_days: 0, held_out_share: 0, unchanged: { ...DEFAULT_RULES.unchanged, most_days: Number(values.unchanged) } }
  const tallies: Tally[] = Array.from({ length: Number(values.nights) }, () => ({ nights: 0, cpu_s: 0, periods: 0, unchanged: 0, plans: 0, deployed: 0 }))
  const faults: string[] = []
  const threads = new NightThreads(Number(values.threads))
  for (let corridor = 0; corridor < Number(values.corridors); corridor++) faults.push(...await replanOne(scenario, corridor, rules, { change_cost_vh: Number(values.change) }, threads, tallies))
  await threads.close()
  if (Number(values.corridors) > 0) console.log(formatTable(['night', 'corridors', 'CPU s each', 'corridors/h and core', 'periods each', 'unchanged', 'plans', 'deployed'], tallies.map((one, i) => [i === 0 ? 'first' : `${i + 1}.`, String(one.nights), (one.cpu_s / one.nights).toFixed(1), (3600 * one.nights / one.cpu_s).toFixed(0), (one.periods / one.nights).toFixed(1), String(one.unchanged), String(one.plans), String(one.deployed)])))
  console.log(`6 signals, at most ${rules.runs} seeds of ${rules.window_s} s in the gate, one of ${rules.window_s} s on up to ${rules.agreeing.of} days before it, two for choosing among candidates`)
  const scaled = values.workers === '0' ? [] : await scaleQueue(values.workers.split(',').map(Number), Number(values.jobs), Number(values.work))
  faults.push(...scaled)
  for (const fault of faults) console.log(`wrong: ${fault}`)
  return faults.length === 0 ? 0 : 1
}

async function replanOne(scenario: Scenario, corridor: number, rules: NonNullable<NightOptions['rules']>, periodOptions: NonNullable<NightOptions['periods']>, threads: NightThreads, tallies: Tally[]): Promise<string[]> {
  const at = { now: 0 }
  const clock = { now: () => at.now }
  const store = memoryStore(clock)
  const local = new LocalTime(scenario.scenario.time_zone)
  await store.networks.put('town', scenario, 'engineer', 0)
  await store.people.put(personOf('administrator', { role: 'administrator' }), 0)
  const options: NightOptions = { store, clock, workflow: new PlanWorkflow({ store, clock }), version: '0', threads, rules, periods: periodOptions }
  const id = scenario.scenario.corridors[0]!.id
  let morning = parseDay(FIRST)!
  for (let day = morning - 1 - HISTORY_DAYS; day < morning; day++) await store.states.putDay('town', formatDay(day), dayOf(scenario, corridor, day))
  at.now = local.instant(morning, 5400)
  await giveStandingApproval(store, { network: 'town', corridor: id, actor: 'administrator', now: at.now, until_s: at.now + 300 * 86_400 })
  const faults: string[] = []
  for (const tally of tallies) {
    const day = formatDay(morning)
    at.now = local.instant(morning, 5400)
    const periods = new Set<string>()
    const before = process.cpuUsage()
    const night = await replanCorridor(options, { network: 'town', corridor: id, day }, { report: (_, label) => { const period = /^[\d:]+-[\d:]+/.exec(label); if (period !== null) periods.add(period[0]) }, signal: new AbortController().signal })
    const { user, system } = process.cpuUsage(before)
    tally.nights++
    tally.cpu_s += (user + system) / 1e6
    const unchanged = night.sentences.filter((sentence) => /^[\d:]+-[\d:]+: unchanged /.test(sentence)).length
    tally.periods += periods.size + unchanged
    tally.unchanged += unchanged
    if (night.verdict === 'failed' || night.verdict === 'no-data') faults.push(`corridor ${corridor} on ${day}: ${night.verdict}: ${night.sentences.join(' ')}`)
    for (const plan of night.plans) {
      const found = (await store.plans.get(plan))!
      tally.plans++
      if (found.stage === 'scheduled') tally.deployed++
      faults.push(...checkPlan(new RoadGraph(scenario.network), found.document.intersections.map(patternOf)).map(({ sentence }) => `${plan}: ${sentence}`))
      const delay = found.evaluation?.differences.find(({ measure }) => measure === 'delay_s')
      if (delay?.verdict !== 'better') faults.push(`${plan}: ${found.stage} although delay is ${delay?.verdict ?? 'unknown'}`)
      // A person takes up what is proposed, so that it runs the next night.
      if (found.stage === 'simulated') await takeUp(options, found.id, found.period)
    }
    do morning++; while (weekdayOf(morning - 1) > 5)
    await store.states.putDay('town', formatDay(morning - 1), dayOf(scenario, corridor, morning - 1))
  }
  return faults
}

async function takeUp({ store, workflow }: NightOptions, id: string, period: string): Promise<void> {
  const simulation = (await store.audit.list({ subject: id }, { limit: 100 })).items.find(({ action }) => action === 'plan.simulate')!
  const { version } = await workflow.approve({ plan: id, expected: (await store.plans.get(id))!.version, actor: 'administrator', accepts: simulation.detail['over_limit'] as string[] })
  const [start_s, end_s] = period.split('-').map((time) => { const [hours, minutes] = time.split(':').map(Number); return hours! * 3600 + minutes! * 60 }) as [number, number]
  await workflow.schedule({ plan: id, expected: version, actor: 'administrator', slots: [{ day_type: 'weekday', start_s, end_s }] })
}

/** The peak's volumes by the shape of the day; mornings fuller in one direction, evenings in the other; every movement with luck of its own each day. */
function dayOf(scenario: Scenario, corridor: number, day: number): TrafficState {
  const peak = scenario.demand.intervals.findIndex(({ id }) => id === 'peak')
  const volumes = new Map(scenario.demand.volumes.map(({ movement, volume_vph }) => [movement, volume_vph[peak] ?? 0]))
  return measuredState(scenario, formatDay(day), (movement, hour) => {
    const tide = hour === undefined ? 1 : (hour < 12) === /_(?:EB|NB)/.test(movement) ? 1.1 : 0.85
    return (volumes.get(movement) ?? 0) * (hour === undefined ? 0.5 : SHAPE[hour]!) * tide * (0.85 + 0.2 * draw('corridor', corridor, movement)) * (0.95 + 0.1 * draw(corridor, day, movement))
  })
}

/** From the first job done to the last: workers that only wait, so that two cores tell what more would do. */
async function scaleQueue(workers: readonly number[], jobs: number, work_ms: number): Promise<string[]> {
  const rows: string[][] = []
  const faults: string[] = []
  const postgres = await startPostgres()
  const clock = { now: () => Date.now() / 1000 }
  try {
    const store = await openStore({ url: postgres.url })
    const queue = bossQueue({ url: postgres.url, jobs: store.jobs, clock })
    for (const n of workers) {
      const day = `2026-12-${String(n).padStart(2, '0')}`
      const children: ChildProcess[] = Array.from({ length: n }, () => spawn(process.execPath, [join(import.meta.dirname, 'night-worker.js'), postgres.url, String(work_ms)], { stdio: ['ignore', 'ignore', 'inherit'] }))
      const began = performance.now()
      for (let i = 0; i < jobs; i++) await queue.send('night', { network: 'town', corridor: `c${i}`, day }, { by: 'bench', once: `${day} ${i}` })
      let first: { at: number; done: number } | undefined
      for (let done = 0; done < jobs && performance.now() - began < 300_000;) {
        await new Promise((resolve) => { setTimeout(resolve, 50) })
        done = (await store.nights.list('town', day)).length
        if (done > 0) first ??= { at: performance.now(), done }
      }
      const took = (performance.now() - (first?.at ?? began)) / 1000
      const done = (await store.nights.list('town', day)).length
      if (done !== jobs) faults.push(`${n} workers did ${done} of ${jobs} jobs`)
      rows.push([String(n), took.toFixed(1), ((jobs - (first?.done ?? 0)) / took).toFixed(2)])
      await Promise.all(children.map((child) => new Promise((resolve) => { child.once('exit', resolve); child.kill('SIGKILL') })))
    }
    await queue.stop(0)
    await store.close()
  } finally {
    postgres.remove()
  }
  console.log(formatTable(['workers', 's from the first to the last', 'jobs/s'], rows))
  return faults
}
