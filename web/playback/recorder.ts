// Drives one run and writes down every second of it: the run of the evaluation with that seed, second by second. Pure: values in, values out.
import type { CompiledSignal } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { compileStreet, withPlan } from '../../plans/street.ts'
import { drawTripTable, resolvePeriod, tripSources, vehicleTypes } from '../../simulation/demand/index.ts'
import { simulationWindow } from '../../simulation/batch/window.ts'
import { createRun, prepareNetwork, type PreparedNetwork, type Run } from '../../simulation/index.ts'
import { DRIVING, WAITING, type World } from '../../simulation/kernel/world.ts'
import { STOPPED } from '../../simulation/kernel/parameters.ts'
import { BY_RANK, PERMISSIVE, PROTECTED, YELLOW as SHOWS_YELLOW, YELLOW_PERMISSIVE } from '../../simulation/kernel/signals.ts'
import { Places } from '../../simulation/observe/index.ts'
import { GREEN, RED, TOTALS, YELLOW, YIELDS, type RunHead, type RunRequest, type Seconds, type SignalHead, type TotalName } from './protocol.ts'

/** As in every run of an evaluation. */
const STEP_S = 0.5
/** A car that stands so close behind another stands in its queue, m (as in simulation/kernel/queues.ts). */
const CONTIGUOUS_M = 15
const RAD = Math.PI / 180

export interface Recorder {
  readonly head: RunHead
  /** The next so many seconds, fewer at the end; undefined after it. */
  next(seconds: number): Seconds | undefined
  readonly ended: { why: 'done' | 'gridlock'; where?: string } | undefined
  /** The run itself, for who compares what was written down with its results. */
  readonly run: Run
}

/** Throws what is wrong with the plan, the demand or the period. */
export function openRecorder(request: RunRequest): Recorder {
  const { scenario, seed, side, plan } = request
  const graph = new RoadGraph(scenario.network)
  const period = resolvePeriod(scenario, request.period)
  const running = new Map(request.running.map((pattern) => [pattern.signal, pattern]))
  const before = compileStreet(graph, running)
  const after = plan === undefined ? before : compileStreet(graph, withPlan(graph, running, plan))
  const window = simulationWindow({ graph, demand: scenario.demand, period, plans: [{ compiled: before }, { compiled: after }] })
  const types = vehicleTypes(scenario.demand)
  const sources = tripSources(graph, scenario.demand, { from_s: window.start_s, until_s: window.measure_until_s, period: { start_s: period.start_s, end_s: period.end_s }, growth: 1 })
  const trips = drawTripTable(graph, types, sources, seed)
  const prepared = prepareNetwork(scenario.network)
  const run = createRun(prepared, {
    network: scenario.network, signals: side === 'before' ? before : after, trips, vehicle_types: types,
    options: {
      seed, step_s: STEP_S, model: 'idm', ...(scenario.scenario.driving === undefined ? {} : { rules: scenario.scenario.driving }),
      start_s: window.start_s, measure_from_s: window.measure_from_s, measure_until_s: window.measure_until_s, stop_at_s: window.measure_until_s,
    },
  })
  const { depart_s } = trips
  const first = depart_s.findIndex((time) => time >= window.measure_from_s)
  const places = new Places(prepared)
  const { heads, connectionsOf } = listHeads(prepared, places, side === 'before' ? before : after)
  return new RunRecorder(run, places, connectionsOf, {
    from_s: window.measure_from_s, until_s: window.measure_until_s, depart_s: depart_s.slice(), length_m: Float32Array.from(trips.type, (type) => types[type]!.length_m), counted: [first === -1 ? trips.length : first, trips.length], heads, assumptions: window.assumptions,
  })
}

