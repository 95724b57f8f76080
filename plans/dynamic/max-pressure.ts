// Max-pressure, the peer of every coordinated mode: each signal by itself, every few seconds, shows the stage whose movements have most
// waiting before them and least beyond them. P. Varaiya, Max pressure control of a network of signalized intersections,
// Transportation Research Part C 36 (2013) 177-195: pressure of a movement = saturation flow x (its vehicles - the mean of those it
// feeds, by turn shares). Here vehicles are those that radars see, lanes stand for saturation flow, and greens end after their least.
import type { LinkId, MovementId, Network } from '../../model/network.ts'
import type { GroupId, Signal, SignalId } from '../../model/signal.ts'
import type { Seconds } from '../../model/units.ts'
import { commandGreens, createRun, leastGreen, shownNow, type PreparedNetwork, type Run, type RunResult, type SimulationInput } from '../../simulation/index.ts'
import { ApproachWatch, observed, type ApproachReading, type Observer } from '../../simulation/observe/index.ts'

export interface MaxPressureOptions {
  /** Between decisions, s. */
  interval_s: Seconds
  /** How long another stage is reckoned to last: its pressure counts less by what the change of colours takes of that time. */
  horizon_s: Seconds
  /** Who counts: all in sight, or who stands in the queue. */
  counted: 'vehicles' | 'queue'
  /** A movement with somebody waiting is served after so long a red, whatever its pressure. */
  longest_red_s: Seconds
}

/** Least delay and stops together on Nanhu Avenue, off-peak and on the holiday, of intervals of 1 to 10 s, horizons of 10 to 40 s, longest reds of 90 to 200 s, and both ways to count. */
export const MAX_PRESSURE: MaxPressureOptions = { interval_s: 5, horizon_s: 20, counted: 'vehicles', longest_red_s: 180 }

/** One movement of a signal, as pressures see it. */
interface Served {
  movement: MovementId
  from: LinkId
  to: LinkId
  lanes: number[]
  /** Any of these green lets it go. */
  groups: GroupId[]
}

interface Junction {
  signal: Signal
  served: Served[]
  /** Largest sets of groups without conflict. */
  stages: GroupId[][]
}

/** Largest sets of groups of which no two conflict; overlaps, which follow their parents, left out. Of n groups, by their order. */
export function compatibleStages({ groups, conflicts, overlaps = [] }: Signal): GroupId[][] {
  const pairs = new Set(conflicts.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]))
  const follows = new Set(overlaps.map(({ group }) => group))
  const ids = groups.map(({ id }) => id).filter((id) => !follows.has(id))
  const beside = (id: GroupId, among: readonly GroupId[]): GroupId[] => among.filter((other) => other !== id && !pairs.has(`${id} ${other}`))
  const found: GroupId[][] = []
  // Bron and Kerbosch 1973: `open` may still join, `done` has been tried with all before.
  const extend = (stage: GroupId[], open: GroupId[], done: GroupId[]): void => {
    if (open.length === 0 && done.length === 0) found.push(ids.filter((id) => stage.includes(id)))
    const left = [...open]
    const tried = [...done]
    for (const id of open) {
      extend([...stage, id], beside(id, left), beside(id, tried))
      left.shift()
      tried.push(id)
    }
  }
  extend([], ids, [])
  return found
}

function junctionOf(network: Network, signal: Signal): Junction {
  const parents = new Map((signal.overlaps ?? []).map((overlap) => [overlap.group, overlap.parents]))
  const served = network.movements.filter((movement) => movement.signal === signal.id).flatMap(({ id, from, to }): Served[] => {
    const own = network.connections.filter(({ movement }) => movement === id)
    const groups = own.flatMap((connection) => connection.groups ?? [])
    const safe = groups.filter(({ right_of_way }) => right_of_way === 'protected')
    const names = (safe.length > 0 ? safe : groups).flatMap(({ group }) => parents.get(group) ?? [group])
    return names.length === 0 ? [] : [{ movement: id, from, to, lanes: [...new Set(own.map(({ from_lane }) => from_lane))], groups: [...new Set(names)] }]
  })
  return { signal, served, stages: compatibleStages(signal) }
}

/**
 * Vehicles before and pressure of every movement.
 * In: movements with their lanes, and what radars read. Out: by movement. A lane of several movements is divided by who went where
 * within the window; a link beyond whose end no signal stands holds nobody back.
 */
