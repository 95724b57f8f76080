// Signals of a GMNS folder: which phases serve which movements, rings and barriers, splits, offsets. A controller whose
// tables do not hold together keeps an assumed signal, and a note says why.
// Fixed time where max_green is not above min_green; else the greatest greens are the splits.
import type { UntimedJunction } from '../../../model/assume-signal.ts'
import { buildConnections } from '../../../model/junction.ts'
import type { Connection } from '../../../model/network.ts'
import type { GroupId, OffsetReference, RingPattern, Signal, SignalGroup, SignalId } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import type { Notes } from '../sumo/notes.ts'
import type { Row, Tables } from './tables.ts'

const YELLOW_S = { least: 3, most: 6 }
/** Least green that is taken where a fixed plan gives none, s. */
const LEAST_GREEN_S = 7
/** Clearance of a phase without one, s: yellow 4 and red 1. */
const CLEARANCE_S = 5
const REFERENCES: Record<string, OffsetReference> = { begin_of_green: 'begin_of_green', begin_of_yellow: 'begin_of_yellow', begin_of_red: 'begin_of_red' }

interface Phase {
  id: GroupId
  timing: string
  min_s: number
  green_s: number
  clearance_s: number
  walk_s: number
  pedestrian_clearance_s: number
  ring: number
  barrier: number
  position: number
  place: Row['place']
}

export interface GmnsPlan {
  id: string
  controller: SignalId
  row: Row
  cycle_s: number | undefined
  phases: Phase[]
  coordination: Row | undefined
}

interface Service { group: GroupId; right_of_way: 'protected' | 'permissive' | 'unknown'; on_red: boolean }

/** Timing of all controllers; `patterns` are filled as `signalOf` is called. */
export class SignalTables {
  readonly plans: GmnsPlan[]
  /** By plan id. */
  readonly patterns = new Map<string, RingPattern>()
  readonly #notes: Notes
  /** Of each timing phase, what it serves: our movement. */
  readonly #service = new Map<string, Map<string, Pick<Service, 'right_of_way' | 'on_red'>>>()
  readonly #walked = new Set<string>()
  readonly controllerOf = new Map<string, SignalId>()

  constructor(tables: Tables, movementOf: ReadonlyMap<string, string>, nodeOf: ReadonlyMap<string, string>, notes: Notes) {
    this.#notes = notes
    this.plans = readPlans(tables, notes)
    const planOf = new Map(this.plans.flatMap((plan) => plan.phases.map(({ timing }) => [timing, plan] as const)))
    for (const row of tables.find('signal_phase_mvmt') ?? []) {
      const timing = row.find('timing_phase_id')
      if (timing === undefined) {
        notes.count('old phases', 'not-understood', row.place, (n) => `${n} row(s) of signal_phase_mvmt.csv have no timing_phase_id (GMNS before 0.93)`)
        continue
      }
      const theirs = row.find('mvmt_id')
      if (theirs === undefined) {
        this.#walked.add(timing)
        continue
      }
      const [movement, plan] = [movementOf.get(theirs), planOf.get(timing)]
      if (movement === undefined || plan === undefined) continue
      const protection = (row.find('protection') ?? '').toLowerCase()
      const served = this.#service.get(timing) ?? new Map<string, Pick<Service, 'right_of_way' | 'on_red'>>()
      if (!served.has(movement)) served.set(movement, { right_of_way: protection.startsWith('perm') ? 'permissive' : protection === 'protected' ? 'protected' : 'unknown', on_red: protection === 'rtor' })
      this.#service.set(timing, served)
      const node = nodeOf.get(movement)
      if (node !== undefined && !this.controllerOf.has(node)) this.controllerOf.set(node, plan.controller)
    }
  }

