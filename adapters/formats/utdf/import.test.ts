import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import { resolveCorridor } from '../../../model/corridor.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { Pattern, RingPattern } from '../../../model/signal.ts'
import { validateDemand } from '../../../model/validate-demand.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { importUtdf } from './import.ts'
import type { UtdfImportOptions } from './import.ts'
import { testCounts, testNetwork } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'utdf-import-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function load(lines: string[], options: UtdfImportOptions = {}): Promise<Awaited<ReturnType<typeof importUtdf>>> {
  const file = join(folder, 'network.csv')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return valid(await importUtdf(file, options))
}

function valid<T extends { scenario: Scenario }>(imported: T): T {
  validateNetwork(imported.scenario.network)
  validateDemand(imported.scenario.network, imported.scenario.demand)
  validateTiming(imported.scenario.network, imported.scenario.timing)
  return imported
}

const patternOf = (scenario: Scenario, id: string): Pattern => scenario.timing.plans[0]?.patterns.find((pattern) => pattern.signal === id) as Pattern
const groupsOf = (scenario: Scenario, connection: string): string =>
  (scenario.network.connections.find(({ id }) => id === connection)?.groups ?? []).map(({ group, right_of_way }) => `${group} ${right_of_way}`).join(', ')
const linkOf = (scenario: Scenario, id: string) => scenario.network.links.find((link) => link.id === id)

function windowsOf(scenario: Scenario, id: string): Record<string, number[][]> {
  const signal = scenario.network.signals.find((candidate) => candidate.id === id)
  if (signal === undefined) throw new Error(`no signal ${id}`)
  return Object.fromEntries(compileSignal(signal, patternOf(scenario, id)).groups.map((group) => [group.id, group.green_windows_s]))
}

const lineOfLink = (lines: string[]): number => lines.findIndex((line) => line.startsWith('Up ID,2'))

