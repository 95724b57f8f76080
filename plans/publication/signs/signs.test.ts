import { describe, expect, it } from 'vitest'
import type { PublicNotice } from '../../../model/publication.ts'
import { mpsFromKmh } from '../../../model/units.ts'
import { snapshot } from '../snapshot.ts'
import { inputOf, minute, NOON } from '../testing.ts'
import { composeSign, readingTime, requireReadable, shownMinutes, speedPlate, TIME_TO_LIVE_S, worthSending, type Sign, type SignText } from './index.ts'

const face: Sign = { id: 'S1', kind: 'text', lines: 2, characters_per_line: 12, pages: 2, character_height_m: 0.5, speed_limit_mps: mpsFromKmh(60), segments: ['west', 'east'] }
const times = { kind: 'travel-times', ways: [{ corridor: 'out', text: '南湖大道→高铁站 约{minutes}分' }] } as const
const at = (index: number, options: Parameters<typeof minute>[2] = {}) => snapshot(inputOf(['a', 'b', 'c', 'd'].map((link) => minute(link, index, options)), { now: options.now ?? NOON }))

describe('reading a sign', () => {
  it('leaves 7.8 s at 60 km/h for characters of half a metre', () => {
    const time = readingTime(face, [['南湖大道→高铁站约9分', '中环南路约7分']], 3)
    expect(time.available_s).toBeCloseTo(7.8, 5)
    expect(time).toMatchObject({ characters: 18, needed_s: 7.5 })
  })

  it('takes at least three seconds for each page', () => {
    expect(readingTime(face, [['慢'], ['行']], 1).needed_s).toBe(6)
  })

  it.each<[why: string, SignText, units: number, says: string]>([
    ['needs longer than passing lasts', [['前方中环南路路口事故请', '提前绕行建议走南湖大道']], 3, 'reading takes 8.5 s, passing at the speed limit leaves 7.8 s'],
    ['is too wide', [['一二三四五六七八九十十一十二十三']], 1, 'the line has 12'],
    ['has too many lines', [['一', '二', '三']], 1, 'has 3 lines'],
    ['has too many pages', [['一'], ['二'], ['三']], 1, 'has 3 pages'],
    ['says too much', [['一']], 4, 'says 4 things'],
    ['promises the fastest way', [['南湖大道最快']], 1, 'promises the fastest way'],
    ['counts seconds', [['还有 90 秒']], 1, 'counts seconds'],
    ['shows a number plate', [['浙A12345 违章']], 1, 'shows a number plate'],
    ['shows a telephone number', [['13800138000']], 1, 'how to reach a person'],
    ['is empty', [[' ']], 0, 'it is empty'],
  ])('refuses a text that %s', (_, text, units, says) => {
    expect(() => requireReadable(face, text, units)).toThrow(says)
  })

  it('lets the same text stand where driving is slower', () => {
    expect(requireReadable({ ...face, speed_limit_mps: mpsFromKmh(40) }, [['前方中环南路路口事故请', '提前绕行建议走南湖大道']], 3).needed_s).toBe(8.5)
  })

  it('rounds times to minutes, above half an hour to five', () => {
    expect([10, 89, 91, 1800, 1890, 2000, 2300].map(shownMinutes)).toEqual([1, 1, 2, 30, 30, 35, 40])
  })
})

