// Junctions drawn from a seed, with more demand than they can carry: what must never happen must not happen there either.
// One seed again, with what goes wrong: npm run build && node dist/simulation/testing/random-junctions.js 17 krauss 1 sumo
import { pathToFileURL } from 'node:url'
import { PASSENGER_CAR, type VehicleType } from '../../model/demand.ts'
import type { Network, RightOfWay, Turn } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { SimulationInput, SimulationOptions, Trip } from '../input.ts'
import { uniform } from '../kernel/random.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { poisson } from './arrivals.ts'
import { runChecked, type Violations } from './invariants.ts'
import { arterial, junction, roundabout, twoStage, twoStageSignal, type Arm } from './junctions.ts'
import { compiled, inputFor } from './networks.ts'

const ARMS = ['N', 'E', 'S', 'W'] as const
/** Vehicles set off in the first ten minutes and have an hour and a half to come through. */
const [UNTIL_S, END_S] = [600, 6000]

/** Draws of a seed, one after the other. */
class Draws {
  readonly #seed: number
  #count = 0

  constructor(seed: number) {
    this.#seed = seed
  }

  between(least: number, most: number): number {
    return least + (most - least) * uniform(this.#seed, this.#count++, 0, 903)
  }

  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1))
  }

  chance(p: number): boolean {
    return this.between(0, 1) < p
  }

  oneOf<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)]!
  }
}

interface Place { kind: string; network: Network; signals: CompiledSignal[]; ways: string[][] }

const TRUCK: VehicleType = { ...PASSENGER_CAR, id: 'truck', vehicle_class: 'truck', length_m: 12, accel_mps2: 1.3, decel_mps2: 4 }

/** Lefts with the opposite through traffic, or in a stage of their own. */
const threeStage = (arm: Arm, turn: Turn): [string, RightOfWay] => (turn === 'left' ? ['left', 'protected'] : [arm === 'E' || arm === 'W' ? 'ew' : 'ns', 'protected'])

function drawCrossing(d: Draws): Place {
  const control = d.oneOf(['permissive', 'permissive', 'protected', 'priority', 'right before left'] as const)
  const lanes = Object.fromEntries(ARMS.map((arm) => [arm, control === 'right before left' ? 1 : d.whole(1, 3)]))
  const length = d.oneOf([30, 60, 120, 250])
  const pocket = Object.fromEntries(ARMS.filter(() => d.chance(0.4)).map((arm) => [arm, d.between(12, Math.min(60, length - 5))]))
  const group = control === 'permissive' ? twoStage : control === 'protected' ? threeStage : undefined
  const network = junction({
    lanes, length, ...(Object.keys(pocket).length > 0 ? { pocket } : {}), ...(group === undefined ? {} : { group }), rightBeforeLeft: control === 'right before left',
    ...(d.chance(0.5) ? { waiting: d.between(3, 8) } : {}), turnOnRed: group !== undefined && d.chance(0.4), speed: d.oneOf([8.3, 13.9, 16.7]),
  })
  const cycle = d.whole(50, 110)
  const half = Math.floor(cycle / 2)
  const signals = control === 'permissive' ? [twoStageSignal('x', cycle, d.whole(0, cycle), half - 5)]
    : control === 'protected' ? [compiled('x', cycle + 20, 0, { ew: [[0, half - 5]], ns: [[half, cycle - 5]], left: [[cycle, cycle + 15]] })] : []
  // Three arms now and then: nobody uses the fourth.
  const arms = d.chance(0.3) ? ARMS.slice(1) : ARMS
  const ways = arms.flatMap((from) => arms.filter((to) => to !== from).map((to) => [`${from}in`, `${to}out`]))
  return { kind: `${control} crossing, lanes ${Object.values(lanes).join('')}, links ${length} m`, network, signals, ways }
}

function drawRoundabout(d: Draws): Place {
  const ring = d.oneOf([6, 10, 18, 30])
  const ways = [0, 1, 2, 3].flatMap((i) => [1, 2, 3].map((k) => [`in${i}`, ...Array.from({ length: k }, (_, j) => `g${(i + j) % 4}`), `out${(i + k) % 4}`]))
  return { kind: `roundabout, ring ${ring} m`, network: roundabout(ring, d.oneOf([40, 150])), signals: [], ways }
}

