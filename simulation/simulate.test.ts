import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PASSENGER_CAR, type VehicleType } from '../model/demand.ts'
import type { Trip } from './input.ts'
import { createRun, prepareNetwork, simulate } from './index.ts'
import type { RunResult } from './result.ts'
import { none, runChecked } from './testing/invariants.ts'
import { arterial, junction, twoStage, twoStageSignal } from './testing/junctions.ts'
import { compiled, flow, inputFor, NetworkBuilder, oneLaneSignal } from './testing/networks.ts'

const ARMS = ['N', 'E', 'S', 'W'] as const

/** Trips over all ways of one junction, `vph` per arm. */
function everyWay(network: ReturnType<typeof junction>, vph: number, until: number): Trip[] {
  const trips: Trip[] = []
  ARMS.forEach((from, k) => {
    let n = k
    for (let t = k; t < until; t += 3600 / vph) {
      const to = ARMS[(k + 1 + (n++ % 3)) % 4]!
      trips.push(...flow(network, [`${from}in`, `${to}out`], t, t + 0.1, 1))
    }
  })
  return trips.sort((a, b) => a.depart_s - b.depart_s)
}

const bytes = (result: RunResult): string =>
  JSON.stringify(result, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value))

describe('a run', () => {
  const network = junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5 })
  const prepared = prepareNetwork(network)
  const signals = [twoStageSignal('x', 80, 0, 35)]
  const trips = everyWay(network, 400, 900)

  it('gives the same bytes for the same seed', () => {
    const input = inputFor(network, signals, trips, { seed: 7, record_trajectories: true })
    expect(bytes(simulate(prepared, input))).toBe(bytes(simulate(prepareNetwork(network), { ...input, trips: trips.map((trip) => ({ ...trip, links: [...trip.links] })) })))
  })

  it('differs for another seed', () => {
    const travel = (seed: number): string => String(simulate(prepared, inputFor(network, signals, trips, { seed })).vehicles.travel_time_s)
    expect(travel(1)).not.toBe(travel(2))
  })

  it('meets the same drivers under two plans', () => {
    const factors = (offset: number): number[] => [...createRun(prepared, inputFor(network, [twoStageSignal('x', 90, offset, 30)], trips, { seed: 3 })).world.factor]
    expect(factors(0)).toEqual(factors(40))
    const mean = factors(0).reduce((sum, f) => sum + f, 0) / trips.length
    expect(mean).toBeCloseTo(1, 1)
  })

  it('measures no delay but that of the turn for a lone vehicle at green', () => {
    const result = simulate(prepared, inputFor(network, [compiled('x', 80, 0, { ew: [[0, 80]], ns: [] })], flow(network, ['Win', 'Eout'], 0, 1, 1)))
    expect(result.vehicles.delay_s[0]).toBeLessThan(1)
    expect(result.vehicles.stops[0]).toBe(0)
    expect(result.vehicles.travel_time_s[0]! - result.vehicles.free_flow_s[0]!).toBeCloseTo(result.vehicles.delay_s[0]!, 6)
  })

  it('takes along the time spent on the halt of a bus, but does not call it delay', () => {
    const bus: VehicleType = { ...PASSENGER_CAR, id: 'bus', vehicle_class: 'bus', length_m: 12, accel_mps2: 1.2, speed_deviation: 0 }
    const green = [compiled('x', 80, 0, { ew: [[0, 80]], ns: [] })]
    const drive = (stops?: Trip['stops']): RunResult =>
      simulate(prepared, inputFor(network, green, flow(network, ['Win', 'Eout'], 0, 1, 1, stops ? { stops } : {}), {}, [bus]))
    const [without, withHalt] = [drive(), drive([{ link_index_in_route: 0, lane: 0, position_m: 150, duration_s: 20 }])]
    const extra = withHalt.vehicles.travel_time_s[0]! - without.vehicles.travel_time_s[0]!
    expect(extra).toBeGreaterThan(20)
    expect(extra).toBeLessThan(45)
    expect(withHalt.vehicles.free_flow_s[0]! - without.vehicles.free_flow_s[0]!).toBeGreaterThan(19)
  })
})