describe('a message', () => {
  it('shows time and colours, and says on which data', () => {
    const message = composeSign(face, at(1.6), { now: NOON, template: times })
    expect(message).toMatchObject({ neutral: false, expires_at: NOON + TIME_TO_LIVE_S, content: { pages: [['南湖大道→高铁站 约2分']], lamps: [{ segment: 'west', colour: 'yellow' }, { segment: 'east', colour: 'yellow' }] } })
    expect(message.basis).toMatchObject({ scale: { id: 'nav-delay-index', version: 1 }, times: [{ corridor: 'out', predicted: false }], values: [{ id: 'west', age_s: 0, vehicles: 6, grade: 'D' }, { id: 'east' }, { id: 'out' }] })
  })

  it('prefers what is predicted for who starts now', () => {
    expect(composeSign(face, at(1.6), { now: NOON, template: times, predicted_s: new Map([['out', 420]]) }).content.pages).toEqual([['南湖大道→高铁站 约7分']])
  })

  it('withdraws times before colours, and both when nothing is known', () => {
    const old = composeSign({ ...face, neutral: [['安全驾驶']] }, at(1.6, { ago_s: 400 }), { now: NOON, template: times })
    expect(old.content).toEqual({ pages: [['安全驾驶']], lamps: [{ segment: 'west', colour: 'yellow' }, { segment: 'east', colour: 'yellow' }] })
    expect(old.basis.withheld).toEqual(['no time of "out": its data are old'])
    expect(composeSign(face, at(1.6, { ago_s: 700 }), { now: NOON, template: times })).toMatchObject({ neutral: true, content: { pages: [], lamps: [{ colour: 'off' }, { colour: 'off' }] } })
  })

  it('is neutral when the service stood still for ten minutes, and never outlives its data', () => {
    const publication = at(1.6)
    expect(composeSign(face, publication, { now: NOON + 599, template: times })).toMatchObject({ neutral: false, expires_at: NOON + 600 })
    expect(composeSign(face, publication, { now: NOON + 600, template: times })).toMatchObject({ neutral: true, content: { lamps: [{ colour: 'off' }, { colour: 'off' }] } })
  })

  it('advertises nothing while a segment of the sign is red', () => {
    const template = { kind: 'advertisement', pages: [['乘坐公交']] } as const
    expect(composeSign(face, at(2), { now: NOON, template }).content.pages).toEqual([])
    expect(composeSign(face, at(1.2), { now: NOON, template }).content.pages).toEqual([['乘坐公交']])
  })

  it('shows a notice only in the name of somebody', () => {
    const notice: PublicNotice = { id: 'n', kind: 'accident', text: '', links: ['a'], from: 0, until: null, approver: 'duty desk' }
    const template = { kind: 'notice', notice: 'n', pages: [['前方路口事故']], units: 2 } as const
    const publication = snapshot(inputOf([], { notices: [notice] }))
    expect(composeSign(face, publication, { now: NOON, template })).toMatchObject({ approver: 'duty desk', content: { pages: [['前方路口事故']] } })
    expect(() => composeSign(face, snapshot(inputOf([], { notices: [{ ...notice, approver: ' ' }] })), { now: NOON, template })).toThrow('nobody who answers')
    expect(() => composeSign(face, snapshot(inputOf([], { notices: [{ ...notice, until: NOON }] })), { now: NOON, template })).toThrow('not published')
  })

  it('is sent for another colour, a time that moved, or after five minutes', () => {
    const first = composeSign(face, at(1.6), { now: NOON, template: times, predicted_s: new Map([['out', 600]]) })
    const next = (time_s: number, seconds: number, index = 1.6) => composeSign(face, at(index), { now: NOON + seconds, template: times, predicted_s: new Map([['out', time_s]]) })
    expect(worthSending(undefined, first)).toBe(true)
    expect([next(630, 60), next(661, 60), next(600, 299), next(600, 300), next(600, 60, 2)].map((message) => worthSending(first, message))).toEqual([false, true, false, true, true])
    const long = composeSign(face, at(1.6), { now: NOON, template: times, predicted_s: new Map([['out', 3000]]) })
    expect([next(3119, 60), next(3120, 60)].map((message) => worthSending(long, message))).toEqual([false, true])
  })
})

describe('the plate of the green wave', () => {
  const wave = { design_speed_mps: mpsFromKmh(47), speed_limit_mps: mpsFromKmh(60), no_stop_share: 0.8, in_transition: false, clock_drift_s: 0.2 }

  it('shows a step that holds the design speed and does not exceed the limit', () => {
    expect(speedPlate(wave)).toMatchObject({ shown: true, pages: [['绿波车速', '45–50']] })
    expect(speedPlate({ ...wave, design_speed_mps: mpsFromKmh(50), speed_limit_mps: mpsFromKmh(50) })).toMatchObject({ from_kmh: 45, to_kmh: 50 })
    for (let kmh = 20; kmh <= 60; kmh += 0.5) {
      const plate = speedPlate({ ...wave, design_speed_mps: mpsFromKmh(kmh) })
      if (!plate.shown) throw new Error(`nothing shown at ${kmh} km/h`)
      expect([plate.from_kmh >= kmh - 5.01, plate.to_kmh <= kmh + 5.01, plate.to_kmh <= 60]).toEqual([true, true, true])
    }
  })

  it.each([[{ in_transition: true }], [{ clock_drift_s: 1 }], [{ clock_drift_s: -3 }], [{ clock_drift_s: undefined }], [{ no_stop_share: 0.69 }], [{ no_stop_share: undefined }], [{ design_speed_mps: mpsFromKmh(70) }]])('is dark with %o', (change) => {
    expect(speedPlate({ ...wave, ...change }).shown).toBe(false)
  })
})
