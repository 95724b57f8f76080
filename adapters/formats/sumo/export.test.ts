import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import type { Link } from '../../../model/network.ts'
import { additionalWith, importStreet, streetWith } from './fixtures/street.ts'
import { laneJoins, partsOf } from './edge-parts.ts'
import { exportSumoAdditional, exportSumoPatterns } from './export-additional.ts'
import { exportSumoNetwork } from './export-network.ts'
import { exportSumoRoutes } from './export-routes.ts'
import { importSumo } from './import-sumo.ts'

const { scenario } = await importStreet()
const { network, timing } = scenario
const patterns = timing.plans[0]?.patterns ?? []

describe('the additional file', () => {
  it('comes back as the same programs', async () => {
    const text = exportSumoPatterns(network, patterns.map((pattern) => ({ ...pattern, offset_s: 12.5 })), 'again')
    const { scenario: again } = await importStreet({ additional: [additionalWith(text.replace(/<\?xml.*\?>/, '').replaceAll(/<\/?additional>/g, ''))] })
    const states = (from: typeof scenario, offset: number) => (from.timing.plans[0]?.patterns ?? []).map((pattern) => {
      const signal = from.network.signals.find(({ id }) => id === pattern.signal) ?? expect.fail('no signal')
      return compileSignal(signal, { ...pattern, offset_s: offset }).groups.map(({ green_windows_s }) => JSON.stringify(green_windows_s)).sort()
    })
    expect(states(again, 0)).toEqual(states(scenario, 0))
    expect(again.timing.plans[0]?.patterns.map(({ offset_s }) => offset_s)).toEqual([12.5, 12.5])
  })

  it('covers every link index of a signal', () => {
    const text = exportSumoPatterns(network, patterns)
    const states = [...text.matchAll(/<tlLogic id="(\w+)"[\s\S]*?<\/tlLogic>/g)].map(([body, id]) => [id, new Set([...body.matchAll(/state="(\w+)"/g)].map(([, state]) => state?.length))])
    expect(Object.fromEntries(states)).toEqual({ A: new Set([14]), B: new Set([18]) })
  })

  it('writes a plan from its compiled windows alone', () => {
    const signal = network.signals.find(({ id }) => id === 'A') ?? expect.fail('no signal A')
    const pattern = patterns.find((one) => one.signal === 'A') ?? expect.fail('no pattern of A')
    const compiled = compileSignal(signal, pattern)
    const groups = compiled.groups.map((group) => ({ ...group, green_windows_s: group.green_windows_s.slice(0, 0) }))
    const text = exportSumoAdditional({ network }, { intersections: [{ ...pattern, id: 'A', source_id: 'A', signal_groups: groups }] })
    expect(text).toContain(`<phase duration="90" state="${'r'.repeat(14)}"/>`)
    expect(text).not.toContain('id="B"')
  })

  it('shows the green arrow of a turn on red while red', async () => {
    const { scenario: arrow } = await importSumo(streetWith('state="rrrGGGgrrrGGGg"', 'state="srrGGGgrrrGGGg"'))
    const text = exportSumoPatterns(arrow.network, arrow.timing.plans[0]?.patterns ?? [])
    expect(text).toContain('state="srrGGGgrrrGGGg"')
    expect(text).toContain('state="GGgrrrrGGgrrrr"')
  })
})

const pocketLink = (...lengths: number[]): Link => ({
  id: 'l', source_id: 'l', from: 'a', to: 'b', length_m: 200, speed_mps: 10,
  lanes: lengths.map((length_m, index) => ({ index, width_m: 3.2, speed_mps: 10, length_m })),
})

describe('a link with turn pockets', () => {
  it('becomes edges in a row, the plain name at the stop line', () => {
    expect(partsOf(pocketLink(200, 200, 60), 'x')).toEqual([
      { edge: 'x.part1', start_m: 0, end_m: 140, lanes: [0, 1] },
      { edge: 'x', start_m: 140, end_m: 200, lanes: [0, 1, 2] },
    ])
    expect(partsOf(pocketLink(40, 200, 80), 'x').map(({ lanes }) => lanes)).toEqual([[1], [1, 2], [0, 1, 2]])
  })
  it('lets its pockets be entered from the lane beside them', () => {
    const [before, after] = partsOf(pocketLink(40, 200, 40), 'x')
    if (before === undefined || after === undefined) return expect.fail('the link was not split')
    expect(laneJoins(before, after)).toEqual([[0, 0], [0, 1], [0, 2]])
  })
  it('stays whole where no lane runs through', () => {
    expect(partsOf(pocketLink(100, 150), 'x')).toHaveLength(1)
  })
})

describe('the plain network', () => {
  it('numbers the links of each signal without gaps and replaces letters that SUMO refuses', () => {
    const odd = { ...network, links: network.links.map((link) => (link.id === 'A-M' ? { ...link, id: 'A>M 1' } : link)), movements: network.movements.map((movement) => ({ ...movement, from: movement.from === 'A-M' ? 'A>M 1' : movement.from, to: movement.to === 'A-M' ? 'A>M 1' : movement.to })) }
    const { files, network: indexed } = exportSumoNetwork(odd, { patterns })
    expect(files.edg).toContain('<edge id="A_M_1"')
    const indices = indexed.connections.flatMap(({ source }) => (source?.traffic_light === 'A' ? [source.link_index] : []))
    expect(indices.sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => i))
  })
})

describe('the route file', () => {
  it('sorts trips, and starts and ends them in the right part of a split link', () => {
    const split = { ...network, links: network.links.map((link) => (link.id === 'W-A' ? { ...link, lanes: link.lanes.map((lane, i) => (i === 2 ? { ...lane, length_m: 50 } : lane)) } : link)) }
    const { edges } = exportSumoNetwork(split)
    const index = (id: string): number => split.links.findIndex((link) => link.id === id)
    const length = split.links[index('W-A')]?.length_m ?? 0
    const type = { id: 'car', vehicle_class: 'passenger', length_m: 5, min_gap_m: 2.5, accel_mps2: 2.6, decel_mps2: 4.5, max_speed_mps: 50, speed_factor: 1, speed_deviation: 0.1, headway_s: 1, sigma: 0.5, share: 1 }
    const text = exportSumoRoutes(split, [
      { depart_s: 9, links: [index('W-A'), index('A-M')], type: 0, depart_speed_mps: 0, depart_lane: 'first' },
      { depart_s: 4, links: [index('W-A'), index('A-M')], type: 0, depart_position_m: length - 20, arrive_position_m: 70 },
    ], [type], { edges })
    expect([...text.matchAll(/edges="([^"]*)"/g)].map(([, list]) => list)).toEqual(['W-A A-M', 'W-A.part1 W-A A-M'])
    expect(text).toContain('depart="9" departLane="first" departSpeed="0"')
    expect(text).toContain('depart="4" departLane="best" departSpeed="max" departPos="30" arrivalPos="70"')
  })
})
