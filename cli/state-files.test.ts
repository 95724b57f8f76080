import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { LocalTime, parseDay } from '../model/local-time.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { stateReport } from '../reports/state-report.ts'
import { Measurement } from '../state/measurement.ts'
import { stateReportInput, writeStateFiles, type Measured } from './state-files.ts'

/** A measurement of nothing. */
async function nothing(): Promise<Measured> {
  const { scenario } = await readScenario('scenarios/nanhu-avenue')
  const graph = new RoadGraph(scenario.network)
  const local = new LocalTime(scenario.scenario.time_zone)
  const measurement = new Measurement({ graph, timing: scenario.timing, local, scenario: 'x', periods: scenario.scenario.periods, corridors: scenario.scenario.corridors })
  return { scenario, graph, local, measurement, ...measurement.finish() }
}

describe('the files of a measurement', () => {
  it('are state.json and report.html, also where nothing was observed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'greenwave-state-'))
    try {
      const measured = await nothing()
      await writeStateFiles(folder, measured)
      expect((await readdir(folder)).sort()).toEqual(['report.html', 'state.json'])
      expect(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(measured.state)))
      const report = await readFile(join(folder, 'report.html'), 'utf8')
      expect(report).toContain('Nothing was observed.')
      expect(report).not.toContain('<svg')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('show the corridor and its queues in the direction that was driven alone', async () => {
    const measured = await nothing()
    const movement = measured.graph.network.movements.findIndex(({ from, to }) => from === '1-2' && to === '2-3')
    const start = measured.local.instant(parseDay('2026-01-05')!, 17 * 3600 + 1800)
    for (let i = 0; i < 10; i++) {
      const crossing_s = start + 60 * i
      measured.measurement.store.push({
        vehicle: String(i), movement, start_m: -380, whole: true, in_s: crossing_s - 50, crossing_s, out_s: crossing_s + 4, running_mps: 14, control_delay_s: 20, stops: [{ time_s: crossing_s - 25, s_m: -30, duration_s: 20 }],
        departure_s: crossing_s - 5, arrival_s: crossing_s - 20, blocked: false, interval_s: 1, posterior: 1,
      })
      measured.measurement.links.add(measured.graph.network.links.findIndex(({ id }) => id === '1-2'), 380, 50, crossing_s)
    }
    const { corridors, heat_maps } = stateReportInput(measured)
    expect(corridors).toHaveLength(1)
    expect(corridors[0]!.scene.range_s).toEqual([63_000, 63_900])
    expect(corridors[0]!.scene.trajectories).toHaveLength(10)
    expect(heat_maps.map(({ title }) => title.split(': ')[0])).toEqual(['Nanhu Avenue, outbound', 'Nanhu Avenue, outbound'])
    const [speed, queue] = heat_maps
    expect(speed!.scene.known).toBe(2)
    expect(queue!.scene.known).toBe(2)
    expect(stateReport(stateReportInput(measured))).toBe(stateReport(stateReportInput(measured)))
  })
})
