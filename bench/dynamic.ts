/**
 * Does the dynamic green wave do what it promises on the built-in avenue? Off-peak and holiday, against the best fixed schedule for that
 * very traffic, against max-pressure, and with its data cut off; and on the holiday with the schedule of ordinary days. The same
 * vehicles and drivers for all. Exit code 1 where a promise is broken.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { compareDynamic, type ComparedMode } from '../plans/dynamic/compare-dynamic.ts'
import { smoothShare } from '../plans/dynamic/best-schedule.ts'
import { SimulationPool } from '../simulation/batch/index.ts'
import { formatTable } from './table.ts'

const OPTIONS = { seeds: { type: 'string', default: '5' }, seed: { type: 'string', default: '1' }, every: { type: 'string', default: '2' }, cut: { type: 'string', default: '900' }, only: { type: 'string', default: '' }, scenario: { type: 'string' } } as const

interface Case {
  name: string
  period: string
  planned_for?: string
  /** Least share of through runs with at most one stop, under the dynamic mode. */
  least: number
  /** Whether more than under the schedule was promised; else only not fewer. */
  beats: boolean
}

const CASES: readonly Case[] = [
  { name: 'off-peak', period: 'off-peak', least: 0.85, beats: false },
  { name: 'holiday', period: 'holiday', least: 0.7, beats: true },
  { name: 'holiday, schedule of ordinary days', period: 'holiday', planned_for: 'off-peak', least: 0.7, beats: false },
]

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const { scenario } = await readScenario(values.scenario ?? fileURLToPath(new URL('../../scenarios/nanhu-avenue', import.meta.url)))
  const pool = new SimulationPool()
  const faults: string[] = []
  try {
    for (const { name, least, beats, ...which } of CASES.filter((each) => each.name.includes(values.only))) {
      const { modes, schedule } = await compareDynamic({ ...which, scenario, pool, runs: Number(values.seeds), seed: Number(values.seed), every_cycles: Number(values.every), cut_off_after_s: Number(values.cut), max_pressure: true })
      console.log(`${name}, cycle ${schedule.candidate.cycle_s} s\n${formatTable(['mode', 'at most one stop', 'against schedule', 'delay s/veh', 'side streets s', 'stops', 'gridlocked', 'CPU s'], modes.map(cells))}\n`)
      faults.push(...brokenPromises(modes, { least, beats }).map((sentence) => `${name}: ${sentence}`))
    }
  } finally {
    await pool.close()
  }
  for (const fault of faults) console.log(`FAULT ${fault}`)
  return faults.length > 0 ? 1 : 0
}

const points = (share: number): string => `${(100 * share).toFixed(1)} %`

const differenceOf = ({ differences }: ComparedMode): { mean: number; ci95: number | null } | undefined => differences?.find(({ measure }) => measure === 'share_at_most_one_stop')?.difference

function cells(mode: ComparedMode): string[] {
  const { id, evaluation, cpu_s } = mode
  const side = evaluation.per_seed.map(({ side_street_delay_s }) => side_street_delay_s ?? Number.NaN)
  const difference = differenceOf(mode)
  return [
    id, points(smoothShare(evaluation)), difference === undefined ? '' : `${points(difference.mean)} ± ${difference.ci95 === null ? '?' : (100 * difference.ci95).toFixed(1)}`,
    evaluation.delay_s.mean.toFixed(1), (side.reduce((sum, value) => sum + value, 0) / side.length).toFixed(1), evaluation.stops.mean.toFixed(2), String(evaluation.gridlocked_runs), cpu_s.toFixed(0),
  ]
}

/** Chance alone moves a share of some hundred runs by about this much. */
const NOISE = 0.01

const isBehind = ({ mean, ci95 }: { mean: number; ci95: number | null }): boolean => mean + (ci95 ?? 0) < -NOISE || mean < -2 * NOISE

function brokenPromises(modes: readonly ComparedMode[], { least, beats }: Pick<Case, 'least' | 'beats'>): string[] {
  const of = (id: ComparedMode['id']): ComparedMode => modes.find((mode) => mode.id === id)!
  const share = (id: ComparedMode['id']): number => smoothShare(of(id).evaluation)
  const gain = differenceOf(of('dynamic'))!
  const cut = differenceOf(of('dynamic-after-cut'))!
  return [
    ...(share('dynamic') < least ? [`${points(share('dynamic'))} of through runs stop at most once; ${points(least)} were promised`] : []),
    ...(beats && gain.mean - (gain.ci95 ?? 0) <= 0 ? [`the dynamic mode is not shown to be better than the schedule: ${points(gain.mean)} more`] : []),
    ...(!beats && isBehind(gain) ? [`the dynamic mode falls behind the schedule: ${points(gain.mean)}`] : []),
    ...(share('dynamic') <= share('max-pressure') ? [`max-pressure is not worse: ${points(share('max-pressure'))}`] : []),
    ...(isBehind(cut) ? [`without data it falls behind the schedule: ${points(cut.mean)}`] : []),
  ]
}