export function movementPressures(served: readonly Pick<Served, 'movement' | 'from' | 'to' | 'lanes'>[], readings: readonly ApproachReading[], counted: MaxPressureOptions['counted']): Map<MovementId, { waiting: number; pressure: number }> {
  const byLink = new Map(readings.map((reading) => [reading.link, reading]))
  // One more than counted, so that who has not been seen to turn is not taken for impossible.
  const passed = new Map(readings.flatMap(({ movements }) => movements.map((each) => [each.movement, each.passed + 1] as const)))
  const onLane = new Map<string, number>()
  for (const { movement, from, lanes } of served) for (const lane of lanes) onLane.set(`${from} ${lane}`, (onLane.get(`${from} ${lane}`) ?? 0) + (passed.get(movement) ?? 1))
  const before = served.map(({ movement, from, lanes }) => {
    let [waiting, share] = [0, 0]
    for (const lane of lanes) {
      const part = (passed.get(movement) ?? 1) / onLane.get(`${from} ${lane}`)!
      waiting += part * (byLink.get(from)?.lanes[lane]?.[counted] ?? 0)
      share += part
    }
    return { movement, waiting, share }
  })
  const waitingOf = new Map(before.map(({ movement, waiting }) => [movement, waiting]))
  return new Map(served.map(({ movement, to }, i) => {
    const beyond = byLink.get(to)?.movements ?? []
    const all = beyond.reduce((sum, next) => sum + passed.get(next.movement)!, 0)
    const held = beyond.reduce((sum, next) => sum + (passed.get(next.movement)! / all) * (waitingOf.get(next.movement) ?? 0), 0)
    const { waiting, share } = before[i]!
    return [movement, { waiting, pressure: share * (waiting - held) }]
  }))
}

/** All signals of a steered run under max-pressure; `step` before each step of the run. */
export class MaxPressure {
  readonly #run: Run
  readonly #watch: ApproachWatch
  readonly #options: MaxPressureOptions
  readonly #junctions: Junction[]
  readonly #all: Served[]
  /** Stage in force by signal; none before the first decision. */
  readonly #stage = new Map<SignalId, GroupId[]>()
  #next: number

  constructor(run: Run, watch: ApproachWatch, options: Partial<MaxPressureOptions> = {}) {
    this.#run = run
    this.#watch = watch
    this.#options = { ...MAX_PRESSURE, ...options }
    const { network, signals } = run.world.input
    const running = new Set(signals.map(({ signal }) => signal))
    this.#junctions = network.signals.filter(({ id }) => running.has(id)).map((signal) => junctionOf(network, signal))
    this.#all = this.#junctions.flatMap(({ served }) => served)
    this.#next = run.world.now
  }

  step(): void {
    const { now } = this.#run.world
    if (now < this.#next - 1e-9) return
    this.#next = now + this.#options.interval_s
    const pressures = movementPressures(this.#all, this.#watch.read(), this.#options.counted)
    for (const junction of this.#junctions) this.#decide(junction, pressures, now)
  }

  #decide({ signal, served, stages }: Junction, pressures: ReadonlyMap<MovementId, { waiting: number; pressure: number }>, now: number): void {
    const shown = shownNow(this.#run, signal.id)
    const present = this.#stage.get(signal.id)
    const green = new Map(shown.map(({ group, shows, since_s }) => [group, shows === 'green' ? now - since_s : -1]))
    // Who has just got green keeps it for the least; another choice before that would change nothing but the order.
    if (present?.some((id) => green.get(id)! < leastGreen(signal.groups.find((group) => group.id === id)!)) === true) return
    const opens = (stage: readonly GroupId[], { groups }: Served): boolean => groups.some((id) => stage.includes(id))
    const value = (stage: readonly GroupId[]): number => served.reduce((sum, each) => sum + (opens(stage, each) ? Math.max(0, pressures.get(each.movement)!.pressure) : 0), 0)
    const redFor = ({ groups }: Served): number => Math.min(...groups.map((id) => (green.get(id)! >= 0 ? 0 : now - shown.find(({ group }) => group === id)!.since_s)))
    const overdue = served.filter((each) => pressures.get(each.movement)!.waiting >= 0.5 && redFor(each) >= this.#options.longest_red_s).sort((a, b) => redFor(b) - redFor(a))[0]
    const candidates = overdue === undefined ? stages : stages.filter((stage) => opens(stage, overdue))
    const { horizon_s } = this.#options
    const lost = (stage: readonly GroupId[]): number => Math.max(0, ...signal.groups.map(({ id, yellow_s, red_clearance_s }) => (green.get(id)! >= 0 && !stage.includes(id) ? yellow_s + red_clearance_s : 0)))
    let best = overdue === undefined ? present : undefined
    let most = best === undefined ? -1 : value(best)
    for (const stage of candidates) {
      const worth = (value(stage) * horizon_s) / (horizon_s + lost(stage))
      if (worth > most + 1e-9) [best, most] = [stage, worth]
    }
    if (best === undefined || best === present) return
    this.#stage.set(signal.id, best)
    commandGreens(this.#run, signal.id, best)
  }
}

/**
 * A whole run under max-pressure.
 * In: as `createRun`; its plans run until the first decision. Out: the result, which says whether it ended in a gridlock and where.
 */
export function runMaxPressure(prepared: PreparedNetwork, input: SimulationInput, options: Partial<MaxPressureOptions> = {}, observers: (run: Run) => readonly Observer[] = () => []): RunResult {
  const run = createRun(prepared, { ...input, steered: true })
  const watch = new ApproachWatch(run.world)
  const control = new MaxPressure(run, watch, options)
  const watched = observed(run, [watch, ...observers(run)])
  do control.step(); while (watched.step())
  return run.result()
}