/** One per turn out of a lane at a signal that runs; its connections show the same or the best of them counts. */
function listHeads({ network, lanes, length, connFrom, connMovement, laneLink, linkLane }: PreparedNetwork, places: Places, signals: readonly CompiledSignal[]): { heads: SignalHead[]; connectionsOf: number[][] } {
  const runs = new Set(signals.map(({ signal }) => signal))
  const byKey = new Map<string, { head: SignalHead; connections: number[] }>()
  network.connections.forEach(({ groups = [] }, c) => {
    const { signal, turn } = network.movements[connMovement[c]!]!
    const lane = connFrom[c]!
    if (signal === undefined || !runs.has(signal) || groups.length === 0 || lane >= lanes) return
    const key = `${lane} ${turn}`
    const known = byKey.get(key)
    if (known !== undefined) return void known.connections.push(c)
    const { x_m, y_m, heading_deg } = places.at(lane, length[lane]!)
    const link = laneLink[lane]!
    byKey.set(key, { connections: [c], head: { signal, link: network.links[link]!.id, lane: lane - linkLane[link]!, turn, x_m, y_m, heading: (90 - heading_deg) * RAD } })
  })
  const all = [...byKey.values()]
  return { heads: all.map(({ head }) => head), connectionsOf: all.map(({ connections }) => connections) }
}

class RunRecorder implements Recorder {
  readonly head: RunHead
  readonly run: Run
  ended: Recorder['ended']
  readonly #places: Places
  readonly #connectionsOf: number[][]
  readonly #shown: Uint8Array
  #changes: { time_s: number; head: number; shows: number }[] = []
  #at: number
  /** The first vehicle that may still drive. */
  #first = 0

  constructor(run: Run, places: Places, connectionsOf: number[][], head: RunHead) {
    this.run = run
    this.head = head
    this.#places = places
    this.#connectionsOf = connectionsOf
    this.#shown = new Uint8Array(connectionsOf.length).fill(255)
    this.#at = head.from_s
  }

