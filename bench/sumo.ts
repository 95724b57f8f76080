/**
 * Does our microsimulation say what SUMO says? Same net, trips, entry, plan, model and step; every run counts, to the last
 * vehicle; two plans each, because the change from one to the other is what decides. Limits and columns: README.md.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { DrivingRules } from '../simulation/index.ts'
import type { CheckCase, DrivingModel, RunMeasures } from './sumo/check-case.ts'
import { changeOf, compareRuns, failedGates, sameDecision, type Change, type Comparison } from './sumo/compare.ts'
import { CITYFLOW_NETS } from './sumo/cityflow-net.ts'
import { CORRIDORS } from './sumo/corridors.ts'
import { holdoutNames } from './sumo/holdout.ts'
import { loadCase } from './sumo/load-case.ts'
import { inParallel, runOurs, type OurAnswer } from './sumo/pool.ts'
import { PUBLIC_NETS } from './sumo/public-nets.ts'
import { runSumoCase, sumoVersion } from './sumo/run-sumo.ts'
import { CHECK_HEADER, checkRow } from './sumo/rows.ts'
import { readModel } from './sumo/settings.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  nets: { type: 'string' }, models: { type: 'string', default: 'idm 0.5,krauss 0.5,krauss 1' }, seeds: { type: 'string', default: '10' },
  data: { type: 'string', default: '../shared/data/sumo' }, cache: { type: 'string', default: join(tmpdir(), 'greenwave-sumo-cache') },
  holdout: { type: 'string' }, jobs: { type: 'string', default: '2' }, rules: { type: 'string', default: 'sumo' }, plans: { type: 'string', default: '2' },
} as const

interface Settings {
  models: DrivingModel[]
  seeds: number[]
  cache: string
  jobs: number
  rules: DrivingRules
  version: string
  plans: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const version = await sumoVersion()
  if (version === undefined) {
    console.log('SUMO is not installed; nothing was compared')
    return 2
  }
  const settings: Settings = {
    models: values.models.split(',').map(readModel), seeds: Array.from({ length: Number(values.seeds) }, (_, i) => i + 1), cache: values.cache,
    jobs: Number(values.jobs), rules: values.rules === 'field' ? 'field' : 'sumo', version, plans: Number(values.plans),
  }
  const holdouts = values.holdout === undefined ? [] : values.holdout.split(',').flatMap((seed) => holdoutNames(Number(seed)))
  const names = values.nets?.split(',') ?? (holdouts.length > 0 ? [] : [...PUBLIC_NETS, ...CITYFLOW_NETS, ...CORRIDORS])
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-check-nets-'))
  try {
    return await checkAll([...names, ...holdouts], values.data, folder, settings)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One broken net must not take the others' answers with it. */
const sayWhy = (error: unknown): string => (error instanceof Error ? error.message : String(error))

async function checkAll(names: readonly string[], data: string, folder: string, settings: Settings): Promise<number> {
  console.log(`${settings.version}, ${settings.seeds.length} seeds, rules ${settings.rules}`)
  const rows: string[][] = []
  const failures: string[] = []
  for (const name of names) {
    const of = await loadCase(name, data, folder).catch((error: unknown) => sayWhy(error))
    if (typeof of === 'string') {
      failures.push(`${name}: ${of}`)
      continue
    }
    if (of === undefined) {
      console.log(`${name}: skipped, there is no such net in ${data}`)
      continue
    }
    for (const model of settings.models) {
      const checked = await checkModel(of, model, settings).catch((error: unknown) => ({ rows: [], failures: [`${name}, ${model.model} ${model.step_s}: ${sayWhy(error)}`] }))
      rows.push(...checked.rows)
      failures.push(...checked.failures)
      // Every finished part is printed at once: whole runs take long.
      console.log(formatTable(CHECK_HEADER, checked.rows))
    }
  }
  if (names.length * settings.models.length > 1) console.log(`\n${formatTable(CHECK_HEADER, rows)}`)
  console.log(failures.length === 0 ? 'every gate is passed' : `failed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`)
  return failures.length === 0 ? 0 : 1
}

async function checkModel(of: CheckCase, model: DrivingModel, settings: Settings): Promise<{ rows: string[][]; failures: string[] }> {
  const trips = settings.seeds.map((seed) => of.trips(seed))
  const plans = of.plans.slice(0, settings.plans)
  const jobs = plans.flatMap(({ patterns }) => settings.seeds.map((seed, i) => ({ ...model, seed, patterns, trips: trips[i]!, rules: settings.rules })))
  const sumo = await inParallel(jobs, settings.jobs, (job) => runSumoCase(of, job, settings.cache, settings.version))
  const ours = await runOurs(of, jobs.map((job) => () => job), settings.jobs)
  const routes = trips.map((list) => list.map(({ links }) => links.join(' ')))
  const n = settings.seeds.length
  const part = <T>(all: readonly T[], plan: number): T[] => all.slice(plan * n, (plan + 1) * n)
  const compared = plans.map((_, p): Comparison => compareRuns(of, routes, part(ours, p), part(sumo, p)))
  const change: Change | undefined = plans.length < 2 ? undefined : { ours: changeOf(part<RunMeasures>(ours, 0), part<RunMeasures>(ours, 1)), sumo: changeOf(part(sumo, 0), part(sumo, 1)) }
  return report(of, model, compared, change, ours, n)
}

function report(of: CheckCase, { model, step_s }: DrivingModel, compared: readonly Comparison[], change: Change | undefined, ours: readonly OurAnswer[], seeds: number): { rows: string[][]; failures: string[] } {
  const rows: string[][] = []
  const failures: string[] = []
  compared.forEach((comparison, p) => {
    const decision = p === 1 ? change : undefined
    const failed: string[] = failedGates(comparison)
    if (decision !== undefined && !sameDecision(decision)) failed.push('decision')
    const where = `${of.name} ${of.plans[p]!.name}, ${model} ${step_s}`
    rows.push([where, ...checkRow(comparison, decision), failed.length === 0 ? 'pass' : failed.join(', ')])
    if (failed.length > 0) failures.push(`${where}: ${failed.join(', ')}`)
    ours.slice(p * seeds, (p + 1) * seeds).forEach(({ gridlock }, i) => {
      if (gridlock !== undefined) failures.push(`${where}, seed ${i + 1}: gridlock. ${gridlock}`)
    })
  })
  return { rows, failures }
}
