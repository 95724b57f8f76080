import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkWrite } from '../../../model/device/check-write.ts'
import type { WantedTiming } from '../../../model/device/device.ts'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Pattern, RingPattern, Signal, StagePattern } from '../../../model/signal.ts'
import { runningPatterns } from '../../../model/schedule.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { readScenario } from '../../formats/scenario/read.ts'
import { exportUtdf } from '../../formats/utdf/index.ts'
import { filesDriver } from './adapter.ts'
import { fuzzTarget } from './fuzz.ts'
import { csvOf, pageOf, parseSheet } from './sheet.ts'
import { findPattern, isWritable, itemsOf } from './timing.ts'
import { utdfOf } from './utdf.ts'

const signal = dualRingSignal()
const never = new AbortController().signal
const want = (pattern: Pattern): WantedTiming => ({ signal, pattern, hash: JSON.stringify(pattern).slice(0, 40), plan: 'plan-1', name: 'Evening <1>' })
const typed = (pattern: Pattern, slot: number): string[][] => itemsOf(slot, pattern).map(({ id, value }) => [id, value])
const HEAD = [['item', 'value'], ['mode', 'coordinated'], ['active plan', '1'], ['plans', '5'], ['plans in use', '1+2'], ['clock skew', '0.1'], ['group 2 minimum green', '12']]

let [folder, now] = ['', 0]
let [adapter, wire]: [ControllerAdapter, WireEntry[]] = [undefined as never, []]
const put = (rows: string[][]): Promise<void> => writeFile(join(folder, 'controller.csv'), csvOf(rows))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greenwave-sheets-'))
  now = 1000
  wire = []
  adapter = filesDriver.open({ id: 'cab', network: 'n', signal: 'S', protocol: 'files', settings: { folder }, enabled: true, version: 1 }, {
    signal, time_zone: 'UTC', now: () => now, wait: (seconds) => { now += seconds; return Promise.resolve() }, wire: (entry) => { wire.push(entry) }, secret: () => undefined,
  })
  await put([...HEAD, ...typed(dualRingPattern(), 1)])
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const splits = fc.tuple(fc.integer({ min: 15, max: 40 }), fc.integer({ min: 18, max: 40 }), fc.integer({ min: 10, max: 30 }))
const rings = fc.tuple(splits, fc.integer({ min: 0, max: 99 }), fc.boolean()).map(([[left, through, cross], offset_s, lag]): RingPattern => {
  const one = [{ phase: '1', split_s: left }, { phase: '2', split_s: through }]
  return {
    ...dualRingPattern(), cycle_s: left + through + cross + 20, offset_s,
    barriers: [{ rings: [lag ? one.toReversed() : one, [{ phase: '5', split_s: through }, { phase: '6', split_s: left }]] }, { rings: [[{ phase: '3', split_s: cross }, { phase: '4', split_s: 20 }], [{ phase: '7', split_s: 20 }, { phase: '8', split_s: cross }]] }],
  }
})
const stages = fc.tuple(splits, fc.integer({ min: 0, max: 99 })).map(([[a, b, c], offset_s]): StagePattern => ({
  kind: 'stages', signal: 'S', cycle_s: a + b + c + 15, offset_s, offset_reference: 'begin_of_green', coordinated: ['2', '6'],
  stages: [['2', '6'], ['3', '7'], ['4', '8']].flatMap((green, i) => [{ id: `s${i}`, kind: 'stage' as const, green, duration_s: [a, b, c][i] as number }, { id: `c${i}`, kind: 'interstage' as const, green: [], duration_s: 5 }]),
}))

