import { describe, expect, it } from 'vitest'
import { createRun, prepareNetwork, type Run } from '../index.ts'
import { STOPPED } from '../kernel/parameters.ts'
import { DRIVING } from '../kernel/world.ts'
import { junction, twoStage } from '../testing/junctions.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'
import { ApproachWatch, observed, type ApproachReading } from './index.ts'

const network = junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, length: 250 })
const prepared = prepareNetwork(network)
const trips = [...flow(network, ['Win', 'Eout'], 3.2, 600, 4), ...flow(network, ['Ein', 'Wout'], 1, 600, 5.3), ...flow(network, ['Nin', 'Sout'], 2, 600, 11), ...flow(network, ['Win', 'Nout'], 7, 600, 25)]
const signals = [compiled('x', 70, 13, { ew: [[5, 35]], ns: [[40, 60]] })]
const input = inputFor(network, signals, trips, { seed: 4 })

function watched(window_s: number, range_m = 200): { run: Run; watch: ApproachWatch } {
  const run = createRun(prepared, input)
  const watch = new ApproachWatch(run.world, { window_s, range_m })
  return { watch, run: observed(run, [watch]) }
}

const of = (readings: readonly ApproachReading[], link: string): ApproachReading => readings.find((reading) => reading.link === link)!

describe('what radars know of the approaches', () => {
  it('over a whole run counts every movement as the run does, and everybody who came', () => {
    const { run, watch } = watched(3600)
    while (run.step());
    const { count } = run.result().movements
    const readings = watch.read()
    for (const [m, { id, from }] of network.movements.entries()) expect(of(readings, from).movements.find(({ movement }) => movement === id)!.passed).toBe(count[m])
    expect(of(readings, 'Win').entered).toBe(trips.filter(({ links }) => network.links[links[0]!]!.id === 'Win').length)
    expect(of(readings, 'Win').lanes.reduce((sum, { passed }) => sum + passed, 0)).toBe(of(readings, 'Win').entered)
    // Limit 13.9 m/s, and no queue as long as the range.
    expect(of(readings, 'Win').entry_speed_mps).toBeGreaterThan(11)
    expect(of(readings, 'Win').mean_speed_mps).toBeLessThan(of(readings, 'Win').entry_speed_mps)
  })

  it('counts whom it sees stand before the line, and no farther than it sees', () => {
    // Red from 48 to 88 s.
    for (const range of [200, 30]) {
      const { run, watch } = watched(60, range)
      while (run.world.now < 87) run.step()
      const { world } = run
      const [queue, queueMax] = ['queue', 'queue_max'].map((key) => of(watch.read(), 'Win').lanes.reduce((sum, lane) => sum + lane[key as 'queue' | 'queue_max'], 0)) as [number, number]
      let standing = 0
      for (let v = 0; v < world.n; v++) {
        const strip = world.strip[v]!
        if (world.state[v] === DRIVING && strip < prepared.lanes && network.links[prepared.laneLink[strip]!]!.id === 'Win' && world.spd[v]! < STOPPED && prepared.length[strip]! - world.pos[v]! <= range) standing++
      }
      expect(queue).toBe(standing)
      expect(queue).toBeGreaterThan(range === 200 ? 6 : 3)
      expect(queueMax).toBeGreaterThanOrEqual(queue)
    }
  })

  it('forgets what is older than the window', () => {
    const { run, watch } = watched(140)
    while (run.world.now < 560) run.step()
    const west = of(watch.read(), 'Win')
    expect([west.from_s, west.until_s]).toEqual([420, 560])
    // Two cycles of one car every 4 s, and one every 25 s.
    expect(Math.abs(west.entered - 140 / 4 - 140 / 25)).toBeLessThan(3)
    while (run.step());
    expect(of(watch.read(), 'Nin').vehicles).toBe(0)
  })

  it('changes nothing of the run', () => {
    const { run } = watched(300)
    while (run.step());
    const alone = createRun(prepared, input)
    while (alone.step());
    expect(run.result().vehicles.travel_time_s).toEqual(alone.result().vehicles.travel_time_s)
  })
})
