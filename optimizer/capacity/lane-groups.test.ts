import { describe, expect, it } from 'vitest'
import type { Connection, MovementId } from '../../model/network.ts'
import { compileSignal } from '../../model/compile.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { arterial, type ArterialOptions } from '../testing/arterial.ts'
import { isolatedDelay, laneGroupState, listLaneGroups, permissiveSaturation } from './index.ts'

/** The arterial's first signal, with changes to its network before lane groups are made. */
function first(options: ArterialOptions, change: (street: ReturnType<typeof arterial>) => void = () => {}): { street: ReturnType<typeof arterial>; groups: Map<MovementId, ReturnType<typeof listLaneGroups>[number]> } {
  const street = arterial(options)
  change(street)
  const graph = new RoadGraph(street.graph.network)
  const groups = listLaneGroups(graph, 'S1', street.volumes)
  return { street: { ...street, graph }, groups: new Map(groups.flatMap((group) => group.movements.map((id) => [id, group] as const))) }
}

const connectionsOf = (street: ReturnType<typeof arterial>, movement: string): Connection[] => street.graph.network.connections.filter((connection) => connection.movement === movement)

describe('listLaneGroups', () => {
  it('puts a light right turn with the throughs whose lane it shares, and the left alone', () => {
    const { groups } = first({ main: 700, turns: 60 })
    expect(groups.get('S1.Et')).toBe(groups.get('S1.Er'))
    expect(groups.get('S1.Et')?.volume_vph).toBe(760)
    expect(groups.get('S1.Et')?.lanes).toEqual([0, 1])
    // Two lanes of 1900 * 0.952, a right turn counting 1.18 cars.
    expect(groups.get('S1.Et')?.saturation_vph).toBeCloseTo((2 * 1900 * 0.952 * 760) / (700 + 60 * 1.18), 6)
    expect(groups.get('S1.El')?.movements).toEqual(['S1.El'])
    expect(groups.get('S1.El')?.saturation_vph).toBeCloseTo(1900 / 1.05, 6)
  })

  it('gives a heavy right turn its lane alone, as drivers would', () => {
    const { groups } = first({ main: 300, turns: 500 })
    expect(groups.get('S1.Er')?.movements).toEqual(['S1.Er'])
    expect(groups.get('S1.Er')?.lanes).toEqual([0])
    expect(groups.get('S1.Et')?.lanes).toEqual([1])
  })

  it('takes the saturation flow of the source where there is one', () => {
    const { groups } = first({}, (street) => { for (const movement of street.graph.network.movements) if (movement.id === 'S1.Et') movement.saturation_flow_vph = 3500 })
    expect(groups.get('S1.Et')?.saturation_vph).toBeCloseTo(3500, 6)
  })

  it('knows whom a permissive left waits for, and that cross traffic is not it', () => {
    const { groups } = first({ lefts: 'both', side: 150 }, (street) => {
      for (const connection of connectionsOf(street, 'S1.Sl')) connection.yields_to.push(...connectionsOf(street, 'S1.Et').map(({ id }) => id))
    })
    expect(groups.get('S1.Sl')?.opposing).toEqual({ volume_vph: 150, flow_ratio: expect.closeTo(groups.get('S1.Nt')!.volume_vph / groups.get('S1.Nt')!.saturation_vph, 9), groups: ['8'] })
    expect(groups.get('S1.El')?.opposing?.volume_vph).toBe(700)
    expect(groups.get('S1.El')?.protected).toEqual(['5'])
    expect(groups.get('S1.Et')?.opposing).toBeUndefined()
  })

  it('makes every kind of green in a shared lane able to pass the whole lane, since the first in line holds up the rest', () => {
    const { groups } = first({ lefts: 'protected', turns: 100 }, (street) => {
      for (const connection of connectionsOf(street, 'S1.El')) connection.from_lane = 1
    })
    const [through, left] = [groups.get('S1.Et')!, groups.get('S1.El')!]
    expect(through.protected).toEqual(['2'])
    expect(left.protected).toEqual(['5'])
    expect(left.opposing).toBeUndefined()
    const ratio = (700 + 100 * 1.18 + 100 * 1.05) / (2 * 1900 * 0.952)
    expect(through.volume_vph / through.saturation_vph).toBeCloseTo(ratio, 9)
    expect(left.volume_vph / left.saturation_vph).toBeCloseTo(ratio, 9)
  })

  it('lets a kind of green that hardly anybody waits for stand alone', () => {
    const { groups } = first({ lefts: 'protected', turns: 20 }, (street) => {
      for (const connection of connectionsOf(street, 'S1.El')) connection.from_lane = 1
    })
    expect(groups.get('S1.El')?.saturation_vph).toBeCloseTo((1900 * 0.952) / 1.05, 6)
  })

  it('counts a left in a shared lane by the gaps it needs', () => {
    const { groups } = first({ lefts: 'permissive', turns: 100 }, (street) => {
      for (const connection of connectionsOf(street, 'S1.El')) connection.from_lane = 1
    })
    const shared = groups.get('S1.El')
    expect(shared).toBe(groups.get('S1.Et'))
    const weight = 1900 / permissiveSaturation(700)
    expect(shared?.saturation_vph).toBeCloseTo((2 * 1900 * 0.952 * 900) / (700 + 100 * 1.18 + 100 * weight), 0)
  })

  it('credits turns on red from a lane of their own beside a protected left, and no others', () => {
    const alone = (street: ReturnType<typeof arterial>): void => {
      for (const heading of ['S1.Nt', 'S1.Nr']) for (const connection of connectionsOf(street, heading)) {
        if (heading === 'S1.Nr') connection.turn_on_red = true
        else connection.from_lane = 1
      }
    }
    const { groups } = first({ turns: 30, side_turns: 80 }, alone)
    // Northbound rights pass while the westbound left (30 veh/h) holds the eastbound stream.
    expect(groups.get('S1.Nr')?.volume_vph).toBe(50)
    const shared = first({ turns: 30, side_turns: 80 }, (street) => { for (const connection of connectionsOf(street, 'S1.Nr')) connection.turn_on_red = true })
    expect(shared.groups.get('S1.Nr')?.volume_vph).toBe(150 + 80)
  })
})

describe('laneGroupState', () => {
  it('counts protected green, unblocked permissive green and sneakers', () => {
    const { street, groups } = first({ lefts: 'both', cycle_s: 100 })
    const compiled = compileSignal(street.graph.getSignal('S1'), street.running.get('S1')!)
    const left = groups.get('S1.El')!
    const state = laneGroupState(compiled, left)
    // Split 12 s less 4.7 s; through green 62 - 5.3 s, of which the opposing queue blocks y (C - g) / (1 - y).
    const y = left.opposing!.flow_ratio
    expect(state.protected_s).toBeCloseTo(7.3, 6)
    expect(state.unblocked_s).toBeCloseTo(56.7 - (y * (100 - 56.7)) / (1 - y), 6)
    expect(state.capacity_vph).toBeCloseTo((7.3 * left.saturation_vph + state.unblocked_s * permissiveSaturation(700) + 7200) / 100, 6)
    expect(isolatedDelay(100, left, state)).toBeGreaterThan(0)
    expect(state.saturation).toBeCloseTo(60 / state.capacity_vph, 9)
  })
})