describe('a sheet', () => {
  it('says exactly what was approved, and names nothing but plans', () => {
    fc.assert(fc.property(fc.oneof(rings, stages), fc.integer({ min: 1, max: 48 }), (pattern, slot) => {
      const items = itemsOf(slot, pattern)
      expect(items.every(({ id }) => isWritable(id, slot))).toBe(true)
      const found = findPattern('S', slot, parseSheet(Buffer.from(csvOf([['item', 'value'], ...items.map(({ id, value }) => [id, value])]))))
      expect(compareLamps(lampTimingOf(signal, pattern), lampTimingOf(signal, found!))).toEqual([])
    }), { numRuns: 60 })
    for (const id of ['group 2 minimum green', 'plan 4 yellow', 'plan 5 cycle', 'conflicts']) expect(isWritable(id, 4)).toBe(false)
  })

  it('comes back from CSV and is refused where it is none', () => {
    expect([...parseSheet(Buffer.from('item,value\r\n"plan 1, note","say ""go"""\n a , b ,c\n'))]).toEqual([['plan 1, note', 'say "go"'], ['a', 'b']])
    expect(() => parseSheet(Buffer.from('a,1\nb\n'))).toThrow('controller.csv:2: "b" has no item and value')
    expect(() => parseSheet(Buffer.from('a,1\na,2\n'))).toThrow('controller.csv:2: "a" is there twice')
    expect(() => parseSheet(Buffer.from([0x61, 0xff]))).toThrow('not UTF-8')
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { fuzzTarget(bytes) }), { numRuns: 300 })
    fc.assert(fc.property(fc.string({ maxLength: 80 }), fc.nat(60), (text, at) => { const sheet = csvOf(typed(dualRingPattern(), 4)); fuzzTarget(Buffer.from(sheet.slice(0, at) + text + sheet.slice(at + text.length))) }), { numRuns: 300 })
  })

  it('prints names as they are, whatever they hold', () => {
    expect(pageOf('<b>&"', [['a', '<script>']], ['item'], [['"1" & 2']])).not.toMatch(/<script>|<b>/)
  })

  it('holds the rows that an export as UTDF has', async () => {
    const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', '..', 'scenarios', 'textbook-arterial'))
    const whole = exportUtdf(scenario, scenario.timing.plans[0]!).split('\r\n')
    const [first] = scenario.network.signals as [Signal]
    const own = utdfOf(first, runningPatterns(scenario.timing, 0).get(first.id)!)!.trimEnd().split('\r\n')
    expect(own.length).toBeGreaterThan(20)
    expect(own.filter((line) => !whole.includes(line))).toEqual([])
  })
})

