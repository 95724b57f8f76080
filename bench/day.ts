/**
 * How long does it take to plan a whole day, one plan per counted interval, without simulation? Takes a scenario folder
 * (`greenwave import` writes one), plans every interval of its demand that has volumes, prints CPU s and checks every
 * answer: checkPlan, whole-second offsets, bands confirmed.
 */
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { checkPlan } from '../model/check-plan.ts'
import { resolveCorridor } from '../model/corridor.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Corridor, Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import { type Candidate, planCorridor } from '../optimizer/corridor/index.ts'
import { formatTable } from './table.ts'

const OBJECTIVES = ['band', 'delay', 'auto'] as const

/** `day.ts <scenario folder> [corridor id]`: the first corridor unless one is named. */
export async function main(args: readonly string[]): Promise<number> {
  const [folder, id] = args
  if (folder === undefined) {
    console.log('usage: day <scenario folder> [corridor id]')
    return 2
  }
  const { scenario } = await readScenario(folder)
  const corridor = scenario.scenario.corridors.find((candidate) => id === undefined || candidate.id === id)
  if (corridor === undefined) {
    console.log(`the scenario has no corridor${id === undefined ? '' : ` "${id}"`}`)
    return 2
  }
  const rows: string[][] = []
  const faults: string[] = []
  for (const objective of OBJECTIVES) rows.push(planDay(scenario, corridor, objective, faults))
  console.log(`${scenario.scenario.name}, ${corridor.name}: ${corridor.intersections.length} signals`)
  console.log(formatTable(['objective', 'intervals', 'CPU s', 'slowest s', 'proven', 'cycles s', 'at target', 'checked'], rows))
  for (const fault of faults) console.log(`FAULT ${fault}`)
  return faults.length > 0 ? 1 : 0
}

function planDay(scenario: Scenario, corridor: Corridor, objective: (typeof OBJECTIVES)[number], faults: string[]): string[] {
  const graph = new RoadGraph(scenario.network)
  const resolved = resolveCorridor(graph, corridor)
  const before = faults.length
  const plans: Candidate[] = []
  let [total, slowest] = [0, 0]
  scenario.demand.intervals.forEach((interval, k) => {
    const volumes = new Map(scenario.demand.volumes.flatMap(({ movement, volume_vph }) => {
      const value = volume_vph[k]
      return value === null || value === undefined ? [] : [[movement, value] as const]
    }))
    const running = runningPatterns(scenario.timing, interval.start_s)
    const start = process.cpuUsage()
    const { candidates } = planCorridor({ graph, corridor: resolved, running, volumes, options: { objective } })
    const used = process.cpuUsage(start)
    const cpu_s = (used.user + used.system) / 1e6
    total += cpu_s
    slowest = Math.max(slowest, cpu_s)
    for (const candidate of candidates) faults.push(...listFaults(graph, candidate).map((fault) => `${objective} ${interval.id}: ${fault}`))
    if (candidates[0] !== undefined) plans.push(candidates[0])
  })
  const cycles = plans.map(({ cycle_s }) => cycle_s)
  return [
    objective, String(plans.length), total.toFixed(2), slowest.toFixed(2), `${plans.filter(({ certificate }) => certificate.proven).length}`,
    `${Math.min(...cycles)}-${Math.max(...cycles)}`, `${plans.filter(({ meets_target }) => meets_target).length}`, faults.length === before ? 'yes' : 'NO',
  ]
}

function listFaults(graph: RoadGraph, candidate: Candidate): string[] {
  const faults = checkPlan(graph, candidate.patterns).map(({ sentence }) => sentence)
  for (const { signal, offset_s, cycle_s } of candidate.patterns) {
    if (!Number.isInteger(offset_s) || offset_s < 0 || offset_s >= cycle_s) faults.push(`signal ${signal}: offset ${offset_s} s`)
    if (cycle_s !== candidate.cycle_s) faults.push(`signal ${signal}: cycle ${cycle_s} s, the plan has ${candidate.cycle_s} s`)
  }
  if (candidate.certificate.gap < 0) faults.push(`gap ${candidate.certificate.gap} s`)
  return faults
}
