// A made-up corridor of six signals for tests of diagrams and reports: five on rings, one on stages, names in two
// scripts, a plan with valid bands, the plan before it on unequal cycles, and vehicles that obey the signals.
import { compileSignal, displayAt } from '../model/compile.ts'
import type { Evaluation, MovementMeasures, PairedDifference } from '../model/evaluation.ts'
import { levelOfService } from '../model/evaluation.ts'
import type { Band, BandLink, CompiledSignal, Direction, GreenWindow, Plan } from '../model/plan.ts'
import type { Pattern, RingPattern, Signal, SignalGroup, StagePattern } from '../model/signal.ts'
import { modulo } from '../model/units.ts'

export const SIX = [
  { id: '1', name: 'Expressway exit', position_m: 0 },
  { id: '2', name: '南湖大道 / Lakeside', position_m: 412 },
  { id: '3', name: 'Mill Street', position_m: 873 },
  { id: '4', name: 'Hospital', position_m: 1105 },
  { id: '5', name: 'Station Road & Old Market', position_m: 1690 },
  { id: '6', name: 'Stadium', position_m: 2230 },
] as const

const SPEED_MPS = 14
export const CYCLE_S = 100
export const THROUGH = { outbound: ['2'], inbound: ['6'] }

function group(id: string, rest: Partial<SignalGroup> = {}): SignalGroup {
  const through = Number(id) % 2 === 0
  return {
    id, kind: 'vehicle', min_green_s: through ? 8 : 5, yellow_s: through ? 4 : 3.5, red_clearance_s: through ? 1 : 0.5,
    ...(id === '4' || id === '8' ? { walk_s: 7, pedestrian_clearance_s: 18 } : {}), ...rest,
  }
}

const NAMES: Record<string, string> = { 1: 'EBL', 2: 'WBT', 3: 'NBL', 4: 'SBT', 5: 'WBL', 6: 'EBT', 7: 'SBL', 8: 'NBT' }

export function signalOf(id: string): Signal {
  const groups = ['1', '2', '3', '4', '5', '6', '7', '8'].map((g) => group(g, { name: NAMES[g] as string }))
  return {
    id, source_id: `s${id}`, nodes: [id],
    groups: id === '4' ? [group('2', { name: 'WBT' }), group('6', { name: 'EBT' }), group('4', { name: 'Cross street' }), { ...group('P1'), kind: 'pedestrian', name: 'Walk over main street', yellow_s: 0, red_clearance_s: 6 }] : groups,
    conflicts: [],
  }
}

export const SIGNALS: Signal[] = SIX.map(({ id }) => signalOf(id))

function rings(signal: string, cycle_s: number, offset_s: number, main: number): RingPattern {
  const cross = cycle_s - main
  const left = 14
  const lag = Number(signal) % 2 === 0
  const one = [{ phase: '1', split_s: left }, { phase: '2', split_s: main - left }]
  const two = [{ phase: '6', split_s: main - left - 2 }, { phase: '5', split_s: left + 2 }]
  return {
    kind: 'rings', signal, cycle_s, offset_s, offset_reference: 'begin_of_green', coordinated: ['2', '6'],
    barriers: [
      { rings: [lag ? one : one.toReversed(), two] },
      { rings: [[{ phase: '3', split_s: 13 }, { phase: '4', split_s: cross - 13 }], [{ phase: '7', split_s: 15 }, { phase: '8', split_s: cross - 15 }]] },
    ],
  }
}

function stages(signal: string, cycle_s: number, offset_s: number): StagePattern {
  return {
    kind: 'stages', signal, cycle_s, offset_s, offset_reference: 'sequence_start', coordinated: ['2', '6'],
    stages: [
      { id: 'A', kind: 'stage', green: ['2', '6'], duration_s: cycle_s - 44 },
      { id: 'A-B', kind: 'interstage', green: [], duration_s: 5 },
      { id: 'B', kind: 'stage', green: ['4', 'P1'], duration_s: 26 },
      { id: 'B-C', kind: 'interstage', green: ['4'], duration_s: 8 },
      { id: 'C-A', kind: 'interstage', green: [], duration_s: 5 },
    ],
  }
}

