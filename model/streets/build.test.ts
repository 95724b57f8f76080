import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlan } from '../check-plan.ts'
import type { Connection, Network, Point } from '../network.ts'
import { RoadGraph } from '../road-graph.ts'
import { validateTiming } from '../validate-timing.ts'
import { validateNetwork } from '../validate.ts'
import { buildStreets, type BuiltStreets } from './build.ts'
import type { DrawnStreets } from './drawn.ts'
import { drawnLink, drawnNode, testTown } from './test-town.ts'

/** The network, validated with its plans, of which none breaks a rule. */
function networkOf(streets: DrawnStreets, built: BuiltStreets): Network {
  const { patterns, notes: _, ...parts } = built
  const network = validateNetwork({ format: 'greenwave.network/1', name: 'town', driving_side: streets.driving_side, coordinate_reference: { kind: 'local' }, ...parts })
  validateTiming(network, { format: 'greenwave.timing/1', plans: [{ id: 'assumed', patterns }], schedule: [] })
  const violations = checkPlan(new RoadGraph(network), patterns)
  if (violations.length > 0) throw new Error(violations.map(({ sentence }) => sentence).join('; '))
  return network
}

const build = (streets: DrawnStreets): BuiltStreets & { network: Network } => {
  const built = buildStreets(streets)
  return { ...built, network: networkOf(streets, built) }
}
const lanesOf = (connections: readonly Connection[], movement: string): string[] => connections.filter((connection) => connection.movement === movement).map(({ from_lane, to_lane }) => `${from_lane}>${to_lane}`)
const messages = ({ notes }: BuiltStreets): string[] => notes.map(({ kind, message }) => `${kind}: ${message}`)

