import { describe, expect, it } from 'vitest'
import { buildNetworkMap } from '../diagram/network-map.ts'
import type { Finding, PlaceCard, Trial } from '../model/diagnosis.ts'
import { diagnosisReport, type DiagnosisReportInput } from './diagnosis-report.ts'

const HOSTILE = '<img src=x onerror="alert(1)">'
const finding = (own: Partial<PlaceCard['findings'][number]> = {}): PlaceCard['findings'][number] => ({
  cause: 'split-imbalance', confidence: 0.62, grade: 'C', evidence: [{ what: 'degree of saturation', value: 1.0234, limit: 0.95, unit: '', movement: 'm1' }], treatment: { kind: 'retime-splits', signal: 's1', greens: [{ group: '4', green_s: 31, from_s: 24 }] },
  cost: 'timing', sentence: 'One approach waits while another has green to spare.', ...own,
})
const trial = (delay: number, verdict: Trial['verdict']): Trial => ({ runs: 5, delay_s: { value: delay, low: delay - 1, high: delay + 1 }, stops: { value: -0.1, low: null, high: null }, queue_m: { value: null, low: null, high: null }, verdict })
const card = (own: Partial<PlaceCard> = {}): PlaceCard => ({
  id: 's1@peak', name: 'Town Hall', signal: 's1', links: ['a'], delay_veh_h_per_day: 12.34, avoidable_veh_h_per_day: 5, findings: [finding()], status: 'analysed',
  history: [{ status: 'found', date: '2026-01-05', by: 'greenwave' }, { status: 'analysed', date: '2026-01-06', by: 'Li' }], before: { delay_s: { value: 60, low: 50, high: 70 }, date: '2026-01-05' }, ...own,
})
const input = (places: PlaceCard[], rest: Partial<DiagnosisReportInput> = {}): DiagnosisReportInput => ({
  scenario_name: 'Mill Street', period_name: 'evening', date: '2026-01-06', version: '0.0.0', places, sound: [], unknown: [], signal_names: new Map([['s1', 'Town Hall']]), link_names: new Map([['a', 'Mill Street east']]), movement_names: new Map([['m1', 'WBL']]), ...rest,
})