const MAIN: Record<string, number> = { 1: 62, 2: 60, 3: 66, 5: 58, 6: 64 }

export function patternOf(id: string, cycle_s: number, offset_s: number): Pattern {
  return id === '4' ? stages(id, cycle_s, offset_s) : rings(id, cycle_s, offset_s, ((MAIN[id] as number) * cycle_s) / 100)
}

export const compile = (pattern: Pattern): CompiledSignal => compileSignal(signalOf(pattern.signal), pattern)

export function linksOf(direction: Direction): BandLink[] {
  const order = direction === 'outbound' ? [...SIX] : [...SIX].toReversed()
  return order.slice(1).map((to, i) => {
    const from = order[i] as (typeof SIX)[number]
    const distance_m = Math.abs(to.position_m - from.position_m)
    // Links differ in speed, as limits do.
    const speed_mps = SPEED_MPS - (Math.min(Number(from.id), Number(to.id)) === 3 ? 2 : 0)
    return { from: from.id, to: to.id, distance_m, speed_mps, travel_time_s: distance_m / speed_mps }
  })
}

/** The widest band of one direction through compiled greens: the best start among all green starts. */
function widestBand(compiled: CompiledSignal[], direction: Direction): Band {
  const links = linksOf(direction).filter(({ from, to }) => [from, to].every((id) => compiled.some(({ signal }) => signal === id)))
  const order = [links[0]?.from as string, ...links.map(({ to }) => to)]
  const arrival = order.map((_, i) => links.slice(0, i).reduce((sum, link) => sum + link.travel_time_s, 0))
  const greens = order.map((id, i) => {
    const signal = compiled.find((candidate) => candidate.signal === id) as CompiledSignal
    const windows = signal.groups.find((candidate) => candidate.id === THROUGH[direction][0])?.green_windows_s ?? []
    return windows.map(([start, end]): GreenWindow => [start + signal.offset_s - (arrival[i] as number), end + signal.offset_s - (arrival[i] as number)])
  })
  const left = (t: number, windows: GreenWindow[]): number =>
    Math.max(0, ...windows.map(([start, end]) => end - start - (modulo(t - start + 1e-9, CYCLE_S) - 1e-9)))
  const starts = greens.flat().map(([start]) => start)
  const widths = starts.map((t) => Math.min(...greens.map((windows) => left(t, windows))))
  const width_s = Math.max(...widths)
  const start = modulo(starts[widths.indexOf(width_s)] as number, CYCLE_S)
  return {
    direction, width_s, width_cycle: width_s / CYCLE_S, limited_by: order.slice(1, 3), links,
    front_s: order.map((signal, i) => ({ signal, time_s: start + (arrival[i] as number) })),
  }
}

function compiledWith(offsets: number[]): CompiledSignal[] {
  return offsets.map((offset, i) => compile(patternOf(SIX[i]?.id as string, CYCLE_S, offset)))
}

/** Signal by signal, the whole second that leaves the widest bands so far: good enough for a picture, and valid. */
function goodOffsets(): number[] {
  const offsets = [0]
  for (let i = 1; i < SIX.length; i++) {
    const values = Array.from({ length: CYCLE_S }, (_, offset) => {
      const compiled = compiledWith([...offsets, offset])
      return Math.sqrt(widestBand(compiled, 'outbound').width_s) + Math.sqrt(widestBand(compiled, 'inbound').width_s)
    })
    offsets.push(values.indexOf(Math.max(...values)))
  }
  return offsets
}

const OFFSETS = goodOffsets()
export const AFTER = compiledWith(OFFSETS)
export const BANDS: Band[] = [widestBand(AFTER, 'outbound'), widestBand(AFTER, 'inbound')]

