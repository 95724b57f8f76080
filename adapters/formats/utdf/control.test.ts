import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignalControl } from '../../../model/control.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { importUtdf } from './import.ts'
import { testNetwork } from './test-network.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'utdf-control-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Adds records after a record of one intersection. */
function withRecords(after: string, records: string[]): string[] {
  return testNetwork().flatMap((line) => (line.startsWith(after) ? [line, ...records] : [line]))
}

async function controlOf(lines: string[], signal = '1'): Promise<SignalControl | undefined> {
  const file = join(folder, 'network.csv')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const { scenario } = await importUtdf(file)
  validateTiming(scenario.network, scenario.timing)
  return scenario.timing.control?.find((control) => control.signal === signal)
}

describe('control settings of a UTDF file', () => {
  it('are those of an actuated-coordinated signal', async () => {
    const control = await controlOf(testNetwork())
    expect(control).toMatchObject({ type: 'coordinated', coordination: { force_off: 'fixed' } })
    expect(control?.phases?.find(({ phase }) => phase === '4')).toEqual({ phase: '4', max_green_s: 30, passage_s: 3, recall: 'max' })
  })

  it('are absent where the signal is pretimed, and free where it is actuated without coordination', async () => {
    expect(await controlOf(testNetwork().map((line) => (line === 'Control Type,1,3' ? 'Control Type,1,0' : line)))).toBeUndefined()
    expect((await controlOf(testNetwork().map((line) => (line === 'Control Type,1,3' ? 'Control Type,1,1' : line))))?.type).toBe('actuated')
  })

  it('hold gap reduction, recalls, dual entry, pedestrian calls and floating force-offs', async () => {
    const control = await controlOf(withRecords('DontWalk,1', [
      'TimeBeforeReduce,1,0,10,0,10,0,10,0,10', 'TimeToReduce,1,0,8,0,8,0,8,0,8', 'MinGap,1,3,2,3,2,3,2,3,2', 'PedCalls,1,,0,,12,,0,,0', 'DualEntry,1,0,1,0,1,0,1,0,0', 'InhibitMax,1,0,0,0,0,0,0,0,0',
    ]).map((line) => (line.startsWith('Recall,1,') ? 'Recall,1,0,4,,1,0,2,,3' : line.startsWith('Walk,1,') ? 'Walk,1,,7,,7,,7,,7' : line.startsWith('DontWalk,1,') ? 'DontWalk,1,,11,,13,,11,,13' : line)))
    expect(control?.coordination).toEqual({ force_off: 'floating' })
    expect(control?.pedestrians).toEqual([{ phase: '4', volume_ph: 12 }])
    const of = (phase: string) => control?.phases?.find((settings) => settings.phase === phase)
    expect(of('2')).toMatchObject({ recall: 'min', rest_in_walk: true, dual_entry: true, gap_reduction: { before_s: 10, reduce_s: 8, min_gap_s: 2 } })
    expect(of('1')).toMatchObject({ recall: 'none', dual_entry: false })
    expect(of('1')).not.toHaveProperty('gap_reduction')
    expect([of('4')?.recall, of('6')?.recall, of('8')?.recall]).toEqual(['min', 'ped', 'max'])
  })

  it('hold the detectors lane by lane, in metres from the stop line, with the phases they call', async () => {
    const control = await controlOf(withRecords('Detect Whim,1', [
      'DetectPhase1,1,,,,,4,,5,2,,,,,,', 'numDetects,1,,,,,1,,1,2,,,,,,', 'DetectPos1,1,,,,,0,,-5,0,,,,,,', 'DetectSize1,1,,,,,40,,25,6,,,,,,', 'DetectType1,1,,,,,3,,1,2,,,,,,',
      'DetectDelay1,1,,,,,8,,,,,,,,,', 'DetectPos2,1,,,,,,,,94,,,,,,', 'DetectSize2,1,,,,,,,,6,,,,,,', 'DetectExtend2,1,,,,,,,,1.5,,,,,,',
    ]))
    const of = (id: string) => control?.detectors?.filter((detector) => detector.id === id)
    expect(of('1 SBT 1')).toEqual([{ id: '1 SBT 1', link: '13-1', lane: 0, position_m: 0, length_m: 12.19, calls: ['4'], extends: ['4'], delay_s: 8 }])
    // Five feet lie beyond the stop line.
    expect(of('1 EBL 1')).toMatchObject([{ link: '10-1', position_m: 0, length_m: 6.1, calls: ['5'], extends: [] }])
    expect(of('1 EBT 1')).toMatchObject([{ lane: 0, calls: [], extends: ['2'] }, { lane: 1, calls: [], extends: ['2'] }])
    expect(of('1 EBT 2')).toMatchObject([{ position_m: 28.65, length_m: 1.83, extend_s: 1.5 }, { position_m: 28.65 }])
  })
})

describe.skipIf(sharedDataNote !== '')(`control settings of a published file${sharedDataNote}`, () => {
  it('cover every signal of Shallowford Road with its detectors', async () => {
    const { scenario } = await importUtdf(sharedData('shallowford/Synchro_signal.csv')!)
    expect(scenario.timing.control?.map(({ signal }) => signal)).toEqual(scenario.network.signals.map(({ id }) => id))
    expect(scenario.timing.control?.every(({ type, detectors = [] }) => type === 'coordinated' && detectors.length > 5)).toBe(true)
  })
})