describe('a controller behind sheets', () => {
  it('holds what its sheet says: minimums, plans, which are in use', async () => {
    const base = await adapter.readConfig(never)
    expect(base).toMatchObject({ mode: 'coordinated', active_slot: 1, clock_skew_s: 0.1 })
    expect(base.config.slots.map(({ slot, used_by }) => [slot, used_by.length])).toEqual([[1, 1], [2, 1], [3, 0], [4, 0], [5, 0]])
    expect(base.config.groups.find(({ group }) => group === '2')!.min_green).toBe(120)
    expect(base.config.slots[0]!.timing).toEqual(lampTimingOf(signal, dualRingPattern()))
    await put([...HEAD.map(([item, value]) => [item!, item === 'active plan' ? '2' : item === 'mode' ? 'free' : value!]), ...typed(dualRingPattern(), 1)])
    expect((await adapter.readConfig(never)).hash).toBe(base.hash)
    await put([...HEAD, ...typed({ ...dualRingPattern(), offset_s: 11 }, 1)])
    expect((await adapter.readConfig(never)).hash).not.toBe(base.hash)
  })

  it('is given sheets, and stands at level 3 once somebody typed them and says so', async () => {
    const base = await adapter.readConfig(never)
    const timing = want({ ...dualRingPattern(), offset_s: 25 })
    const writes = adapter.plan(base, timing)
    expect(writes.slot).toBe(3)
    expect([...checkWrite({ device: 'cab', base, writes, want: timing, now }), ...adapter.check(base, writes)]).toEqual([])
    expect(await adapter.push(writes, never)).toEqual(writes.items.map(({ id }) => ({ id, acknowledged: true })))
    const own = join(folder, (await readdir(folder)).find((name) => name.startsWith('push-'))!)
    expect((await readdir(own)).sort()).toEqual(['difference.csv', 'sheet.html', 'utdf.csv'])
    expect(wire.filter(({ direction }) => direction === 'sent').map(({ hex }) => hex)).toEqual(writes.frames.map(({ hex }) => hex))
    expect(await readFile(join(own, 'sheet.html'), 'utf8')).toContain('Evening &lt;1&gt;')
    expect((await adapter.verify(writes, never)).length).toBe(writes.items.length)
    expect(await adapter.observe(writes, 2, never)).toMatchObject({ level: 0, sentences: [`${writes.items.length} values of the sheet are not those of plan 3`] })

    const rows = [...parseSheet(await readFile(join(own, 'difference.csv')))].filter(([item]) => item !== 'checksum')
    await put([...HEAD, ...typed(dualRingPattern(), 1), ...rows.map(([item, value]) => [item, /^\d+$/.test(value) ? `${value}.0` : value])])
    expect(await adapter.verify(writes, never)).toEqual([])
    await adapter.activate(writes, 1_767_607_200, undefined, never)
    expect(await readFile(join(own, 'run.csv'), 'utf8')).toBe('item,value\r\nrun plan,3\r\nfrom,2026-01-05T10:00:00.000Z\r\n')
    expect(await adapter.observe(writes, 2, never)).toMatchObject({ level: 2, sentences: ['the sheet says that plan 1 runs, not 3'] })
    await put([...HEAD.map(([item, value]) => [item!, item === 'active plan' ? '3' : value!]), ...typed(dualRingPattern(), 1), ...rows])
    expect(await adapter.observe(writes, 2, never)).toMatchObject({ level: 3, active_slot: 3 })

    expect(await adapter.rollback(base, writes, never)).toMatchObject({ level: 0, sentences: ['the sheet says that plan 3 runs; somebody must choose plan 1 at the controller'] })
    expect(await readFile(join(own, 'back.csv'), 'utf8')).toContain('run plan,1')
    await put([...HEAD, ...typed(dualRingPattern(), 1)])
    expect(await adapter.rollback(base, writes, never)).toMatchObject({ level: 3, sentences: [] })
  })

  it('tells each value that was typed wrong', async () => {
    const writes = adapter.plan(await adapter.readConfig(never), want({ ...dualRingPattern(), offset_s: 25 }))
    await put([...HEAD, ...writes.items.map(({ id, new: value }) => [id, id === 'plan 3 split 2' ? '41' : value])])
    expect(await adapter.verify(writes, never)).toEqual([{ id: 'plan 3 split 2', name: 'plan 3 split 2', expected: '40', found: '41' }])
  })

  it('is unreachable without a sheet, refused without a spare plan, and never written what is no plan', async () => {
    const base = await adapter.readConfig(never)
    const writes = adapter.plan(base, want(dualRingPattern()))
    expect(adapter.check(base, { ...writes, items: [{ id: 'group 2 minimum green', name: 'x', old: null, new: '1' }] })).toMatchObject([{ rule: 'never-written', weight: 'hard' }])
    expect(() => adapter.plan({ ...base, config: { ...base.config, slots: base.config.slots.slice(0, 2) } }, want(dualRingPattern()))).toThrow('no spare plan')
    expect(() => adapter.plan(base, want({ ...dualRingPattern(), cycle_s: 100.05 }))).toThrow('100.05')
    await rm(join(folder, 'controller.csv'))
    await expect(adapter.identify(never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    await expect(adapter.renew(writes, { expires_at: 1 }, never)).rejects.toMatchObject({ code: 'controller.refused' })
  })

  it('needs a folder of its own', () => {
    const open = (settings: Record<string, unknown>) => () => filesDriver.open({ id: 'cab', network: 'n', signal: 'S', protocol: 'files', settings, enabled: true, version: 1 }, {} as never)
    expect(open({})).toThrow('controller cab: folder is missing; it must be an absolute path')
    expect(open({ folder: 'sheets' })).toThrow('folder is "sheets"')
  })
})