/** The plan before: two cycles, no coordination. */
export const BEFORE_PATTERNS: Pattern[] = SIX.map(({ id }, i) => patternOf(id, i < 3 ? 110 : 90, (i * 37) % 90))
export const BEFORE = BEFORE_PATTERNS.map(compile)

/** Park-Miller; the made-up vehicles must not change from run to run. */
function generator(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

export interface MadeUpTrajectory {
  direction: Direction
  points: { times_s: number[]; positions_m: number[] }
}

/** Vehicles in one lane per direction that follow each other (IDM) and stop at what is not green. */
export function drive(compiled: CompiledSignal[], [start, end]: readonly [number, number], headway_s = 6): MadeUpTrajectory[] {
  return (['outbound', 'inbound'] as const).flatMap((direction) => {
    const random = generator(direction === 'outbound' ? 11 : 23)
    const length = SIX[5].position_m
    const lines = SIX.map(({ position_m }, i) => ({ at: 250 + (direction === 'outbound' ? position_m : length - position_m), signal: compiled[i] as CompiledSignal })).sort((a, b) => a.at - b.at)
    const cars: { s: number; v: number; track: MadeUpTrajectory }[] = []
    let next = start - 200
    for (let t = start - 200; t < end; t += 0.5) {
      if (t >= next && (cars.at(-1)?.s ?? 99) > 8) {
        cars.push({ s: 0, v: 10, track: { direction, points: { times_s: [], positions_m: [] } } })
        next = t - Math.log(random()) * headway_s
      }
      cars.forEach((car, i) => {
        const leader = cars[i - 1]
        const red = lines.find(({ at, signal }) => at > car.s && at - car.s < 150 && displayAt(signal, signal.groups.find(({ id }) => id === THROUGH[direction][0]) as never, t) !== 'green' && at - car.s > (car.v * car.v) / 6 - 2)
        const gap = Math.min(leader === undefined ? 1e3 : leader.s - 5 - car.s, red === undefined ? 1e3 : red.at - car.s)
        const closing = gap === 1e3 ? 0 : car.v - (red !== undefined && red.at - car.s === gap ? 0 : (leader?.v ?? 0))
        const wish = 2 + Math.max(0, car.v * 1.2 + (car.v * closing) / 4)
        const a = 1.6 * (1 - (car.v / SPEED_MPS) ** 4 - (wish / Math.max(0.1, gap)) ** 2)
        car.v = Math.max(0, car.v + Math.max(-8, a) * 0.5)
        car.s += car.v * 0.5
        if (t % 1 === 0) {
          car.track.points.times_s.push(t)
          car.track.points.positions_m.push(direction === 'outbound' ? car.s - 250 : length + 250 - car.s)
        }
      })
    }
    return cars.map(({ track }) => track)
  })
}

const MOVEMENTS = ['EBL', 'EBT', 'EBR', 'WBL', 'WBT', 'WBR', 'NBL', 'NBT', 'SBL', 'SBT']

function movementsOf(factor: number): MovementMeasures[] {
  const random = generator(5)
  return SIX.flatMap(({ id }) =>
    MOVEMENTS.map((name): MovementMeasures => {
      const through = name === 'EBT' || name === 'WBT'
      const base = through ? 38 + 10 * random() : 30 + 24 * random()
      const delay_s = through ? base * factor : base * (1 + (1 - factor) * 0.35 * (random() - 0.35))
      return {
        movement: `${id}.${name}`, from: `${id}.${name.slice(0, 2)}`, to: `${id}.${name}.out`, from_link: 'a', to_link: 'b', name, signal: id, on_corridor: through,
        volume_vph: Math.round((through ? 1100 : 160) * (0.7 + 0.6 * random())), delay_s, stops: Math.min(1.4, delay_s / 45), queue_p95_m: delay_s * (through ? 2.2 : 1), level_of_service: levelOfService(delay_s),
      }
    }),
  )
}

function evaluationOf(factor: number): Evaluation {
  const ci = (mean: number, ci95: number): { mean: number; ci95: number } => ({ mean, ci95 })
  const measures = (k: number): Evaluation['corridor']['outbound'] => ({
    vehicles: 1840, travel_time_s: ci(160 + 140 * factor * k, 6.2), stops: ci(2.6 * factor * k, 0.14), delay_s: ci(118 * factor * k, 5.4), share_at_most_one_stop: ci(1 - 0.7 * factor, 0.03),
  })
  return {
    runs: 10, seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], gridlocked_runs: 0, completed_share: 0.994,
    travel_time_s: ci(140 + 60 * factor, 3), delay_s: ci(30 + 28 * factor, 2.1), stops: ci(0.5 + 0.8 * factor, 0.05), insertion_delay_s: ci(1.4, 0.4),
    corridor: { outbound: measures(1), inbound: measures(1.08) }, movements: movementsOf(factor), vehicle_updates: 12_000_000, cpu_s: 40, per_seed: [],
  }
}

