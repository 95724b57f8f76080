import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildConnections, signalConflicts, stopLineSetbacks } from './junction.ts'
import type { Junction, JunctionArm, JunctionMovement } from './junction.ts'
import { crossingDistance } from './junction-paths.ts'
import { pathLength } from './lines.ts'
import type { Connection, Link, Network, Point, Turn } from './network.ts'

const ARMS = ['e', 'n', 'w', 's'] as const
type Arm = (typeof ARMS)[number]
const outward = (arm: Arm): number => (ARMS.indexOf(arm) * Math.PI) / 2

function link(from: string, to: string, lanes: number, pocket = 0): Link {
  const length_m = 200
  return {
    id: `${from}${to}`, source_id: `${from}${to}`, from, to, length_m, speed_mps: 14,
    lanes: Array.from({ length: lanes + pocket }, (_, index) => ({ index, width_m: 3.5, speed_mps: 14, length_m: index >= lanes ? 40 : length_m })),
  }
}

const SETBACK_M = 16

function arm(entry: Link, direction: Arm): JunctionArm {
  return { link: entry, at_m: [Math.cos(outward(direction)) * SETBACK_M, Math.sin(outward(direction)) * SETBACK_M], outward_rad: outward(direction), two_way: true }
}

/** A crossing of four arms with `lanes` through lanes and one left pocket each; every approach turns everywhere. */
function crossing(lanes: number, options: { side?: Network['driving_side']; control?: Junction['control']; minor?: Arm[] } = {}): Junction {
  const driving_side = options.side ?? 'right'
  const incoming = ARMS.map((a) => arm(link(a, 'x', lanes, 1), a))
  const outgoing = ARMS.map((a) => arm(link('x', a, lanes), a))
  const movements = ARMS.flatMap((a, i): JunctionMovement[] => {
    // Going round counter-clockwise from the arm of entry: right, through, left.
    const turns: [Turn, number][] = [['right', 1], ['through', 2], ['left', 3]]
    return turns.map(([turn, step]) => {
      const across = turn !== 'through' && turn !== driving_side
      const from_lanes = turn === 'through' ? Array.from({ length: lanes }, (_, n) => n) : across ? [lanes] : [0]
      const group = a === 'e' || a === 'w' ? 'main' : 'side'
      return {
        movement: { id: `${a}_${turn}`, node: 'x', from: `${a}x`, to: `x${ARMS[(i + step) % 4]}`, turn },
        from_lanes,
        ...(options.control === 'sign' ? {} : { groups: [{ group, right_of_way: across ? 'permissive' as const : 'protected' as const }] }),
      }
    })
  })
  return { driving_side, control: options.control ?? 'signal', incoming, outgoing, movements, give_way: new Map((options.minor ?? []).map((a) => [`${a}x`, 2])) }
}

const get = (connections: Connection[], id: string): Connection => {
  const found = connections.find((connection) => connection.id === id)
  if (found === undefined) throw new Error(`no connection ${id}: ${connections.map((connection) => connection.id).join(' ')}`)
  return found
}