describe('a small network of our own', () => {
  test('has its signals, roads in metres and speeds in m/s, and the street as corridor', async () => {
    const { scenario } = await load(testNetwork())
    expect(scenario.network.signals.map(({ id }) => id)).toEqual(['1', '2'])
    expect(scenario.scenario.corridors).toEqual([{ id: 'main-street', name: 'Main Street', intersections: ['1', '2'] }])
    expect(linkOf(scenario, '1-2')?.speed_mps).toBeCloseTo(17.8816, 4)
    const resolved = resolveCorridor(new RoadGraph(scenario.network), scenario.scenario.corridors[0] as never)
    expect(resolved.outbound?.legs[0]?.distance_m).toBeCloseTo(1320 * 0.3048, 1)
    expect(resolved.inbound?.legs[0]?.distance_m).toBeCloseTo(1320 * 0.3048, 1)
  })

  test('counts lanes from the kerb: shared lanes, and the left in a pocket', async () => {
    const { scenario } = await load(testNetwork())
    const lanes = linkOf(scenario, '1-2')?.lanes.map((lane) => Math.round(lane.length_m * 10) / 10)
    expect(lanes?.[2]).toBeCloseTo(200 * 0.3048, 1)
    expect(lanes?.[0]).toBe(lanes?.[1])
    const from = (movement: string): number[] => scenario.network.connections.filter((connection) => connection.movement === movement).map(({ from_lane }) => from_lane)
    expect(from('1_EBL')).toEqual([2])
    expect(from('1_EBT')).toEqual([0, 1])
    expect(from('1_EBR')).toEqual([0])
    expect([from('1_NBL'), from('1_NBT'), from('1_NBR')]).toEqual([[0], [0], [0]])
  })

  test('knows protected, permissive and protected-permissive greens', async () => {
    const { scenario } = await load(testNetwork())
    expect(groupsOf(scenario, '1_EBL_2')).toBe('2 permissive, 5 protected')
    expect(groupsOf(scenario, '1_EBT_0')).toBe('2 protected')
    expect(groupsOf(scenario, '1_NBL_0')).toBe('8 permissive')
    expect(groupsOf(scenario, '1_NBR_0')).toBe('8 protected')
    // Side streets one after the other: nobody comes against the left.
    expect(groupsOf(scenario, '2_NBL_0')).toBe('3 protected')
    expect(groupsOf(scenario, '2_EBL_2')).toBe('5 protected')
  })

  test('takes a left on the phase of its through for permissive where the opposing through shares it', async () => {
    const lines = testNetwork().map((line) => (line.startsWith('Phase1,1,') ? 'Phase1,1,8,8,,4,4,,2,2,,6,6,,,' : line.startsWith('PermPhase1,1,') ? 'PermPhase1,1,,,,,,,,,,,,,,' : line))
    const { scenario } = await load(lines.map((line) => (line.startsWith('MaxGreen,1') ? 'MaxGreen,1,,50,,30,,50,,30' : line)))
    expect(groupsOf(scenario, '1_EBL_2')).toBe('2 permissive')
    expect(groupsOf(scenario, '1_NBL_0')).toBe('8 permissive')
  })

  test('lets lead and lag change only where no permissive turn can be trapped', async () => {
    const { scenario } = await load(testNetwork())
    expect(scenario.network.signals.map(({ sequence_free }) => sequence_free)).toEqual([false, true])
  })

  test('lists conflicts of phases that never run together', async () => {
    const { scenario } = await load(testNetwork())
    const pairs = scenario.network.signals[0]?.conflicts.map((pair) => pair.join('-'))
    expect(pairs).toEqual(['1-2', '1-4', '1-8', '2-4', '2-8', '4-5', '4-6', '5-6', '5-8', '6-8'])
  })

  test('reads offsets from the last reference phase to start', async () => {
    const { scenario } = await load(testNetwork())
    expect(patternOf(scenario, '1')).toMatchObject({ cycle_s: 90, offset_s: 12, offset_reference: 'begin_of_green', coordinated: ['2', '6'] })
    // Phase 2 starts 15 s after the sequence, phase 6 at 17 s: local zero is there.
    expect(windowsOf(scenario, '1')).toMatchObject({ 6: [[0, 33]], 2: [[88, 123]], 1: [[73, 83]], 5: [[73, 85]] })
  })

  test.each([[3, 'first_green', 12], [1, 'begin_of_yellow', 12], [2, 'begin_of_red', 11]])('reads "Referenced To" %i as %s', async (code, reference, offset) => {
    const { scenario } = await load(testNetwork().map((line) => (line === 'Referenced To,1,0' ? `Referenced To,1,${code}` : line)))
    // Code 2 speaks of the end of the split, 1 s of all-red after the reference point of ours.
    expect(patternOf(scenario, '1')).toMatchObject({ offset_s: offset, offset_reference: reference })
  })

  test('closes rings and cycle where the greens do not add up, and says so', async () => {
    const { scenario, notes } = await load(testNetwork().map((line) => (line.startsWith('MaxGreen,1') ? 'MaxGreen,1,10,33,,30,12,33,,30' : line.startsWith('Cycle Length,1') ? 'Cycle Length,1,93' : line)))
    const rings = (patternOf(scenario, '1') as RingPattern).barriers.map((barrier) => barrier.rings.map((ring) => ring.map(({ phase, split_s }) => [phase, split_s])))
    expect(rings).toEqual([[[['1', 15], ['2', 43]], [['5', 17], ['6', 41]]], [[['4', 35]], [['8', 35]]]])
    expect(notes.filter(({ kind }) => kind === 'corrected').map(({ message }) => message)).toEqual([
      'ring 1 of signal 1 reaches its barrier 2 s early; phase 2 is extended',
      'the splits of signal 1 add up to 90 s, its cycle is 93 s; the coordinated phases are extended',
    ])
  })

  test('takes splits from start and end where the file has them', async () => {
    const lines = testNetwork()
    lines.push('Start,2,0,14,50,67,0,16,,', 'End,2,14,50,67,0,16,50,,')
    const { scenario } = await load(lines)
    const rings = (patternOf(scenario, '2') as RingPattern).barriers.map((barrier) => barrier.rings.map((ring) => ring.map(({ split_s }) => split_s)))
    expect(rings).toEqual([[[14, 36], [16, 34]], [[17, 23], []]])
  })

  test('shortens splits that exceed the cycle, never below the minimums', async () => {
    const { scenario } = await load(testNetwork().map((line) => (line.startsWith('Cycle Length,1') ? 'Cycle Length,1,45' : line)))
    const pattern = patternOf(scenario, '1') as RingPattern
    const total = pattern.barriers.reduce((sum, { rings }) => sum + Math.max(...rings.map((ring) => ring.reduce((s, { split_s }) => s + split_s, 0))), 0)
    expect(total).toBeCloseTo(45, 6)
    for (const { phase, split_s } of pattern.barriers.flatMap(({ rings }) => rings.flat())) {
      const group = scenario.network.signals[0]?.groups.find(({ id }) => id === phase)
      expect(split_s).toBeGreaterThanOrEqual((group?.min_green_s ?? 0) + 5 - 1e-9)
    }
  })

  test('reads metres and km/h where the file says so', async () => {
    const { scenario } = await load(testNetwork().map((line) => (line === 'Metric,0' ? 'Metric,1' : line)))
    expect(linkOf(scenario, '1-2')?.speed_mps).toBeCloseTo(40 / 3.6, 6)
  })

  test('does without [Nodes] and [Links]: distances and compass directions place the nodes', async () => {
    const lines = testNetwork()
    const bare = [...lines.slice(0, lines.indexOf('[Nodes]')), ...lines.slice(lines.indexOf('[Lanes]'))]
    const { scenario, notes } = await load(bare)
    const at = (id: string): number[] => { const node = scenario.network.nodes.find((candidate) => candidate.id === id); return [node?.x_m ?? 0, node?.y_m ?? 0] }
    expect((at('2')[0] as number) - (at('1')[0] as number)).toBeCloseTo(402.34, 1)
    expect(at('2')[1]).toBe(at('1')[1])
    expect(scenario.scenario.corridors[0]?.intersections).toEqual(['1', '2'])
    expect(notes.some(({ message }) => message.includes('no [Nodes] section'))).toBe(true)
  })

  test('has no link where a street is one-way', async () => {
    const closed: Record<string, string> = {
      Lanes: 'Lanes,2,,,,,1,,1,2,,1,2,,,', Shared: 'Shared,2,,,,,3,,0,2,,0,2,,,', Volume: 'Volume,2,,,,50,70,30,80,720,40,240,650,50,,', MaxGreen: 'MaxGreen,2,9,31,,35,11,29,,',
    }
    const lines = testNetwork().map((line) => (line.split(',')[1] === '2' ? closed[line.split(',')[0] as string] ?? line : line))
    lines.splice(lineOfLink(lines) + 1, 0, 'Lanes,2,0,1,3,3')
    const { scenario } = await load(lines)
    expect(linkOf(scenario, '14-2')).toBeUndefined()
    expect(linkOf(scenario, '2-14')).toBeDefined()
  })

  test('joins the nodes of one controller in one signal', async () => {
    const lines = testNetwork()
    const own = lines.filter((line, i) => i < lines.indexOf('[Timeplans]') || !/^[A-Za-z0-9 ]+,2,/.test(line)).map((line) => (line === 'Node 1,1,0' ? 'Node 1,1,2' : line))
    const { scenario } = await load(own.map((line) => (line.startsWith('Phase1,2') ? 'Phase1,2,8,8,,4,4,,5,2,,1,6,,,' : line)))
    expect(scenario.network.signals.map(({ id, nodes }) => [id, nodes])).toEqual([['1', ['1', '2']]])
  })

  test('lists what it does not use', async () => {
    const { notes } = await load([...testNetwork().slice(0, 6), '[Scenario Art]', 'Colour,blue', ...testNetwork().slice(6)])
    const said = notes.map(({ kind, message, place }) => `${kind}: ${place.element ?? ''} ${message}`)
    expect(said).toEqual(expect.arrayContaining([
      expect.stringContaining('not-understood: section [lanes] records not used: Detect Whim'),
      expect.stringContaining('not-understood: section [Scenario Art]'),
      expect.stringContaining('control type 3 (actuated-coordinated) is simulated with the settings of the file'),
    ]))
  })

  test('turns counts into veh/h per interval and finds out which site is which', async () => {
    const counts = join(folder, 'counts.csv')
    writeFileSync(counts, `${testCounts().join('\n')}\n`)
    const { scenario, notes } = await load(testNetwork(), { counts })
    expect(scenario.demand.intervals).toEqual([{ id: '17:00', start_s: 61200, end_s: 62100 }, { id: '17:15', start_s: 62100, end_s: 63000 }])
    expect(scenario.scenario.periods.map(({ id }) => id)).toEqual(['17:00', '17:15'])
    const volume = (movement: string) => scenario.demand.volumes.find((entry) => entry.movement === movement)?.volume_vph
    expect(volume('1_EBT')).toEqual([700, 700])
    expect(volume('2_EBT')).toEqual([760, 760])
    expect(volume('2_WBL')).toEqual([240, 240])
    expect(notes.some(({ message }) => message.includes('West = 1, East = 2'))).toBe(true)
    expect(notes.some(({ message }) => message.includes('4 rows with 160 vehicles'))).toBe(true)
    expect(notes.filter(({ message }) => message.includes('WBU 2')).length).toBe(2)
    expect(scenario.network.signals.map(({ name }) => name)).toEqual(['First Ave & Main Street', 'Main Street & Second Ave'])
  })
})

