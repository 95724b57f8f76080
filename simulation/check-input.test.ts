import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PASSENGER_CAR } from '../model/demand.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Network } from '../model/network.ts'
import { checkSimulationInput } from './check-input.ts'
import { simulate, prepareNetwork } from './index.ts'
import type { SimulationInput, Trip } from './input.ts'
import type { RunResult } from './result.ts'
import { junction, twoStage } from './testing/junctions.ts'
import { compiled, flow, inputFor, oneLaneSignal } from './testing/networks.ts'

/** One valid input with everything in it. A new one each time, so that it may be spoilt. */
function valid(): SimulationInput {
  const network = junction({ group: twoStage, lanes: { E: 2, W: 2 }, pocket: { S: 40 }, waiting: 5, turnOnRed: true })
  const trips: Trip[] = [
    ...flow(network, ['Win', 'Eout'], 0, 40, 10, { depart_position_m: 50, arrive_position_m: 200, depart_speed_mps: 5, depart_lane: 1 }),
    ...flow(network, ['Sin', 'Nout'], 5, 45, 10),
    ...flow(network, ['Ein', 'Wout'], 8, 9, 10, { type: 1, stops: [{ link_index_in_route: 0, lane: 0, position_m: 150, duration_s: 10 }, { link_index_in_route: 1, lane: 0, position_m: 50, duration_s: 5 }] }),
  ].map((trip) => ({ ...trip, links: [...trip.links] }))
  const types = [{ ...PASSENGER_CAR }, { ...PASSENGER_CAR, id: 'bus', vehicle_class: 'bus', length_m: 12, accel_mps2: 1.2 }]
  const signals = [compiled('x', 60, 0, { ew: [[0, 25]], ns: [[30, 55]] })]
  return { ...inputFor(network, signals, trips, { stop_at_s: 400 }, types), corridor: { outbound: [['Win', 'Eout']], inbound: [] } }
}

const run = (input: SimulationInput): RunResult => simulate(prepareNetwork(input.network), input)

type Path = (string | number)[]

/** Paths to all numbers of a value. */
function listNumbers(value: unknown, path: Path = []): Path[] {
  if (typeof value === 'number') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, part]) => listNumbers(part, [...path, Array.isArray(value) ? Number(key) : key]))
}

function put(target: unknown, path: Path, value: unknown): void {
  let at = target as Record<string | number, unknown>
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>
  at[path.at(-1)!] = value
}

/** What a sentence about the value at this path must name: the id of the innermost element that has one. */
function nameOf(input: SimulationInput, path: Path): string {
  if (path[0] === 'trips') return `trip ${path[1]}`
  if (path[0] === 'options') return 'the run'
  let [at, name]: [unknown, string] = [input, '']
  for (const key of path) {
    at = (at as Record<string | number, unknown>)[key]
    if (typeof at !== 'object' || at === null) continue
    const { id, signal } = at as { id?: string; signal?: string }
    name = id ?? (path[0] === 'signals' ? signal : undefined) ?? name
  }
  return name
}

/** Numbers of results that must be numbers for vehicles that have come through. */
const isSound = (result: RunResult): boolean =>
  [...result.vehicles.completed].every((done, i) => done === 0 || [result.vehicles.travel_time_s[i], result.vehicles.free_flow_s[i], result.vehicles.delay_s[i]].every(Number.isFinite))

const attempt = (input: SimulationInput): RunResult | GreenwaveError => {
  try {
    return run(input)
  } catch (error) {
    if (error instanceof GreenwaveError && error.code !== 'internal') return error
    throw error
  }
}