describe('vehicles', () => {
  it('never overlap, share a crossing, run a red or vanish, whatever the demand', { timeout: 60_000 }, () => {
    const networks = [
      { network: junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5, turnOnRed: true }), signals: [twoStageSignal('x', 70, 0, 30)] },
      { network: junction({ group: twoStage, pocket: { E: 40, W: 40 } }), signals: [twoStageSignal('x', 60, 11, 25)] },
      { network: junction({}), signals: [] },
    ].map((each) => ({ ...each, prepared: prepareNetwork(each.network) }))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 50, max: 900 }), fc.integer({ min: 1, max: 1000 }), fc.constantFrom('idm' as const, 'krauss' as const), (which, vph, seed, model) => {
        const { network, signals, prepared } = networks[which]!
        const run = createRun(prepared, inputFor(network, signals, everyWay(network, vph, 300), { seed, model, stop_at_s: 1500 }))
        expect(runChecked(run)).toEqual(none)
        const result = run.result()
        expect(result.completed + result.inside + result.waiting).toBe(result.vehicles_demanded)
        expect(result.gridlocked).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it('of an arterial with six signals and permissive lefts all arrive', () => {
    const network = arterial(6)
    const signals = Array.from({ length: 6 }, (_, i) => twoStageSignal(`x${i}`, 80, i * 20, 45))
    const east = ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6']
    const west = ['w6', 'w5', 'w4', 'w3', 'w2', 'w1', 'w0']
    const trips = [
      ...flow(network, east, 0, 900, 4), ...flow(network, west, 0, 900, 5),
      ...flow(network, ['e0', 'e1', 'n1out'], 3, 900, 30), ...flow(network, ['w6', 'w5', 's4out'], 3, 900, 30),
      ...flow(network, ['n2in', 'e3', 'e4', 'e5', 's5out'], 1, 900, 25), ...flow(network, ['s3in', 'w3', 'w2', 's1out'], 1, 900, 25),
      ...flow(network, ['n3in', 's3out'], 1, 900, 12), ...flow(network, ['s0in', 'n0out'], 1, 900, 12),
    ]
    const run = createRun(prepareNetwork(network), { ...inputFor(network, signals, trips, { stop_at_s: 3000, record_trajectories: true }), corridor: { outbound: [east], inbound: [west] } })
    expect(runChecked(run)).toEqual(none)
    const result = run.result()
    expect(result.completed).toBe(trips.length)
    expect(result.missed_turns).toBe(0)
    const whole = [...result.corridor.outbound.complete].filter((flag) => flag === 1)
    expect(whole).toHaveLength(225)
    const { travel_time_s: times, complete } = result.corridor.outbound
    // 2100 m at no more than 1.5 times the limit.
    times.forEach((t, i) => { if (complete[i] === 1) expect(t).toBeGreaterThan(2100 / 21) })
    const { start, time_s, position_m } = result.trajectories!
    for (let i = 1; i < start[1]!; i++) {
      expect(time_s[i]! - time_s[i - 1]!).toBeCloseTo(1, 3)
      expect(position_m[i]!).toBeGreaterThanOrEqual(position_m[i - 1]! - 0.5)
    }
  })

  it('that cannot enter wait outside in order, and the wait is counted', () => {
    const network = oneLaneSignal()
    const result = simulate(prepareNetwork(network), inputFor(network, [compiled('x', 60, 0, { g: [[0, 25]] })], flow(network, ['in', 'out'], 0, 600, 2), { stop_at_s: 4000 }))
    expect(result.completed).toBe(300)
    const delay = result.vehicles.insertion_delay_s
    expect(delay[0]).toBe(0)
    expect(delay[299]!).toBeGreaterThan(100)
  })

  it('enter at 1800 vehicles an hour and lane without being held up', () => {
    const network = oneLaneSignal()
    const result = simulate(prepareNetwork(network), inputFor(network, [compiled('x', 60, 0, { g: [[0, 60]] })], flow(network, ['in', 'out'], 0, 900, 2), { stop_at_s: 2000 }))
    const delay = result.vehicles.insertion_delay_s
    expect(delay.reduce((sum, d) => sum + d, 0) / delay.length).toBeLessThan(2)
    expect(result.completed).toBe(450)
  })

  it('leave in mid-block where their trip ends', () => {
    const network = oneLaneSignal()
    const result = simulate(prepareNetwork(network), inputFor(network, [compiled('x', 60, 0, { g: [[0, 60]] })], flow(network, ['in', 'out'], 0, 1, 1, { depart_position_m: 500, arrive_position_m: 100 })))
    expect(result.completed).toBe(1)
    expect(result.vehicles.free_flow_s[0]!).toBeLessThan(35)
    expect(result.vehicles.free_flow_s[0]!).toBeGreaterThan(12)
  })
})

describe('a gridlock', () => {
  /** A ring of four short links; everybody wants half way round. */
  const ring = (length: number) => {
    const builder = new NetworkBuilder()
    for (let i = 0; i < 4; i++) builder.link({ id: `r${i}`, from: `n${i}`, to: `n${(i + 1) % 4}`, length })
    for (let i = 0; i < 4; i++) builder.connect({ from: `r${i}`, to: `r${(i + 1) % 4}`, lane: [0, 0], length: 1 })
    return builder.build()
  }

  it('does not arise in a ring of short links that is filled to its ends', () => {
    const network = ring(30)
    const trips = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].flatMap((k) => flow(network, [`r${i}`, `r${(i + 1) % 4}`, `r${(i + 2) % 4}`], 0, 0.1, 1, { depart_position_m: 29 - 7.5 * k })))
    const run = createRun(prepareNetwork(network), inputFor(network, [], trips, { stop_at_s: 3600 }))
    expect(runChecked(run)).toEqual(none)
    expect(run.result().gridlocked).toBe(false)
    expect(run.result().completed).toBe(trips.length)
  })

  it('is reported where a signal stays red', () => {
    const network = oneLaneSignal()
    const result = simulate(prepareNetwork(network), inputFor(network, [compiled('x', 5000, 0, { g: [[4900, 4950]] })], flow(network, ['in', 'out'], 0, 50, 5), { stop_at_s: 3600 }))
    expect(result.gridlocked).toBe(true)
    expect(result.gridlock?.where).toContain('in lane 0')
    expect(result.end_s).toBeLessThan(600)
  })
})

describe('bad input', () => {
  it('names the trip and the links that are not joined', () => {
    const network = junction({})
    expect(() => simulate(prepareNetwork(network), inputFor(network, [], flow(network, ['Win', 'Sin'], 0, 1, 1)))).toThrow(/trip 0: no lane leads a passenger from link Win to link Sin/)
  })

  it('names a link without lanes', () => {
    const network = oneLaneSignal()
    network.links[0]!.lanes = []
    expect(() => prepareNetwork(network)).toThrow(/link in has 0 lanes/)
  })
})