describe('the report of a diagnosis', () => {
  it('shows cause with alarm word, evidence with its limit, treatment with its size and cost', () => {
    const report = diagnosisReport(input([card()]))
    for (const words of ['Split imbalance<span class="zh" lang="zh">失衡</span>', '<td class="n">1.02</td><td class="n">0.95</td>', 'WBL', 'Confidence 62 %', 'group 4 24 → 31 s', 'timing: tonight', 'Mill Street east', '<time>2026-01-06</time>analysed by Li']) expect(report).toContain(words)
  })

  it('has three tabs for each card that work without script, the first one open', () => {
    const report = diagnosisReport(input([card(), card({ id: 's2@peak' })]))
    const ids = [...report.matchAll(/<input type="radio"[^>]* id="([^"]+)"/g)].map(([, id]) => id)
    expect(ids).toEqual([1, 2].flatMap((n) => ['find', 'analyse', 'treat'].map((tab) => `tab-${n}-${tab}`)))
    for (const id of ids) expect(report).toContain(`<label for="${id}">`)
    expect(report.match(/ checked>/g)).toHaveLength(2)
    expect(report).toMatch(/@media print \{\s+\.tab, \.tab \+ label \{ display: none; \}\s+\.panel \{ display: block;/)
  })

  it('puts the treatment with the largest proven gain first and keeps the others', () => {
    const report = diagnosisReport(input([card({
      findings: [finding({ treatment: { kind: 'kerb', link: 'a' }, trial: trial(3, 'worse') }), finding({ treatment: { kind: 'change-cycle', signal: 's1', cycle_s: 90, from_s: 120 }, trial: trial(-4, 'better') }), finding({ treatment: { kind: 'tidal-lane', link: 'a', opposite: 'b' }, trial: trial(-9, 'better') })],
    })]))
    const places = ['Tidal lane', 'Cycle 120 → 90 s', 'Manage the kerb'].map((words) => report.indexOf(words))
    expect([...places].sort((a, b) => a - b)).toEqual(places)
    expect(report).toContain('−9.0 <span class="interval">−10.0 to −8.0</span>')
    expect(report).toContain('For 1 place a treatment proved better in simulation.')
  })

  it('says why a treatment was not tried, and shows an unknown change as no data', () => {
    expect(diagnosisReport(input([card({ findings: [finding({ not_tried: 'the lane cannot be drawn' })] })]))).toContain('<span class="none">not tried</span>: the lane cannot be drawn')
    expect(/Change against doing nothing.*?<\/table>/s.exec(diagnosisReport(input([card({ findings: [finding({ trial: trial(1, 'undecided') })] })])))?.[0].match(/no data/g)).toHaveLength(1)
  })

  it('tells nothing found from nothing known', () => {
    expect(diagnosisReport(input([], { sound: ['s1'] }))).toContain('No congested place was found.')
    expect(diagnosisReport(input([], { unknown: ['s1'] }))).toContain('Nothing is known of any signal.')
    expect(diagnosisReport(input([card({ findings: [], before: { delay_s: { value: null, low: null, high: null }, date: 'x' } })]))).toContain('No rule fired')
  })

  it('shows a place in space and time, by its number on the map', () => {
    const place: PlaceCard['place'] = { kind: 'stretch', nature: 'recurrent', frequency: 0.8, days: 8, start_s: 61_200, end_s: 63_000, length_m: 940, duration_s: 1500, growth: 'upstream', links: ['a'], volume_veh: 1234 }
    const scene = buildNetworkMap({ links: [{ id: 'a', points: [[0, 0], [300, 0]], level: 0 }], signals: [], places: [{ number: 1, links: ['a'], head: 'a' }], levels: [{ label: 'up to 9', colour: '#ffffff', mark: '1' }], scale: 'table x, version 2', driving_side: 'right' })
    const report = diagnosisReport(input([card({ place, head: 'a', grade: 'D', seen_only: true })], { map: { title: 'Where', caption: 'by index', scene } }))
    for (const words of ['stretch <span lang="zh">堵段</span>, recurrent', '17:00 to 17:30, 25 min a day', '80 % (8)', '940 m, grows upstream', '1234', 'Delay of those seen', 'head: Mill Street east', 'table x, version 2', 'class="network-map"']) expect(report).toContain(words)
    expect(diagnosisReport(input([card()]))).toContain('its signal alone')
  })

  it('shows the measured effect of a treated place', () => {
    const report = diagnosisReport(input([card({ status: 'measured', effect: { delay_s: { value: -8, low: -15, high: -1 }, change: { value: -0.16, low: -0.3, high: -0.02 }, verdict: 'better', days_before: 10, days_after: 12, control: true, baseline: 'choice', least_detectable: 0.153, probability: 0.04 } })]))
    expect(report).toContain('<span class="verdict better">better than before</span>, −8.0 (−15.0 to −1.0) s/veh, −16 (−30 to −2) %')
    for (const words of ['12 days after against 10 days before, less the change of the control', 'would tell a change of 15 %', 'return to its mean']) expect(report).toContain(words)
    const none = { value: null, low: null, high: null }
    expect(diagnosisReport(input([card({ status: 'treated', effect: { delay_s: none, change: none, verdict: 'cannot tell', days_before: 10, days_after: 2, control: false, baseline: 'choice', least_detectable: null, probability: null } })]))).toContain('nothing can be told from 2 days after against 10 days before')
  })

  it('escapes every name and is the same bytes twice', () => {
    const hostile = input([card({ name: HOSTILE, links: [HOSTILE], owner: HOSTILE, due: HOSTILE, history: [{ status: 'found', date: HOSTILE, by: HOSTILE, note: HOSTILE }], findings: [finding({ sentence: HOSTILE, variant: HOSTILE, not_tried: HOSTILE, evidence: [{ what: HOSTILE, value: 1, limit: 2, unit: HOSTILE, movement: HOSTILE }] as Finding['evidence'] })] })], { sound: [HOSTILE], scenario_name: HOSTILE, period_name: HOSTILE })
    const report = diagnosisReport(hostile)
    expect(report).not.toContain('<img')
    expect(report).not.toMatch(/<script| style="/)
    expect(report).not.toMatch(/NaN|undefined/)
    expect(diagnosisReport(hostile)).toBe(report)
  })

  it('words every cause and every treatment', () => {
    const causes: Finding['cause'][] = ['equipment', 'incident', 'capacity', 'split-imbalance', 'green-wasted', 'offset', 'cycle-too-long', 'short-bay', 'lane-use', 'tidal-demand', 'spillback', 'left-storage', 'friction', 'mid-block', 'demand-peak', 'lane-drop', 'merge']
    const report = diagnosisReport(input([card({ findings: causes.map((cause) => finding({ cause })) })]))
    for (const word of ['失衡', '溢流', '空放']) expect(report).toContain(word)
    for (const cause of causes) expect(report).not.toContain(`<span class="cause">${cause}`)
  })
})