const shallowford = sharedData('shallowford/Synchro_signal.csv')
describe.skipIf(shallowford === undefined)(`Shallowford Road${sharedDataNote}`, () => {
  test('imports as six signals over 816 m with a cycle of 100 s, one of 118 s', async () => {
    const { scenario } = valid(await importUtdf(shallowford as string, { counts: sharedData('shallowford/turning_counts_15min_2023-07-11.csv') as string }))
    const corridor = scenario.scenario.corridors[0]
    expect(corridor).toMatchObject({ id: 'shallowford-rd', intersections: ['4', '8', '11', '22', '19', '16'] })
    const resolved = resolveCorridor(new RoadGraph(scenario.network), corridor as never)
    for (const direction of [resolved.outbound, resolved.inbound]) {
      expect(direction?.legs.reduce((sum, leg) => sum + leg.distance_m, 0)).toBeCloseTo(816.25, 1)
    }
    expect(Object.fromEntries(scenario.timing.plans[0]?.patterns.map((pattern) => [pattern.signal, pattern.cycle_s]) ?? [])).toEqual({ 4: 100, 8: 100, 11: 100, 16: 100, 19: 100, 22: 118 })
    // 11 + 51 + 38 s: lefts, street, side street.
    expect((patternOf(scenario, '4') as RingPattern).barriers).toEqual([
      { rings: [[{ phase: '1', split_s: 11 }, { phase: '2', split_s: 51 }], [{ phase: '5', split_s: 11 }, { phase: '6', split_s: 51 }]] },
      { rings: [[{ phase: '4', split_s: 38 }], [{ phase: '8', split_s: 38 }]] },
    ])
  })

  test('knows each site of the counts by its traffic', async () => {
    const { scenario, notes } = await importUtdf(shallowford as string, { counts: sharedData('shallowford/turning_counts_15min_2023-07-11.csv') as string })
    expect(notes.find(({ message }) => message.startsWith('sites of the counts'))?.message).toContain('Amin = 4, Gunbarrel = 16, I75N = 11, I75S = 8, Lifestyle = 19, Napier = 22')
    expect(scenario.demand.intervals).toHaveLength(96)
    const evening = scenario.demand.intervals.findIndex(({ id }) => id === '17:00')
    // 223 vehicles straight on eastwards at Amin in the quarter hour from 17:00.
    expect(scenario.demand.volumes.find(({ movement }) => movement === '4_EBT')?.volume_vph[evening]).toBe(892)
  })
})