function drawArterial(d: Draws): Place {
  const [n, spacing, cycle] = [d.whole(2, 4), d.oneOf([30, 60, 150]), d.whole(60, 100)]
  const network = arterial(n, spacing, d.oneOf([0, 5]))
  const signals = Array.from({ length: n }, (_, i) => twoStageSignal(`x${i}`, cycle, d.whole(0, cycle), d.whole(20, cycle - 25)))
  const east = Array.from({ length: n + 1 }, (_, i) => `e${i}`)
  const west = Array.from({ length: n + 1 }, (_, i) => `w${n - i}`)
  const ways = [east, west, ...Array.from({ length: n }, (_, i) => [
    [...east.slice(0, i + 1), `n${i}out`], [...west.slice(0, n - i), `s${i}out`], [`n${i}in`, `s${i}out`], [`s${i}in`, `n${i}out`],
    [`n${i}in`, ...east.slice(i + 1)], [`s${i}in`, ...west.slice(n - i)],
  ]).flat()]
  return { kind: `street of ${n} signals every ${spacing} m`, network, signals, ways }
}

/** The input that a seed stands for. */
function drawInput(seed: number, driving: Partial<SimulationOptions> = {}): { kind: string; input: SimulationInput } {
  const d = new Draws(seed)
  const draw = d.oneOf([drawCrossing, drawCrossing, drawCrossing, drawRoundabout, drawArterial])
  const { kind, network, signals, ways } = draw(d)
  const load = d.between(0.5, 2.5)
  const trucks = d.chance(0.3) && Math.min(...network.links.filter(({ id }) => ways.some((way) => way[0] === id)).map(({ length_m }) => length_m)) > 15 ? 0.1 : 0
  const trips: Trip[] = ways.flatMap((way, i) => poisson(network, way, load * d.between(40, 200), UNTIL_S, seed * 100 + i, {}, [1 - trucks, trucks]))
  return { kind, input: inputFor(network, signals, trips, { seed, stop_at_s: END_S, ...driving }, [PASSENGER_CAR, TRUCK]) }
}

export interface Trial { seed: number; kind: string; gridlock?: string; violations: Violations; missing: number; demanded: number }

export function tryJunction(seed: number, driving: Partial<SimulationOptions> = {}): Trial {
  const { kind, input } = drawInput(seed, driving)
  const run = createRun(prepareNetwork(input.network), input)
  const violations = runChecked(run)
  const { gridlock, completed, vehicles_demanded } = run.result()
  return { seed, kind, violations, missing: vehicles_demanded - completed, demanded: vehicles_demanded, ...(gridlock === undefined ? {} : { gridlock: `${gridlock.time_s} s, ${gridlock.where}` }) }
}

/** What went wrong, in words; empty where nothing did. */
export function listFaults({ seed, kind, gridlock, violations }: Trial): string[] {
  const of = `seed ${seed} (${kind})`
  return [
    ...(gridlock === undefined ? [] : [`${of}: gridlock at ${gridlock}`]),
    ...Object.values(violations as unknown as Record<string, string[]>).flatMap((list) => (list.length === 0 ? [] : [`${of}: ${list.length} times ${list[0]}`])),
  ]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [seeds = '1', model = 'idm', step = '0.5', rules = 'field'] = process.argv.slice(2)
  const [from, to = from] = seeds.split('-').map(Number)
  for (let seed = from!; seed <= to!; seed++) {
    const trial = tryJunction(seed, { model: model === 'krauss' ? 'krauss' : 'idm', step_s: Number(step), rules: rules === 'sumo' ? 'sumo' : 'field' })
    const faults = listFaults(trial)
    process.stdout.write(faults.length > 0 ? `${faults.join('\n')}\n` : `seed ${seed} (${trial.kind}): sound, ${trial.missing} of ${trial.demanded} still on their way\n`)
  }
}
