import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assumeSignal, type AssumedSignal, type UntimedJunction } from './assume-signal.ts'
import { checkPlan } from './check-plan.ts'
import { compileSignal } from './compile.ts'
import type { JunctionArm, JunctionMovement } from './junction.ts'
import type { Link, Network, Turn } from './network.ts'
import { RoadGraph } from './road-graph.ts'
import { validateTiming } from './validate-timing.ts'
import { validateNetwork } from './validate.ts'

interface Road { degrees: number; lanes: number; pocket?: boolean; speed_mps?: number }

const link = (from: string, to: string, { lanes, pocket, speed_mps = 50 / 3.6 }: Road, withPocket: boolean): Link => ({
  id: `${from}-${to}`, source_id: '', from, to, length_m: 200, speed_mps,
  lanes: Array.from({ length: lanes + (withPocket && pocket === true ? 1 : 0) }, (_, index) => ({ index, width_m: 3.5, speed_mps, length_m: index >= lanes ? 40 : 200 })),
})

/** A junction of two-way roads in the directions given; every approach turns into every other road. */
function junctionOf(roads: Road[], driving_side: Network['driving_side'] = 'right'): UntimedJunction {
  const setback = 8.5 + 3.5 * Math.max(...roads.map(({ lanes }) => lanes))
  const arm = (road: Road, i: number, side: 'in' | 'out'): JunctionArm => {
    const outward_rad = (road.degrees * Math.PI) / 180
    return { link: side === 'in' ? link(`n${i}`, 'x', road, true) : link('x', `n${i}`, road, false), at_m: [Math.cos(outward_rad) * setback, Math.sin(outward_rad) * setback], outward_rad, two_way: true }
  }
  const movements = roads.flatMap((from, i) => roads.flatMap((to, j): JunctionMovement[] => {
    if (i === j) return []
    const turned = ((to.degrees - from.degrees + 180 + 540) % 360) - 180
    const turn: Turn = Math.abs(turned) < 45 ? 'through' : turned > 0 ? 'left' : 'right'
    const across = turn !== 'through' && turn !== driving_side
    const all = Array.from({ length: from.lanes }, (_, n) => n)
    const from_lanes = across ? [from.pocket === true ? from.lanes : from.lanes - 1] : turn === 'through' ? all : [0]
    return [{ movement: { id: `${i}>${j}`, node: 'x', from: `n${i}-x`, to: `x-n${j}`, turn, signal: 'S', name: `${i}${turn}${j}` }, from_lanes }]
  }))
  return { id: 'S', nodes: ['x'], junction: { driving_side, incoming: roads.map((road, i) => arm(road, i, 'in')), outgoing: roads.map((road, i) => arm(road, i, 'out')), movements } }
}

/** The rules that the plan breaks, once the network of the junction and the plan are validated. */
function broken({ junction }: UntimedJunction, { signal, pattern, connections }: AssumedSignal): string[] {
  const links = [...junction.incoming, ...junction.outgoing].map((arm) => arm.link)
  const ids = [...new Set(links.flatMap(({ from, to }) => [from, to]))]
  const network: Network = {
    format: 'greenwave.network/1', name: 'x', driving_side: junction.driving_side, coordinate_reference: { kind: 'local' },
    nodes: ids.map((id) => ({ id, source_id: id, kind: id === 'x' ? 'signal' as const : 'boundary' as const, x_m: 0, y_m: 0 })),
    links: links.map((entry) => {
      const arm = [...junction.incoming, ...junction.outgoing].find((candidate) => candidate.link === entry) as JunctionArm
      const away = ([1, 200] as const).map((d): [number, number] => [Math.cos(arm.outward_rad) * d, Math.sin(arm.outward_rad) * d])
      return { ...entry, shape_m: entry.to === 'x' ? away.reverse() : away }
    }),
    movements: junction.movements.map(({ movement }) => movement), connections, signals: [signal],
  }
  validateNetwork(network)
  validateTiming(network, { format: 'greenwave.timing/1', plans: [{ id: 'assumed', patterns: [pattern] }], schedule: [] })
  compileSignal(signal, pattern)
  return checkPlan(new RoadGraph(network), [pattern]).map(({ sentence }) => sentence)
}

const cross = (main: number, side: number, pocket: boolean): Road[] => [
  { degrees: 0, lanes: main, pocket }, { degrees: 90, lanes: side, pocket }, { degrees: 180, lanes: main, pocket }, { degrees: 270, lanes: side, pocket },
]
const rights = ({ connections }: AssumedSignal, movement: string): string[] => connections.filter((connection) => connection.movement === movement).flatMap(({ groups }) => (groups ?? []).map(({ group, right_of_way }) => `${group} ${right_of_way}`))
const rings = ({ pattern }: AssumedSignal): string[] => pattern.barriers.map((barrier) => barrier.rings.map((ring) => ring.map(({ phase }) => phase).join(' ')).join(' | '))