export const EVALUATION = { before: evaluationOf(1), after: evaluationOf(0.55) }

export const DIFFERENCES: PairedDifference[] = [
  { measure: 'corridor_stops', before: 2.7, after: 1.48, difference: { mean: -1.22, ci95: 0.11 }, percent: -45.2, verdict: 'better' },
  { measure: 'corridor_delay_s', before: 122.4, after: 67.3, difference: { mean: -55.1, ci95: 4.9 }, percent: -45, verdict: 'better' },
  { measure: 'corridor_travel_time_s', before: 303.1, after: 248, difference: { mean: -55.1, ci95: 5.2 }, percent: -18.2, verdict: 'better' },
  { measure: 'stops', before: 1.3, after: 0.94, difference: { mean: -0.36, ci95: 0.05 }, percent: -27.7, verdict: 'better' },
  { measure: 'delay_s', before: 58, after: 45.4, difference: { mean: -12.6, ci95: 2.2 }, percent: -21.7, verdict: 'better' },
  { measure: 'travel_time_s', before: 200, after: 199.2, difference: { mean: -0.8, ci95: 2.4 }, percent: -0.4, verdict: 'undecided' },
  { measure: 'side_street_delay_s', before: 41.2, after: 43.9, difference: { mean: 2.7, ci95: 1.1 }, percent: 6.6, verdict: 'worse' },
]

export const PLAN: Plan = {
  format: 'greenwave.plan/1', id: 'lakeside-pm-7c1e', scenario: 'Lakeside (made up)', corridor: 'lakeside', period: 'pm-peak', cycle_s: CYCLE_S,
  intersections: SIX.map(({ id, name }, i) => ({ ...patternOf(id, CYCLE_S, OFFSETS[i] as number), id, source_id: `s${id}`, name, signal_groups: (AFTER[i] as CompiledSignal).groups })),
  bands: BANDS,
  certificate: {
    objective: 'band', value: 52, bound: 52, gap: 0, proven: true, method: 'exact',
    sentence: 'No other offsets or phase sequences give wider bands with these splits, speeds and cycle: the search was complete, and an independent check measured the same widths.',
  },
  losers: [
    { kind: 'side-street', signal: '5', movement: '5.NBT', name: 'Station Road northbound through', measure: 'delay_s', before: 41.3, after: 49.8, limit: 55, sentence: 'Station Road northbound through waits 8.5 s longer and stays under its limit of 55 s.' },
    { kind: 'pedestrian', signal: '2', name: 'Crossing over Lakeside', measure: 'wait_s', before: 38, after: 43, sentence: 'Pedestrians over Lakeside wait 5 s longer on average.' },
  ],
  provenance: {
    version: '0.1.0', seed: 1, inputs: { 'network.json': '5f2c8a1e9b7d3c4f60718293a4b5c6d7e8f90112233445566778899aabbccdde', 'demand.json': '0a1b2c3d4e5f60718293a4b5c6d7e8f9aabbccddeeff00112233445566778899' }, objective: 'band',
    assumptions: ['Saturation flow 1900 passenger cars per hour and lane (HCM 7).', 'Heavy vehicles 3 % where the counts say nothing.'],
  },
}
