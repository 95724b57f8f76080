// Plans by seeds where records are enough: the many short comparisons of a search.
import { SimulationPool } from './pool.ts'
import type { RunRecord } from './record.ts'
import { groupJobs, workloadOf, type SimulatePlansOptions } from './simulate-plans.ts'
import { simulationWindow } from './window.ts'

export interface SimulateRecordsOptions extends Omit<SimulatePlansOptions, 'seeds' | 'until_decided' | 'trajectories' | 'measures'> {
  seeds: readonly number[]
}

/** Out: by plan, in order of seeds. Give the window where records of several calls are to be compared. Throws as `simulatePlans`. */
export async function simulateRecords(options: SimulateRecordsOptions): Promise<RunRecord[][]> {
  const { plans, seeds, signal, onProgress } = options
  const pool = options.pool ?? new SimulationPool()
  try {
    const workload = workloadOf({ ...options, trajectories: false }, seeds, options.window ?? simulationWindow(options))
    const { records } = await pool.execute(workload, groupJobs(plans.length, seeds, pool.size, options.stratified === true), {
      keep: false, ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }),
    })
    return plans.map((_, plan) => seeds.map((_seed, s) => records[s * plans.length + plan]!))
  } finally {
    if (options.pool === undefined) await pool.close()
  }
}