describe('an intersection without timing', () => {
  test('of two roads with lanes of their own for the left turns gets eight phases in two rings', () => {
    const input = junctionOf(cross(2, 1, true))
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(rings(assumed)).toEqual(['1 2 | 5 6', '3 4 | 7 8'])
    expect(rights(assumed, '0>2')).toEqual(['2 protected', '2 protected'])
    expect(rights(assumed, '0>3')).toEqual(['5 protected'])
    expect(assumed.pattern).toMatchObject({ cycle_s: 90, coordinated: ['2', '6'] })
    expect(assumed.signal.sequence_free).toBe(true)
  })

  test('of two roads with shared lanes gets two phases a barrier, and its left turns yield', () => {
    const input = junctionOf(cross(1, 1, false))
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(rings(assumed)).toEqual(['2 | 6', '4 | 8'])
    expect(rights(assumed, '0>3')).toEqual(['2 permissive'])
    expect(assumed.connections.find(({ movement }) => movement === '0>3')?.waiting_m).toBeGreaterThan(4)
    expect(assumed.pattern.cycle_s).toBe(90)
  })

  test('with a stem gives the stem a phase without opposing traffic', () => {
    const input = junctionOf([{ degrees: 0, lanes: 2, pocket: true }, { degrees: 180, lanes: 2 }, { degrees: 270, lanes: 1 }])
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(rings(assumed)).toEqual(['2 | 5 6', '4 | '])
    expect(rights(assumed, '2>1')).toEqual(['4 protected'])
  })

  test('keeps apart opposite approaches of which one turns from two lanes and shares one of them', () => {
    const input = junctionOf(cross(2, 1, false))
    const left = input.junction.movements.find(({ movement }) => movement.id === '0>3') as JunctionMovement
    left.from_lanes = [0, 1]
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(rights(assumed, '0>3')).toEqual(['4 protected', '4 protected'].map((text) => text.replace('4', rights(assumed, '0>2')[0]!.split(' ')[0]!)))
    expect(assumed.pattern.barriers).toHaveLength(3)
  })

  test('that nothing crosses stops for people who walk', () => {
    const input = junctionOf([{ degrees: 0, lanes: 2 }, { degrees: 180, lanes: 2 }])
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(assumed.signal.groups.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['2 vehicle', '6 vehicle', '4 pedestrian'])
    expect(rings(assumed)).toEqual(['2 | 6', '4 | '])
  })

  test('leaves a slip lane to itself', () => {
    const input = junctionOf(cross(2, 1, true))
    const slip = input.junction.movements.find(({ movement }) => movement.id === '0>1') as JunctionMovement
    delete slip.movement.signal
    const assumed = assumeSignal(input)
    expect(broken(input, assumed)).toEqual([])
    expect(rights(assumed, '0>1')).toEqual([])
  })

  test('has longer yellow where the road is faster, and longer red clearance where it is wider', () => {
    const group = (roads: Road[]) => assumeSignal(junctionOf(roads)).signal.groups.find(({ id }) => id === '2')!
    const [slow, fast] = [group(cross(2, 1, false)), group(cross(2, 1, false).map((road) => ({ ...road, speed_mps: 80 / 3.6 })))]
    // 1 + 13.89 / 6.1 = 3.28 and 1 + 22.22 / 6.1 = 4.64, rounded up to tenths.
    expect([slow.yellow_s, fast.yellow_s]).toEqual([3.3, 4.7])
    expect(group(cross(4, 4, false)).red_clearance_s).toBeGreaterThan(group(cross(1, 1, false)).red_clearance_s)
  })

  test('takes a longer cycle when asked, and never one too short for its minimums', () => {
    const cycle = (cycle_s: number): number => assumeSignal({ ...junctionOf(cross(2, 1, true)), cycle_s }).pattern.cycle_s
    expect(cycle(130)).toBe(130)
    expect(cycle(40)).toBe(cycle(60))
  })

  test('asks for no walk where nobody crosses', () => {
    const { signal, assumed } = assumeSignal({ ...junctionOf(cross(1, 1, false)), crossed: () => false })
    expect(signal.groups.filter(({ walk_s }) => walk_s !== undefined)).toEqual([])
    expect(assumed.join()).not.toContain('walk 7')
  })

  test('of any shape gets a plan that breaks no rule', () => {
    const road = fc.record({ lanes: fc.integer({ min: 1, max: 5 }), pocket: fc.boolean(), gap: fc.integer({ min: 25, max: 120 }), speed_mps: fc.double({ min: 3, max: 36, noNaN: true }) })
    fc.assert(fc.property(fc.array(road, { minLength: 2, maxLength: 6 }), fc.constantFrom('left' as const, 'right' as const), fc.integer({ min: 30, max: 180 }), (roads, side, cycle_s) => {
      const scale = Math.min(1, 335 / roads.reduce((sum, { gap }) => sum + gap, 0))
      let degrees = 0
      const input = { ...junctionOf(roads.map(({ gap, ...rest }) => { degrees += gap * scale; return { ...rest, degrees } }), side), cycle_s }
      expect(broken(input, assumeSignal(input))).toEqual([])
    }), { numRuns: 300 })
  })
})