  /** Signal and connections of a controller, and a pattern for each of its plans; undefined where its tables do not give one. */
  signalOf(id: SignalId, junctions: readonly UntimedJunction[]): { signal: Signal; connections: Connection[] } | undefined {
    const own = this.plans.filter(({ controller, phases }) => controller === id && phases.length > 0)
    const movements = new Set(junctions.flatMap(({ junction }) => junction.movements.flatMap(({ movement }) => (movement.signal === undefined ? [] : [movement.id]))))
    const servedBy = (plan: GmnsPlan): string[] => plan.phases.flatMap((phase) => [...(this.#service.get(phase.timing)?.keys() ?? [])].filter((movement) => movements.has(movement)).map((movement) => `${phase.id} ${movement}`)).sort()
    const base = own.find((plan) => plan.cycle_s !== undefined && servedBy(plan).length > 0) ?? own.find((plan) => servedBy(plan).length > 0)
    if (base === undefined) return undefined
    const connections = this.#connect(base, junctions)
    const used = new Set(connections.flatMap(({ groups }) => (groups ?? []).map(({ group }) => group)))
    const phases = base.phases.filter((phase) => used.has(phase.id) || this.#isWalked(phase))
    const groups = phases.map((phase) => groupOf(phase, used.has(phase.id), own))
    const signal: Signal = {
      id, source_id: id, nodes: junctions.flatMap(({ nodes }) => nodes), groups, ...(junctions[0]?.name === undefined ? {} : { name: junctions[0].name }),
      conflicts: phases.flatMap((a) => phases.flatMap((b): [GroupId, GroupId][] => (a.id < b.id && !concurrent(a, b) ? [[a.id, b.id]] : []))),
    }
    const key = servedBy(base).join()
    for (const plan of own) {
      if (servedBy(plan).join() !== key || plan.phases.some((phase) => !sameSlot(phase, base))) {
        this.#notes.count('other phases', 'not-understood', plan.row.place, (n) => `${n} timing plan(s) serve movements by other phases than the main plan of their controller and are left out`)
        continue
      }
      this.patterns.set(plan.id, patternOf(signal, plan, this.#notes))
    }
    return { signal, connections }
  }

  #isWalked(phase: Phase): boolean {
    return phase.walk_s > 0 || this.#walked.has(phase.timing)
  }

  #connect(plan: GmnsPlan, junctions: readonly UntimedJunction[]): Connection[] {
    const services = new Map<string, Service[]>()
    for (const phase of plan.phases) {
      for (const [movement, service] of this.#service.get(phase.timing) ?? []) services.set(movement, [...(services.get(movement) ?? []), { ...service, group: phase.id }])
    }
    const byId = new Map(plan.phases.map((phase) => [phase.id, phase]))
    return junctions.flatMap(({ junction }) => {
      for (const spec of junction.movements) {
        if (spec.movement.signal === undefined) continue
        const sharing = junction.movements.filter((other) => other.movement.from === spec.movement.from && other.from_lanes.some((lane) => spec.from_lanes.includes(lane)))
        const own = services.get(spec.movement.id) ?? sharing.map(({ movement }) => services.get(movement.id)).find((list) => list !== undefined)
        if (own === undefined) {
          delete spec.movement.signal
          this.#notes.count('no phase', 'assumed', plan.row.place, (n) => `${n} movement(s) at signals are served by no phase; they yield to everybody`)
          continue
        }
        const green = own.filter(({ on_red }) => !on_red)
        if (green.length < own.length) spec.turn_on_red = true
        const unique = new Map((green.length > 0 ? green : own).map(({ group, right_of_way }) => [group, { group, right_of_way: right_of_way === 'permissive' ? 'permissive' as const : 'protected' as const }]))
        spec.groups = [...unique.values()]
      }
      const connections = buildConnections({ ...junction, control: 'signal' })
      this.#yieldWhereTogether(connections, byId, new Map(junction.movements.map(({ movement }) => [movement.id, movement.from])))
      return connections
    })
  }

  /** Greens that show together with one that goes first are permissive, whatever the table says: both cannot be protected. */
  #yieldWhereTogether(connections: readonly Connection[], phases: ReadonlyMap<GroupId, Phase>, fromOf: ReadonlyMap<string, string>): void {
    const byId = new Map(connections.map((connection) => [connection.id, connection]))
    for (const connection of connections) {
      for (const other of connection.yields_to.map((id) => byId.get(id) as Connection)) {
        if (fromOf.get(connection.movement) === fromOf.get(other.movement)) continue
        for (const entry of connection.groups ?? []) {
          const together = (other.groups ?? []).some(({ group, right_of_way }) => {
            const [a, b] = [phases.get(entry.group), phases.get(group)]
            return right_of_way === 'protected' && a !== undefined && b !== undefined && concurrent(a, b)
          })
          if (entry.right_of_way === 'protected' && together) entry.right_of_way = 'permissive'
        }
      }
    }
    for (const connection of connections) if (connection.groups?.every(({ right_of_way }) => right_of_way === 'protected') === true && connection.groups.length > 0) delete connection.waiting_m
  }
}

const concurrent = (a: Phase, b: Phase): boolean => a.id === b.id || (a.barrier === b.barrier && a.ring !== b.ring)

const sameSlot = (phase: Phase, base: GmnsPlan): boolean => base.phases.some((other) => other.id === phase.id && other.ring === phase.ring && other.barrier === phase.barrier)

function readPlans(tables: Tables, notes: Notes): GmnsPlan[] {
  const rows = tables.find('signal_timing_plan') ?? []
  const seen = new Map<string, number>()
  for (const row of rows) seen.set(row.get('timing_plan_id'), (seen.get(row.get('timing_plan_id')) ?? 0) + 1)
  const phases = new Map<string, Row[]>()
  for (const row of tables.find('signal_timing_phase') ?? []) {
    const plan = row.find('timing_plan_id')
    if (plan !== undefined) phases.set(plan, [...(phases.get(plan) ?? []), row])
  }
  const coordination = new Map((tables.find('signal_coordination') ?? []).map((row) => [`${row.get('timing_plan_id')} ${row.get('controller_id')}`, row]))
  return rows.flatMap((row): GmnsPlan[] => {
    const id = row.get('timing_plan_id')
    if ((seen.get(id) ?? 0) > 1) {
      notes.count('shared plan', 'not-understood', row.place, (n) => `${n} timing plan(s) have an id that several controllers use (GMNS before 0.93); their timing is not taken`)
      return []
    }
    const controller = row.get('controller_id')
    const listed = (phases.get(id) ?? []).map((phase, i) => readPhase(phase, i))
    const twice = listed.find((phase, i) => listed.findIndex((other) => other.id === phase.id) < i)
    if (twice !== undefined) {
      notes.count('twice', 'not-understood', twice.place, (n) => `${n} phase(s) are there twice in their plan; the first is taken`)
    }
    const cycle = row.findNumber('cycle_length', { min: 0, max: 600 })
    return [{ id, controller, row, cycle_s: cycle === 0 ? undefined : cycle, phases: listed.filter((phase, i) => listed.findIndex((other) => other.id === phase.id) === i), coordination: coordination.get(`${id} ${controller}`) }]
  })
}

/** Phases without ring and barrier follow each other. */
function readPhase(row: Row, index: number): Phase {
  const seconds = (column: string): number | undefined => row.findNumber(column, { min: 0, max: 600 })
  const [min_s, max_s, barrier] = [seconds('min_green'), seconds('max_green'), row.findNumber('barrier', { min: 0, max: 32 })]
  const green_s = Math.max(max_s ?? 0, min_s ?? 0, 1)
  const fixed = max_s === undefined || max_s <= (min_s ?? 0)
  return {
    id: row.get('signal_phase_num'), timing: row.find('timing_phase_id') ?? '', green_s, place: row.place,
    min_s: Math.min(green_s, fixed ? LEAST_GREEN_S : min_s ?? LEAST_GREEN_S), clearance_s: seconds('clearance') ?? CLEARANCE_S,
    walk_s: seconds('walk_time') ?? 0, pedestrian_clearance_s: seconds('ped_clearance') ?? 0,
    ring: row.findNumber('ring', { min: 0, max: 32 }) ?? 1, barrier: barrier ?? 1000 + index, position: row.findNumber('position', { min: -100, max: 100 }) ?? index,
  }
}

function groupOf(phase: Phase, serves: boolean, plans: readonly GmnsPlan[]): SignalGroup {
  const same = plans.flatMap(({ phases }) => phases.filter(({ id }) => id === phase.id))
  const yellow_s = Math.min(phase.clearance_s, Math.max(YELLOW_S.least, Math.min(YELLOW_S.most, phase.clearance_s - 1)))
  const walk = phase.walk_s + phase.pedestrian_clearance_s
  return {
    id: phase.id, source_id: phase.timing, kind: serves ? 'vehicle' : 'pedestrian', min_green_s: Math.min(...same.map(({ min_s }) => min_s)),
    yellow_s, red_clearance_s: Math.round((phase.clearance_s - yellow_s) * 10) / 10,
    ...(walk > 0 ? { walk_s: phase.walk_s, pedestrian_clearance_s: phase.pedestrian_clearance_s } : {}),
  }
}

/** Rings of each barrier end together; what the cycle has more goes to the first barrier, what it lacks is shared down to the minimums. */
function patternOf(signal: Signal, plan: GmnsPlan, notes: Notes): RingPattern {
  const groups = new Map(signal.groups.map((group) => [group.id, group]))
  const phases = plan.phases.filter(({ id }) => groups.has(id))
  const change = (id: GroupId): number => { const { yellow_s, red_clearance_s } = groups.get(id) as SignalGroup; return yellow_s + red_clearance_s }
  const least = (phase: Phase): number => (groups.get(phase.id) as SignalGroup).min_green_s + change(phase.id)
  const split = new Map(phases.map((phase) => [phase.id, Math.max(phase.green_s + change(phase.id), least(phase))]))
  const numbers = [...new Set(phases.map(({ barrier }) => barrier))].sort((a, b) => a - b)
  const layout = numbers.map((barrier) => [...new Set(phases.map(({ ring }) => ring))].sort((a, b) => a - b)
    .map((ring) => phases.filter((phase) => phase.barrier === barrier && phase.ring === ring).sort((a, b) => a.position - b.position)))
  const sum = (ring: readonly Phase[], value: (phase: Phase) => number): number => ring.reduce((total, phase) => total + value(phase), 0)
  const splitOf = (phase: Phase): number => split.get(phase.id) as number
  const lengths = layout.map((rings) => Math.max(...rings.map((ring) => sum(ring, splitOf))))
  const shortest = layout.map((rings) => Math.max(...rings.map((ring) => sum(ring, least))))
  const add = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)
  const wanted = plan.cycle_s ?? add(lengths)
  const cycle_s = Math.max(wanted, add(shortest))
  if (plan.cycle_s === undefined) notes.count('no cycle', 'assumed', plan.row.place, (n) => `${n} timing plan(s) have no cycle length; it is the sum of their greatest greens`)
  else if (Math.abs(add(lengths) - plan.cycle_s) > 0.5) notes.count('cycle', 'corrected', plan.row.place, (n) => `${n} timing plan(s) have greens that do not fill their cycle; the first barrier is extended, or greens are shortened in proportion`)
  const slack = add(lengths) - add(shortest)
  const scale = slack <= 0 ? 0 : Math.min(1, (cycle_s - add(shortest)) / slack)
  const sized = lengths.map((length, i) => tenth((shortest[i] as number) + (length - (shortest[i] as number)) * scale))
  sized[0] = tenth((sized[0] as number) + cycle_s - add(sized))
  const barriers = layout.map((rings, i) => ({
    rings: rings.map((ring) => fill(ring, sized[i] as number, splitOf, least).map((split_s, j) => ({ phase: (ring[j] as Phase).id, split_s }))),
  }))
  const { coordination } = plan
  const named = coordination?.find('coord_phase')
  const longest = [...phases].sort((a, b) => b.green_s - a.green_s)[0] as Phase
  return {
    kind: 'rings', signal: signal.id, cycle_s: tenth(cycle_s), offset_s: modulo(coordination?.findNumber('offset', { min: -3600, max: 3600 }) ?? 0, tenth(cycle_s)),
    offset_reference: REFERENCES[coordination?.find('coord_ref_to') ?? ''] ?? 'begin_of_green', coordinated: [named !== undefined && groups.has(named) ? named : longest.id], barriers,
  }
}

const tenth = (s: number): number => Math.round(s * 10) / 10

/** Splits of one ring that add up to the length of its barrier. */
function fill(ring: readonly Phase[], length: number, split: (phase: Phase) => number, least: (phase: Phase) => number): number[] {
  const [total, shortest] = [ring.reduce((sum, phase) => sum + split(phase), 0), ring.reduce((sum, phase) => sum + least(phase), 0)]
  const scale = total > length && total > shortest ? (length - shortest) / (total - shortest) : 1
  const sized = ring.map((phase) => tenth(least(phase) + (split(phase) - least(phase)) * scale))
  const last = sized.length - 1
  if (last >= 0) sized[last] = tenth((sized[last] as number) + length - sized.reduce((a, b) => a + b, 0))
  return sized
}