const bullhead = sharedData('bullhead/UTDF.csv')
describe.skipIf(bullhead === undefined)(`Bullhead City${sharedDataNote}`, () => {
  test('imports as eight signals, each green where the file says it starts', async () => {
    const { scenario } = valid(await importUtdf(bullhead as string))
    expect(scenario.scenario.corridors).toMatchObject([{ id: 'sr-95', intersections: ['87', '98', '84', '82', '80', '78', '75', '39'] }])
    // Start and End of the phases of 39: 3 from 6.6 s, 4 from 18.6 s, 8 from 18.5 s, in master time with offset 54.5 s.
    const start = (id: string, group: string): number => {
      const pattern = patternOf(scenario, id)
      return Math.round((((windowsOf(scenario, id)[group]?.[0]?.[0] ?? Number.NaN) + pattern.offset_s) % pattern.cycle_s) * 10) / 10
    }
    expect(['1', '2', '3', '4', '8'].map((group) => start('39', group))).toEqual([42.5, 54.5, 6.6, 18.6, 18.5])
    expect(['2', '4', '5', '6'].map((group) => start('98', group))).toEqual([50, 26.2, 50, 0])
  })
})

const tempe = sharedData('tempe/UTDF.csv')
describe.skipIf(tempe === undefined)(`Tempe${sharedDataNote}`, () => {
  test('imports every controller and finds arterials that connect', async () => {
    const { scenario } = valid(await importUtdf(tempe as string))
    expect(scenario.network.signals).toHaveLength(227)
    const graph = new RoadGraph(scenario.network)
    expect(scenario.scenario.corridors.length).toBeGreaterThan(10)
    for (const corridor of scenario.scenario.corridors) expect(() => resolveCorridor(graph, corridor)).not.toThrow()
  })
})