describe('spoilt input', () => {
  const read = new Set(['nodes'])
  const paths = listNumbers(valid()).filter((path) => !(path[0] === 'network' && read.has(String(path[1]))))
  const place = fc.constantFrom(...paths)

  it('is a run that is sound when nothing is spoilt', () => {
    const result = run(valid())
    expect(result.completed).toBe(9)
    expect(isSound(result)).toBe(true)
    expect(paths.length).toBeGreaterThan(300)
  })

  it('is refused with the name of the element, whatever number is none', { timeout: 60_000 }, () => {
    fc.assert(fc.property(place, fc.constantFrom(NaN, Infinity, -Infinity, 'many'), (path, bad) => {
      const input = valid()
      put(input, path, bad)
      const answer = attempt(input)
      expect(answer).toBeInstanceOf(GreenwaveError)
      expect((answer as GreenwaveError).message).toContain(nameOf(input, path))
    }), { numRuns: 250 })
  })

  it('is refused with the name of the element or gives a sound run, whatever number is odd', { timeout: 60_000 }, () => {
    fc.assert(fc.property(place, fc.oneof(fc.constantFrom(0, -1, 1, 0.5, 1e-6, 1e9, 1e300, -1e300), fc.double({ noNaN: true, min: -1e4, max: 1e4 })), (path, odd) => {
      const input = valid()
      put(input, path, odd)
      const answer = attempt(input)
      if (answer instanceof GreenwaveError) expect(answer.message).toMatch(/\d|trip|link|signal|type|connection/)
      else expect(isSound(answer)).toBe(true)
    }), { numRuns: 150 })
  })

  it.each<[string, (input: SimulationInput) => void, RegExp]>([
    ['link of a movement', ({ network }) => { network.movements[0]!.from = 'gone' }, /movement .* names link "gone"/],
    ['movement of a connection', ({ network }) => { network.connections[0]!.movement = 'gone' }, /connection .* names movement "gone"/],
    ['signal of a movement', ({ network }) => { network.movements[0]!.signal = 'gone' }, /movement .* names signal "gone"/],
    ['group of a connection', ({ signals }) => { signals[0]!.groups.pop() }, /connection .* names group "ns" of signal x/],
    ['signal of a plan', ({ signals }) => { signals[0]!.signal = 'gone' }, /names signal "gone"/],
    ['link of the corridor', (input) => { input.corridor!.outbound = [['gone']] }, /corridor outbound names link "gone"/],
    ['type of a trip', ({ vehicle_types }) => { vehicle_types.pop() }, /trip \d+ has type 1; there are 1/],
    ['lanes of a link', ({ network }) => { network.links[2]!.lanes = [] }, /link .* has 0 lanes/],
    ['links of a route', ({ trips }) => { (trips as Trip[])[3]!.links = [] }, /trip \d+/],
    ['connection of a route', ({ trips }) => { (trips as Trip[])[2]!.links = [0, 2] }, /trip \d+.*link/],
  ])('is refused where it lacks the %s', (_, spoil, sentence) => {
    const input = valid()
    spoil(input)
    const answer = attempt(input)
    expect(answer).toBeInstanceOf(GreenwaveError)
    expect((answer as GreenwaveError).message).toMatch(sentence)
  })
})