describe('lanes and paths', () => {
  test('through lanes go straight over, the left starts from its pocket and ends inside, the right ends at the kerb', () => {
    const connections = buildConnections(crossing(2))
    expect(get(connections, 'e_through_0').to_lane).toBe(0)
    expect(get(connections, 'e_through_1').to_lane).toBe(1)
    expect(get(connections, 'e_left_2').to_lane).toBe(1)
    expect(get(connections, 'e_right_0').to_lane).toBe(0)
  })

  test('cars are led past a lane of buses, and buses into it', () => {
    const junction = crossing(3)
    const buses = (arms: readonly JunctionArm[], id: string): void => { arms.find((entry) => entry.link.id === id)!.link.lanes[0]!.allow = ['bus'] }
    buses(junction.outgoing, 'xn')
    buses(junction.outgoing, 'xw')
    buses(junction.incoming, 'ex')
    const to = (id: string): number => get(buildConnections(junction), id).to_lane
    // Westbound: the bus lane goes on as bus lane; into the north arm the turn at the kerb takes the first lane of cars.
    expect([0, 1, 2].map((lane) => to(`e_through_${lane}`))).toEqual([0, 1, 2])
    junction.movements.find(({ movement }) => movement.id === 'e_right')!.from_lanes = [1]
    expect(to('e_right_1')).toBe(1)
    // Northbound three lanes of cars go into two.
    expect([0, 1, 2].map((lane) => to(`s_through_${lane}`))).toEqual([1, 1, 2])
  })

  test('a path begins and ends on its lanes and bends smoothly', () => {
    const left = get(buildConnections(crossing(1)), 'e_left_1')
    const shape = left.shape_m as Point[]
    // From the east arm, heading west: the pocket is the inner lane, north of the middle; it leaves southwards.
    expect(shape[0]).toEqual([16, 1.75])
    expect(shape.at(-1)).toEqual([-1.75, -16])
    expect(left.length_m).toBeCloseTo(pathLength(shape), 6)
    expect(left.length_m).toBeGreaterThan(Math.hypot(17.75, 17.75))
    expect(left.length_m).toBeLessThan(35.5)
  })

  test('a tight turn is slower than a wide one and no turn is faster than the road', () => {
    const connections = buildConnections(crossing(2))
    const [right, left, through] = [get(connections, 'e_right_0'), get(connections, 'e_left_2'), get(connections, 'e_through_0')]
    expect(right.speed_mps).toBeLessThan(left.speed_mps)
    expect(left.speed_mps).toBeLessThan(through.speed_mps)
    expect(through.speed_mps).toBe(14)
  })

  test('through traffic is led into the lanes that go on at the next junction', () => {
    const junction = crossing(2)
    const wide = link('x', 'w', 4)
    junction.outgoing = junction.outgoing.map((entry) => (entry.link.id === 'xw' ? { ...entry, link: wide } : entry))
    const targets = (): number[] => [0, 1].map((lane) => get(buildConnections(junction), `e_through_${lane}`).to_lane)
    expect(targets()).toEqual([1, 2])
    junction.onward = new Map([['xw', new Set([2, 3])]])
    expect(targets()).toEqual([2, 3])
    junction.onward = new Map([['xw', new Set([0, 1])]])
    expect(targets()).toEqual([0, 1])
  })

  test('more lanes than the next road has merge at the kerb and the kerb lane yields', () => {
    const junction = crossing(3)
    const narrow = link('x', 'w', 2)
    junction.outgoing = junction.outgoing.map((entry) => (entry.link.id === 'xw' ? { ...entry, link: narrow } : entry))
    const connections = buildConnections(junction)
    expect([0, 1, 2].map((lane) => get(connections, `e_through_${lane}`).to_lane)).toEqual([0, 0, 1])
    expect(get(connections, 'e_through_0').yields_to).toContain('e_through_1')
    expect(get(connections, 'e_through_1').yields_to).not.toContain('e_through_0')
  })
})

describe('conflicts', () => {
  test('crossing paths conflict, opposing throughs and opposing lefts do not', () => {
    const connections = buildConnections(crossing(2))
    expect(get(connections, 'e_through_0').conflicts_with).toContain('n_through_0')
    expect(get(connections, 'e_left_2').conflicts_with).toContain('w_through_0')
    expect(get(connections, 'e_through_0').conflicts_with).not.toContain('w_through_0')
    expect(get(connections, 'e_left_2').conflicts_with).not.toContain('w_left_2')
  })

  test('paths from one lane never conflict, paths into one lane always do', () => {
    const connections = buildConnections(crossing(1))
    expect(get(connections, 'e_through_0').conflicts_with).not.toContain('e_right_0')
    expect(get(connections, 'e_right_0').conflicts_with).toContain('s_through_0')
  })

  test('groups conflict that protect crossing paths', () => {
    expect(signalConflicts(buildConnections(crossing(2)))).toEqual([['main', 'side']])
  })
})

