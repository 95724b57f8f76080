import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Scenario, TimingPlan } from '../../../model/scenario.ts'
import type { Pattern, Signal, StagePattern } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { exportUtdf } from './export.ts'
import { importUtdf } from './import.ts'
import { testNetwork } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'utdf-export-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function read(text: string): Promise<Scenario> {
  const file = join(folder, 'network.csv')
  writeFileSync(file, text)
  return (await importUtdf(file)).scenario
}

const running = (scenario: Scenario): TimingPlan => scenario.timing.plans[0] as TimingPlan
const byId = (patterns: Pattern[]): Pattern[] => [...patterns].sort((a, b) => (a.signal < b.signal ? -1 : 1))

/** Greens of every group in master time, which must survive whatever the offset speaks of. */
function masterGreens(signal: Signal, pattern: Pattern): Record<string, number[][]> {
  const compiled = compileSignal(signal, pattern)
  return Object.fromEntries(compiled.groups.map((group) => [group.id, group.green_windows_s.map(([start, end]) => [Math.round(modulo(start + compiled.offset_s, compiled.cycle_s) * 100) / 100, Math.round((end - start) * 100) / 100])]))
}

function expectSameRoads(a: Scenario, b: Scenario): void {
  const paths = (scenario: Scenario): string[] => scenario.network.connections.map(({ id, to_lane, groups }) => `${id} ${to_lane} ${JSON.stringify(groups)}`).sort()
  expect(paths(b)).toEqual(paths(a))
  const lengths = new Map(b.network.links.map((link) => [link.id, link.length_m]))
  for (const link of a.network.links) expect(Math.abs(link.length_m - (lengths.get(link.id) ?? Number.NaN))).toBeLessThan(0.05)
}

describe('what is exported reads back', () => {
  test('as the same patterns, paths, lengths and volumes', async () => {
    const first = await read(`${testNetwork().join('\n')}\n`)
    const second = await read(exportUtdf(first, running(first)))
    expect(byId(running(second).patterns)).toEqual(byId(running(first).patterns))
    expectSameRoads(first, second)
    expect(second.demand.volumes).toEqual(first.demand.volumes)
    expect(second.scenario.corridors).toEqual(first.scenario.corridors)
  })

  test.each(['begin_of_green', 'first_green', 'begin_of_yellow', 'begin_of_red', 'begin_of_clearance', 'sequence_start'] as const)('with the same greens when the offset speaks of %s', async (offset_reference) => {
    const scenario = await read(`${testNetwork().join('\n')}\n`)
    const plan: TimingPlan = { id: 'other', patterns: running(scenario).patterns.map((pattern): Pattern => ({ ...pattern, offset_reference, offset_s: 27 })) }
    const back = await read(exportUtdf(scenario, plan))
    for (const pattern of plan.patterns) {
      const signal = scenario.network.signals.find(({ id }) => id === pattern.signal) as Signal
      const returned = running(back).patterns.find((other) => other.signal === pattern.signal) as Pattern
      expect(masterGreens(signal, returned)).toEqual(masterGreens(signal, pattern))
    }
  })

  test('signals that the plan does not name keep their pattern', async () => {
    const scenario = await read(`${testNetwork().join('\n')}\n`)
    const changed: Pattern = { ...(running(scenario).patterns[0] as Pattern), offset_s: 33 }
    const back = await read(exportUtdf(scenario, { id: 'part', patterns: [changed] }))
    expect(running(back).patterns.map(({ signal, offset_s }) => [signal, offset_s])).toEqual([['1', 33], ['2', 40]])
  })

  test('with stop and free approaches where there is no signal', async () => {
    const lines = testNetwork()
    const own = lines.filter((line, i) => i < lines.indexOf('[Timeplans]') || !/^[A-Za-z0-9 ]+,2,/.test(line))
      .map((line) => (line.startsWith('2,0,') ? '2,3,1320,0,0,' : line.startsWith('PermPhase1,2') ? 'Peds,2,,,,,,,,,,,,,,' : line.startsWith('Phase1,2') ? 'SignControl,2,,1,,,1,,,0,,,0,,,' : line))
    const first = await read(`${own.join('\n')}\n`)
    expect(first.network.nodes.find(({ id }) => id === '2')?.kind).toBe('priority')
    const yields = (scenario: Scenario): string[] => scenario.network.connections.map(({ id, yields_to }) => `${id}: ${[...yields_to].sort().join(' ')}`).sort()
    const second = await read(exportUtdf(first, running(first)))
    expect(yields(second)).toEqual(yields(first))
    expect(first.network.connections.find(({ id }) => id === '2_NBT_0')?.yields_to).toContain('2_EBT_0')
    expect(first.network.connections.find(({ id }) => id === '2_EBT_0')?.yields_to).not.toContain('2_NBT_0')
  })
})

describe('a stage plan', () => {
  const stages = (signal: string, changes: number): StagePattern => ({
    kind: 'stages', signal, cycle_s: 60, offset_s: 7, offset_reference: 'begin_of_green', coordinated: ['2', '6'],
    stages: [
      { id: 'a', kind: 'stage', green: ['2', '6'], duration_s: 30 }, { id: 'ab', kind: 'interstage', green: [], duration_s: changes },
      { id: 'b', kind: 'stage', green: ['4', '8'], duration_s: 20 }, { id: 'ba', kind: 'interstage', green: [], duration_s: 10 - changes },
    ],
  })

  test('is written as phases where that is exact', async () => {
    const scenario = await read(`${testNetwork().join('\n')}\n`)
    const pattern = stages('1', 5)
    const back = await read(exportUtdf(scenario, { id: 'stages', patterns: [pattern] }).replaceAll('\r', ''))
    const signal = scenario.network.signals[0] as Signal
    const greens = masterGreens(signal, pattern)
    const returned = masterGreens(back.network.signals[0] as Signal, running(back).patterns[0] as Pattern)
    expect([returned[1], returned[2]]).toEqual([greens[2], greens[4]])
  })

  test('is refused in one sentence where it is not', async () => {
    const scenario = await read(`${testNetwork().join('\n')}\n`)
    expect(() => exportUtdf(scenario, { id: 'stages', patterns: [stages('1', 2)] })).toThrow(GreenwaveError)
    expect(() => exportUtdf(scenario, { id: 'stages', patterns: [stages('1', 2)] })).toThrow(/stage a is followed by 2 s without green, its yellow is 4 s/)
  })
})

describe.each(['shallowford/Synchro_signal.csv', 'bullhead/UTDF.csv', 'tempe/UTDF.csv'])(`%s${sharedDataNote}`, (name) => {
  const file = sharedData(name)
  test.skipIf(file === undefined)('goes out and comes back with the same patterns and lengths', async () => {
    const { scenario } = await importUtdf(file as string)
    const back = await read(exportUtdf(scenario, running(scenario)))
    expect(byId(running(back).patterns)).toEqual(byId(running(scenario).patterns))
    const lengths = new Map(back.network.links.map((link) => [link.id, link.length_m]))
    for (const link of scenario.network.links) expect(Math.abs(link.length_m - (lengths.get(link.id) ?? Number.NaN))).toBeLessThan(0.05)
    expect(back.network.connections).toHaveLength(scenario.network.connections.length)
  })
})