describe('input is refused', () => {
  const network = oneLaneSignal()
  const prepared = prepareNetwork(network)
  const green = [compiled('x', 60, 0, { g: [[0, 25]] })]
  const trip = (extra: Partial<Trip>): Trip[] => flow(network, ['in', 'out'], 0, 1, 1, extra)
  const check = (changes: Partial<SimulationInput>): void => checkSimulationInput(prepared, { ...inputFor(network, green, trip({})), ...changes })
  const base = inputFor(network, green, trip({}))

  it('where a signal never turns green for somebody, but not where nobody wants it', () => {
    const dark = [compiled('x', 60, 0, { g: [] })]
    expect(() => check({ signals: dark })).toThrow('signal x never turns green for movement in->out, which trip 0 drives')
    expect(() => check({ signals: dark, trips: flow(network, ['in'], 0, 1, 1) })).not.toThrow()
    expect(() => check({ signals: [compiled('x', 60, 0, { g: [[10, 10]] })] })).toThrow('never turns green')
    expect(() => check({ signals: dark, control: [{ signal: 'x', type: 'actuated' }] })).not.toThrow()
    expect(() => check({ signals: dark, plan_changes: [{ time_s: 60, signals: green }] })).not.toThrow()
    expect(() => check({ signals: green, control: [{ signal: 'gone', type: 'actuated' }] })).toThrow('names signal "gone"')
  })

  it('where a vehicle is longer than the lane on which it enters or halts', () => {
    const train = { ...PASSENGER_CAR, id: 'train', length_m: 150 }
    const short: Network = { ...network, links: network.links.map((link) => ({ ...link, length_m: 120, lanes: link.lanes.map((lane) => ({ ...lane, length_m: 120 })) })) }
    const onShort = prepareNetwork(short)
    const of = (extra: Partial<Trip>): SimulationInput => ({ ...inputFor(short, green, trip(extra), {}, [PASSENGER_CAR, train]) })
    expect(() => checkSimulationInput(onShort, of({ type: 1 }))).toThrow('trip 0: vehicle type train is 150 m long and cannot enter on link in, which has 120 m')
    const pocket = junction({ pocket: { W: 10 } })
    const bus = { ...PASSENGER_CAR, id: 'bus', length_m: 12 }
    const halt = flow(pocket, ['Win', 'Nout'], 0, 1, 1, { stops: [{ link_index_in_route: 0, lane: 1, position_m: 299, duration_s: 5 }] })
    expect(() => checkSimulationInput(prepareNetwork(pocket), inputFor(pocket, [], halt, {}, [bus]))).toThrow('vehicle type bus is 12 m long and cannot halt on lane 1 of link Win, which has 10 m')
  })

  it.each<[string, Partial<Trip>, RegExp]>([
    ['it halts beyond the end of a lane', { stops: [{ link_index_in_route: 0, lane: 0, position_m: 701, duration_s: 5 }] }, /trip 0 halts at 701 m of link in, whose lanes end at 700 m/],
    ['it halts on a lane that is not there', { stops: [{ link_index_in_route: 0, lane: 1, position_m: 70, duration_s: 5 }] }, /trip 0 halts on lane 1 of link in, which has 1/],
    ['it halts in the wrong order', { stops: [{ link_index_in_route: 1, lane: 0, position_m: 70, duration_s: 5 }, { link_index_in_route: 0, lane: 0, position_m: 70, duration_s: 5 }] }, /halts must be in order of travel/],
    ['it departs beyond its link', { depart_position_m: 701 }, /trip 0 departs at 701 m of link in, which has 700 m/],
    ['it arrives beyond its link', { arrive_position_m: 401 }, /trip 0 arrives at 401 m of link out, which has 400 m/],
    ['it departs backwards', { depart_speed_mps: -1 }, /trip 0 has a speed of departure of -1 m\/s/],
    ['its lane of departure is not there', { depart_lane: 2 }, /trip 0 departs on lane 2 of link in, which has 1/],
  ])('where %s', (_, extra, sentence) => {
    expect(() => check({ trips: trip(extra) })).toThrow(sentence)
  })

  it('where departures are out of order', () => {
    expect(() => check({ trips: [...trip({}), ...trip({ depart_s: -5 })] })).toThrow('trip 1 departs at -5 s, before trip 0 at 0 s')
  })

  it.each([
    [{ headway_s: 0 }, /vehicle type car has a headway of 0 s/], [{ accel_mps2: -1 }, /vehicle type car has an acceleration of -1 m\/s2/],
    [{ sigma: 1.5 }, /vehicle type car has an imperfection of 1.5; it must lie from 0 to 1/], [{ length_m: 0 }, /vehicle type car has a length of 0 m/],
  ])('where a type has %o', (change, sentence) => {
    expect(() => check({ vehicle_types: [{ ...PASSENGER_CAR, ...change }] })).toThrow(sentence)
  })

  it('where the step is too long for Krauss\'s model and these drivers', () => {
    const hasty = [{ ...PASSENGER_CAR, headway_s: 0.9 }]
    expect(() => check({ vehicle_types: hasty, options: { ...base.options, model: 'krauss', step_s: 1 } })).toThrow('vehicle type car has a headway of 0.9 s, less than the step of 1 s')
    expect(() => check({ vehicle_types: hasty, options: { ...base.options, model: 'krauss', step_s: 0.5 } })).not.toThrow()
  })

  it.each([[{ step_s: 0 }, /a step of 0 s/], [{ step_s: 1.5 }, /a step of 1.5 s/], [{ measure_from_s: 100, measure_until_s: 50 }, /a measuring window from 100 s to 50 s/], [{ seed: 1.5 }, /seed 1.5/], [{ stop_at_s: 1e9 }, /an end at 1000000000 s/]])(
    'where the options are %o', (change, sentence) => {
      expect(() => check({ options: { ...base.options, ...change } })).toThrow(sentence)
    })

  it('where no lane admits the class', () => {
    const bus: Network = { ...network, links: network.links.map((link) => ({ ...link, lanes: link.lanes.map((lane) => ({ ...lane, allow: ['bus'] })) })) }
    expect(() => run(inputFor(bus, green, trip({})))).toThrow(/no lane of link \w+ admits passenger/)
  })
})

describe('the check', () => {
  it('looks at each trip once, and not again for a second run', () => {
    const input = valid()
    const looks = { count: 0 }
    const trips = new Proxy(input.trips as Trip[], { get: (target, key, receiver) => { if (typeof key === 'string' && /^\d+$/.test(key)) looks.count++; return Reflect.get(target, key, receiver) as unknown } })
    const prepared = prepareNetwork(input.network)
    checkSimulationInput(prepared, { ...input, trips })
    const first = looks.count
    expect(first).toBeLessThanOrEqual(4 * input.trips.length)
    checkSimulationInput(prepared, { ...input, trips, options: { ...input.options, seed: 2 } })
    expect(looks.count).toBe(first)
  })

  it('grows with the number of trips and not faster', () => {
    const network = oneLaneSignal()
    const prepared = prepareNetwork(network)
    const looksAt = (n: number): number => {
      let looks = 0
      const trips = flow(network, ['in', 'out'], 0, n, 1).map((trip) => new Proxy(trip, { get: (target, key, receiver) => { looks++; return Reflect.get(target, key, receiver) as unknown } }))
      checkSimulationInput(prepared, { ...inputFor(network, [], []), trips })
      return looks
    }
    expect(looksAt(4000)).toBeLessThanOrEqual(4.01 * looksAt(1000))
  })
})