describe('right of way', () => {
  test('a permissive left yields to the opposing through and right and waits inside, a through yields to neither', () => {
    const connections = buildConnections(crossing(1))
    const left = get(connections, 'e_left_1')
    expect(left.yields_to).toEqual(expect.arrayContaining(['w_through_0', 'w_right_0']))
    const conflict = crossingDistance(left.shape_m as Point[], get(connections, 'w_through_0').shape_m as Point[]) as number
    expect(left.waiting_m).toBeGreaterThanOrEqual(4)
    expect(left.waiting_m).toBeLessThan(conflict)
    expect(get(connections, 'w_through_0').yields_to).not.toContain('e_left_1')
  })

  test('a right turn yields to the through into its lane, on red to all', () => {
    const junction = crossing(1)
    expect(get(buildConnections(junction), 'e_right_0').yields_to).toEqual(['s_through_0'])
    junction.movements = junction.movements.map((spec) => (spec.movement.turn === 'right' ? { ...spec, turn_on_red: true } : spec))
    const right = get(buildConnections(junction), 'e_right_0')
    expect(right.yields_to.sort()).toEqual([...right.conflicts_with].sort())
    expect(right.conflicts_with).toContain('w_left_1')
  })

  test('without a signal the minor road yields to the major one and never the other way', () => {
    const connections = buildConnections(crossing(1, { control: 'sign', minor: ['n', 's'] }))
    expect(get(connections, 'n_through_0').yields_to).toEqual(expect.arrayContaining(['e_through_0', 'w_through_0', 'e_left_1']))
    expect(get(connections, 'e_through_0').yields_to).toEqual([])
    expect(get(connections, 'e_left_1').yields_to).not.toContain('n_through_0')
  })

  test('among equals the one from the right goes first', () => {
    const connections = buildConnections(crossing(1, { control: 'sign' }))
    // Heading west, the road from the north comes from the right.
    expect(get(connections, 'e_through_0').yields_to).toContain('n_through_0')
    expect(get(connections, 'n_through_0').yields_to).not.toContain('e_through_0')
  })
})

test('driving on the left is the mirror image', () => {
  const mirrorArm: Record<Arm, Arm> = { e: 'w', w: 'e', n: 'n', s: 's' }
  const mirrorTurn: Record<string, string> = { left: 'right', right: 'left', through: 'through' }
  const mirror = (id: string): string => id.replace(/^([enws])_(left|right|through)/, (_, a: Arm, turn: string) => `${mirrorArm[a]}_${mirrorTurn[turn]}`)
  for (const control of ['signal', 'sign'] as const) {
    const right = buildConnections(crossing(2, { control, minor: ['n'] }))
    const left = buildConnections(crossing(2, { control, minor: ['n'], side: 'left' }))
    for (const connection of right) {
      const other = get(left, mirror(connection.id))
      expect(other.length_m).toBeCloseTo(connection.length_m, 6)
      expect(other.to_lane).toBe(connection.to_lane)
      expect([...other.conflicts_with].sort()).toEqual(connection.conflicts_with.map(mirror).sort())
      expect([...other.yields_to].sort()).toEqual(connection.yields_to.map(mirror).sort())
      expect(other.waiting_m).toBe(connection.waiting_m)
    }
  }
})

test('conflicts are symmetric, yielding is part of them, and no two paths from one lane conflict', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.constantFrom('signal', 'sign'), fc.constantFrom('left', 'right'), fc.subarray([...ARMS]), (lanes, control, side, minor) => {
    const connections = buildConnections(crossing(lanes, { control: control as Junction['control'], side: side as Network['driving_side'], minor }))
    for (const connection of connections) {
      for (const id of connection.conflicts_with) {
        const other = get(connections, id)
        expect(other.conflicts_with).toContain(connection.id)
        expect(`${other.movement.slice(0, 2)}${other.from_lane}`).not.toBe(`${connection.movement.slice(0, 2)}${connection.from_lane}`)
        // Somebody yields, and not both, at every conflict without a signal.
        if (control === 'sign') expect(Number(connection.yields_to.includes(id)) + Number(other.yields_to.includes(connection.id))).toBe(1)
      }
      for (const id of connection.yields_to) expect(connection.conflicts_with).toContain(id)
    }
  }), { numRuns: 40 })
})

test('the stop line clears the cross street and stays on a short arm', () => {
  const arms = ARMS.map((a) => ({ outward_rad: outward(a), width_m: a === 'n' || a === 's' ? 20 : 8, most_m: a === 'e' ? 6 : 100 }))
  expect(stopLineSetbacks(arms).map((setback) => Math.round(setback * 10) / 10)).toEqual([6, 9, 15, 9])
})
