import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { paintProbes } from './paint-probe-trajectories.ts'
import { buildProbeScene, joinRuns, runLine, type ProbeRun } from './probe-trajectories.ts'

/** Drives 200 m at 10 m/s, stopping at the given places for 20 s each. */
function drive(start_s: number, ...places: number[]): ProbeRun {
  const stops = places.map((s_m, i) => ({ time_s: start_s + (200 + s_m) / 10 + 20 * i, s_m, duration_s: 20 }))
  const crossing_s = start_s + 20 + 20 * places.filter((s_m) => s_m <= 0).length
  return { start_m: -200, in_s: start_s, crossing_s, out_s: start_s + 24 + 20 * places.length, stops }
}

describe('the line of a run', () => {
  it('passes through its beginning, its stops, the stop line and forty metres beyond', () => {
    expect(runLine(drive(100, -30))).toEqual([[100, -200], [117, -30], [137, -30], [140, 0], [144, 40]].map(([time_s, position_m]) => ({ time_s, position_m })))
  })

  it('keeps a stop beyond the stop line', () => {
    expect(runLine(drive(0, 20)).map(({ position_m }) => position_m)).toEqual([-200, 0, 20, 20, 40])
  })

  it('never goes back in time or place, however stops overlap', () => {
    const line = runLine({ start_m: -200, in_s: 0, crossing_s: 50, out_s: 55, stops: [{ time_s: 10, s_m: -40, duration_s: 60 }, { time_s: 45, s_m: -60, duration_s: 20 }] })
    for (const [i, point] of line.entries()) {
      expect(point.time_s).toBeGreaterThanOrEqual(line[i - 1]?.time_s ?? 0)
      expect(point.position_m).toBeGreaterThanOrEqual(line[i - 1]?.position_m ?? -200)
    }
    expect(line.find(({ position_m }) => position_m === 0)?.time_s).toBe(50)
  })
})

describe('runs along a corridor', () => {
  it('join into one line of a vehicle, upwards outbound and downwards inbound', () => {
    const out = joinRuns([{ vehicle: 'a', direction: 'outbound', line_m: 400, run: drive(40) }, { vehicle: 'a', direction: 'outbound', line_m: 200, run: drive(10) }])
    expect(out).toHaveLength(1)
    expect(Array.from(out[0]!.points.positions_m)).toEqual([0, 200, 240, 400, 440])
    const back = joinRuns([{ vehicle: 'a', direction: 'inbound', line_m: 400, run: drive(10) }, { vehicle: 'a', direction: 'inbound', line_m: 200, run: drive(40) }])
    expect(Array.from(back[0]!.points.positions_m)).toEqual([600, 400, 360, 200, 160])
  })

  it('stay apart for other vehicles, for another trip and for a turn', () => {
    const run = (vehicle: string, line_m: number, start: number): Parameters<typeof joinRuns>[0][number] => ({ vehicle, direction: 'outbound', line_m, run: drive(start) })
    expect(joinRuns([run('a', 200, 10), run('b', 400, 40)])).toHaveLength(2)
    expect(joinRuns([run('a', 200, 10), run('a', 400, 2000)])).toHaveLength(2)
    expect(joinRuns([run('a', 400, 10), run('a', 200, 60)])).toHaveLength(2)
  })
})

describe('runs at the stop line', () => {
  const runs = [drive(0), drive(500, -40), drive(900, -120, -30), drive(1500, 20)]

  it('are told apart by their stops before the line alone', () => {
    expect(buildProbeScene(runs).counts).toEqual([2, 1, 1])
  })

  it('all cross at zero', () => {
    for (const { points } of buildProbeScene(runs).runs) expect(points.find(({ position_m }) => position_m === 0)?.time_s).toBe(0)
  })

  it('are thinned when they are many, and the picture says so', () => {
    const scene = buildProbeScene(Array.from({ length: 1000 }, (_, i) => drive(100 * i)))
    expect(scene.runs).toHaveLength(334)
    expect(paintProbes(scene, { title: 'x' })).toContain('1000 runs: 100 % no stop, 0 % one stop, 0 % two stops or more; 1 in 3 drawn')
  })

  it('match the golden picture', () => {
    const svg = paintProbes(buildProbeScene(runs), { title: '<b>"南湖"' })
    expect(svg).toContain('&lt;b&gt;&quot;南湖&quot;')
    expectGolden(`${svg}\n`, new URL('golden/probe-runs.svg', import.meta.url))
  })

  it('are no data where there are none', () => {
    const svg = paintProbes(buildProbeScene([]), { title: 'x' })
    expect(svg).toContain('no data')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
  })
})