describe('drawn streets become a network', () => {
  test('with stop lines that clear the cross street, and nothing cut where streets end', () => {
    const { network } = build(testTown())
    const link = network.links.find(({ id }) => id === 'W_A')!
    // Half of the side street's 7 m, and 5 m for the corner.
    expect(link).toMatchObject({ length_m: 291.5, shape_m: [[0, 0], [291.5, 0]] })
    expect(network.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual(['W boundary', 'A signal', 'B signal', 'E boundary', 'AN boundary', 'AS boundary', 'BN boundary'])
  })

  test('with turns by the angle, and lanes by rule', () => {
    const { network, connections } = build(testTown())
    const turns = network.movements.filter(({ from }) => from === 'W_A').map(({ to, turn }) => `${to} ${turn}`)
    expect(turns).toEqual(['A_AS right', 'A_B through', 'A_AN left'])
    expect(lanesOf(connections, 'W_A>A_B')).toEqual(['0>0', '1>1'])
    expect(lanesOf(connections, 'W_A>A_AS')).toEqual(['0>0'])
    expect(lanesOf(connections, 'W_A>A_AN')).toEqual(['1>0'])
  })

  test('with a signal and a plan for each signalised node, and notes that say so', () => {
    const built = build(testTown())
    expect(built.signals.map(({ id }) => id)).toEqual(['A', 'B'])
    expect(built.patterns.map(({ signal, cycle_s }) => `${signal} ${cycle_s}`)).toEqual(['A 90', 'B 90'])
    expect(messages(built)).toContainEqual(expect.stringMatching(/^assumed: 2 signal\(s\): no timing is given/))
  })

  test('in left-hand traffic mirrored', () => {
    const right = build(testTown())
    const left = build({ ...testTown(), driving_side: 'left' })
    expect(lanesOf(right.connections, 'W_A>A_AN')).toEqual(['1>0'])
    expect(lanesOf(left.connections, 'W_A>A_AN')).toEqual(['0>0'])
    expect(lanesOf(left.connections, 'W_A>A_AS')).toEqual(['1>0'])
  })

  test('where the side street yields or stops, and at an all-way stop everybody does', () => {
    const stop = (control: 'none' | 'stop' | 'all-way-stop'): (string | undefined)[] => {
      const { connections } = build(testTown({ A: control }))
      return ['W_A>A_B', 'AN_A>A_AS'].map((movement) => connections.find((connection) => connection.movement === movement)?.stop)
    }
    expect(stop('none')).toEqual([undefined, undefined])
    expect(stop('stop')).toEqual([undefined, 'sign'])
    expect(stop('all-way-stop')).toEqual(['all-way', 'all-way'])
    const { connections } = build(testTown({}))
    const [main, side] = ['W_A>A_B', 'AN_A>A_AS'].map((movement) => connections.find((connection) => connection.movement === movement)!) as [Connection, Connection]
    expect(side.yields_to).toContain(main.id)
    expect(main.yields_to).not.toContain(side.id)
  })

  test('where arrows are known lanes follow them, and turns that no arrow shows are not driven', () => {
    const town = testTown()
    const link = town.links.find(({ id }) => id === 'W_A')!
    link.lanes = [{ width_m: 3, turns: ['through'] }, { width_m: 3, turns: ['through'] }, { width_m: 3, turns: ['left'], pocket_m: 60 }]
    const { network, connections } = build(town)
    expect(network.movements.filter(({ from }) => from === 'W_A').map(({ turn }) => turn)).toEqual(['through', 'left'])
    expect(lanesOf(connections, 'W_A>A_AN')).toEqual(['2>0'])
    expect(network.links.find(({ id }) => id === 'W_A')?.lanes.map(({ length_m }) => length_m)).toEqual([291.5, 291.5, 60])
  })

  test('and lanes for buses take no cars', () => {
    const town = testTown()
    town.links.find(({ id }) => id === 'A_B')!.lanes.unshift({ width_m: 3, allow: ['bus'] })
    const { connections } = build(town)
    expect(lanesOf(connections, 'W_A>A_B')).toEqual(['0>1', '1>2'])
    expect(lanesOf(connections, 'AN_A>A_B')).toEqual(['0>2'])
    expect(lanesOf(connections, 'A_B>B_E')).toEqual(['1>0', '2>1'])
  })

  test('and arrows that point nowhere are noted', () => {
    const town = testTown()
    town.links.find(({ id }) => id === 'E_B')!.lanes = [{ width_m: 3, turns: ['right', 'through'] }, { width_m: 3, turns: ['left'] }]
    expect(messages(build(town))).toContainEqual('not-understood: the arrows of 1 link(s) point where no link leads (the first: left)')
  })

  test('where a line was drawn to the stop line it is not cut again', () => {
    const town = testTown()
    town.links.find(({ id }) => id === 'W_A')!.points_m = [[0, 0], [280, 0]]
    expect(build(town).network.links.find(({ id }) => id === 'W_A')?.length_m).toBe(280)
  })

  test('where a length does not fit its line the line is believed, and small differences are the length\'s', () => {
    const town = testTown()
    town.links.find(({ id }) => id === 'W_A')!.length_m = 310
    town.links.find(({ id }) => id === 'A_W')!.length_m = 3000
    const built = build(town)
    expect(['W_A', 'A_W'].map((id) => built.network.links.find((link) => link.id === id)?.length_m)).toEqual([301.5, 291.5])
    expect(messages(built)).toContainEqual(expect.stringContaining('1 link(s) have a length that does not fit'))
  })

  test('where a street only bends it goes through, and where it ends it turns back only if it must', () => {
    const nodes = [drawnNode('a', [0, 0]), drawnNode('b', [100, 0]), drawnNode('c', [100, 100])]
    const links = [drawnLink('a', 'b', [[0, 0], [100, 0]], [{}]), drawnLink('b', 'c', [[100, 0], [100, 100]], [{}]), drawnLink('c', 'b', [[100, 100], [100, 0]], [{}])]
    const { network } = build({ driving_side: 'right', nodes, links, movements: [] })
    expect(network.movements.map(({ id, turn }) => `${id} ${turn}`)).toEqual(['a_b>b_c through', 'c_b>b_c u-turn'])
  })

  test('whatever they look like, if their ends are known', () => {
    const coordinate = fc.integer({ min: -400, max: 400 })
    const node = fc.record({ x: coordinate, y: coordinate, control: fc.constantFrom('signal' as const, 'stop' as const, 'all-way-stop' as const, 'yield' as const, 'none' as const) })
    const link = fc.record({ from: fc.nat(7), to: fc.nat(7), lanes: fc.integer({ min: 1, max: 5 }), bend: fc.tuple(coordinate, coordinate), pocket: fc.boolean(), back: fc.boolean() })
    fc.assert(fc.property(fc.array(node, { minLength: 8, maxLength: 8 }), fc.array(link, { minLength: 1, maxLength: 14 }), fc.constantFrom('left' as const, 'right' as const), (nodes, links, driving_side) => {
      const at = (i: number): Point => [nodes[i]!.x + i / 10, nodes[i]!.y]
      const drawn = links.filter(({ from, to }) => from !== to).flatMap(({ from, to, lanes, bend, pocket, back }) => {
        const points: Point[] = [at(from), bend, at(to)]
        const list = Array.from({ length: lanes }, (_, i) => (pocket && i === lanes - 1 && lanes > 1 ? { pocket_m: 30 } : {}))
        return [drawnLink(`${from}`, `${to}`, points, list), ...(back ? [drawnLink(`${to}`, `${from}`, [...points].reverse(), list)] : [])]
      })
      const streets: DrawnStreets = { driving_side, nodes: nodes.map(({ control }, i) => drawnNode(`${i}`, at(i), control)), links: [...new Map(drawn.map((entry) => [entry.id, entry])).values()], movements: [] }
      expect(build(streets).network.links).toHaveLength(streets.links.length)
    }), { numRuns: 300 })
  })
})