  next(seconds: number): Seconds | undefined {
    if (this.ended !== undefined) return undefined
    const rows: Row[] = []
    while (rows.length < seconds && this.ended === undefined) {
      if (this.#at > this.head.until_s + 1e-9) {
        this.ended = { why: 'done' }
        break
      }
      if (!this.#advance(this.#at)) break
      rows.push(this.#row())
      this.#at++
    }
    return rows.length === 0 ? undefined : columnsOf(rows, this.#takeChanges())
  }

  /** False where the run ended before. */
  #advance(to_s: number): boolean {
    const { world } = this.run
    while (world.now < to_s - 1e-9) {
      const before = world.step
      const on = this.run.step()
      if (world.step > before) this.#look(world)
      if (on || world.now >= to_s - 1e-9) continue
      const gridlock = world.now < this.head.until_s - 1e-9 && world.driving > 0 ? this.run.result().gridlock : undefined
      // Nobody is there any more, and nobody comes: what follows is an empty street.
      this.ended = gridlock === undefined ? { why: 'done' } : { why: 'gridlock', where: gridlock.where }
      return false
    }
    return true
  }

  #look({ signals, now }: World): void {
    for (let h = 0; h < this.#connectionsOf.length; h++) {
      let best = RED
      for (const c of this.#connectionsOf[h]!) best = Math.max(best, lampOf(signals.shows[c]!))
      if (this.#shown[h] === best) continue
      this.#shown[h] = best
      // What is shown during a step began at its start.
      this.#changes.push({ time_s: now - STEP_S, head: h, shows: best })
    }
  }

  #takeChanges(): Seconds['changes'] {
    const all = this.#changes
    this.#changes = []
    return { time_s: Float64Array.from(all, ({ time_s }) => time_s), head: Uint16Array.from(all, ({ head }) => head), shows: Uint8Array.from(all, ({ shows }) => shows) }
  }

  #row(): Row {
    const { world } = this.run
    const { state, strip, pos, spd, stops, loss } = world
    const row: Row = { time_s: world.now, vehicle: [], x: [], y: [], heading: [], speed: [], stops: [], lost: [], queues: [], totals: this.#totals(world) }
    while (this.#first < world.n && state[this.#first] !== DRIVING && state[this.#first] !== WAITING) this.#first++
    for (let v = this.#first, left = world.driving; v < world.n && left > 0; v++) {
      if (state[v] !== DRIVING) continue
      left--
      const { x_m, y_m, heading_deg } = this.#places.at(strip[v]!, pos[v]!)
      row.vehicle.push(v)
      row.x.push(x_m)
      row.y.push(y_m)
      row.heading.push((90 - heading_deg) * RAD)
      row.speed.push(spd[v]!)
      row.stops.push(Math.min(255, stops[v]!))
      row.lost.push(loss[v]!)
    }
    this.#queues(world, row)
    return row
  }

  #queues(world: World, row: Row): void {
    const { p, pos, spd, len, dwellUntil, now } = world
    for (let lane = 0; lane < p.lanes; lane++) {
      const count = world.count[lane]!
      let [front, rear] = [Number.NaN, Number.NaN]
      const close = (): void => {
        if (Number.isNaN(front)) return
        const a = this.#places.at(lane, front)
        const [x0, y0] = [a.x_m, a.y_m]
        const b = this.#places.at(lane, Math.max(p.laneStart[lane]!, rear))
        row.queues.push([x0, y0, b.x_m, b.y_m])
        front = Number.NaN
      }
      for (let i = 0; i < count; i++) {
        const v = world.at(lane, i)
        // A halt at a bus stop is no queue.
        const stands = spd[v]! < STOPPED && dwellUntil[v]! <= now
        if (!stands || (!Number.isNaN(front) && rear - pos[v]! > CONTIGUOUS_M)) close()
        if (!stands) continue
        if (Number.isNaN(front)) front = pos[v]!
        rear = pos[v]! - len[v]!
      }
      close()
    }
  }

  #totals(world: World): Record<TotalName, number> {
    const { state, stops, loss, now, spd } = world
    const totals = { demanded: 0, inserted: 0, arrived: 0, stops: 0, lost_s: 0, driving: world.driving, standing: 0, waiting: 0 }
    for (let v = this.head.counted[0]; v < this.head.counted[1] && this.head.depart_s[v]! <= now; v++) {
      totals.demanded++
      if (state[v] === WAITING) continue
      totals.inserted++
      if (state[v] !== DRIVING) totals.arrived++
      totals.stops += stops[v]!
      totals.lost_s += loss[v]!
    }
    for (let v = this.#first; v < world.n && this.head.depart_s[v]! <= now; v++) {
      if (state[v] === WAITING) totals.waiting++
      else if (state[v] === DRIVING && spd[v]! < STOPPED) totals.standing++
    }
    return totals
  }
}

function lampOf(shows: number): number {
  if (shows === PROTECTED || shows === BY_RANK) return GREEN
  if (shows === PERMISSIVE) return YIELDS
  return shows === SHOWS_YELLOW || shows === YELLOW_PERMISSIVE ? YELLOW : RED
}

interface Row {
  time_s: number
  vehicle: number[]
  x: number[]
  y: number[]
  heading: number[]
  speed: number[]
  stops: number[]
  lost: number[]
  queues: [x0: number, y0: number, x1: number, y1: number][]
  totals: Record<TotalName, number>
}

const startsOf = (lengths: readonly number[]): Uint32Array => {
  const starts = new Uint32Array(lengths.length + 1)
  lengths.forEach((length, i) => { starts[i + 1] = starts[i]! + length })
  return starts
}

function columnsOf(rows: readonly Row[], changes: Seconds['changes']): Seconds {
  const floats = (of: (row: Row) => number[]): Float32Array => Float32Array.from(rows.flatMap(of))
  const queues = rows.flatMap((row) => row.queues)
  return {
    time_s: Float64Array.from(rows, ({ time_s }) => time_s), starts: startsOf(rows.map(({ vehicle }) => vehicle.length)), vehicle: Int32Array.from(rows.flatMap(({ vehicle }) => vehicle)),
    x_m: floats(({ x }) => x), y_m: floats(({ y }) => y), heading: floats(({ heading }) => heading), speed_mps: floats(({ speed }) => speed), stops: Uint8Array.from(rows.flatMap(({ stops }) => stops)), lost_s: floats(({ lost }) => lost),
    queueStarts: startsOf(rows.map((row) => row.queues.length)),
    queue: { x0: Float32Array.from(queues, ([x0]) => x0), y0: Float32Array.from(queues, ([, y0]) => y0), x1: Float32Array.from(queues, ([, , x1]) => x1), y1: Float32Array.from(queues, ([, , , y1]) => y1) },
    totals: Object.fromEntries(TOTALS.map((name) => [name, Float64Array.from(rows, ({ totals }) => totals[name])])) as Seconds['totals'], changes,
  }
}
