// Playing shows the run itself, and both sides have the same drivers.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runningPatterns } from '../../model/schedule.ts'
import type { Scenario } from '../../model/scenario.ts'
import { GREEN, RED, YELLOW, type RunRequest } from './protocol.ts'
import { openRecorder, type Recorder } from './recorder.ts'
import { Recording } from './recording.ts'

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../scenarios/nanhu-avenue/${name}.json`, import.meta.url), 'utf8'))
const scenario = { scenario: read('scenario'), network: read('network'), demand: read('demand'), timing: read('timing') } as Scenario
const running = [...runningPatterns(scenario.timing, 36_000).values()]
/** The same splits with the second signal half a minute later. */
const plan = { intersections: running.map((pattern) => ({ ...pattern, id: pattern.signal, source_id: pattern.signal, signal_groups: [], ...(pattern.signal === '2' ? { offset_s: pattern.offset_s + 30 } : {}) })) } as RunRequest['plan']
const SECONDS = 200

function record(side: 'before' | 'after', seed = 3): { recorder: Recorder; recording: Recording } {
  const recorder = openRecorder({ scenario, period: 'off-peak', running, ...(plan === undefined ? {} : { plan }), side, seed })
  const recording = new Recording(recorder.head)
  for (let s = 0; s < SECONDS; s += 50) recording.add(recorder.next(50)!)
  return { recorder, recording }
}
const before = record('before')
const after = record('after')
const { from_s } = before.recorder.head

describe('a run that is played', () => {
  it('has the same drivers on both sides: they want to set off at the same instants, and whoever is let in at once is the same car', () => {
    expect(after.recorder.head.depart_s).toEqual(before.recorder.head.depart_s)
    expect(after.recorder.head.length_m).toEqual(before.recorder.head.length_m)
    expect(after.recorder.head.counted).toEqual(before.recorder.head.counted)
    const seen = ({ recording }: typeof before): Set<number> => new Set([60, 120, 180].flatMap((s) => recording.carsAt(from_s + s).map(({ vehicle }) => vehicle)))
    const [a, b] = [seen(before), seen(after)]
    expect([...a].filter((vehicle) => b.has(vehicle)).length / a.size).toBeGreaterThan(0.9)
  })

  it('has other drivers with another seed', () => {
    expect(openRecorder({ scenario, period: 'off-peak', running, side: 'before', seed: 4 }).head.depart_s).not.toEqual(before.recorder.head.depart_s)
  })

  it('counts what the run itself counts, and loses no vehicle', () => {
    const { recorder: { run, head }, recording } = before
    const totals = recording.totalsAt(from_s + SECONDS)!
    const { world } = run
    let [stops, lost] = [0, 0]
    for (let v = head.counted[0]; v < head.counted[1] && head.depart_s[v]! <= world.now; v++) {
      stops += world.stops[v]!
      lost += world.loss[v]!
    }
    expect(world.now).toBeCloseTo(from_s + SECONDS - 1, 6)
    expect([totals.stops, totals.driving]).toEqual([stops, world.driving])
    expect(totals.lost_s).toBeCloseTo(lost, 6)
    expect(totals.demanded).toBe(totals.inserted + head.depart_s.slice(head.counted[0]).filter((t, i) => t <= world.now && world.state[head.counted[0] + i] === 0).length)
    expect(recording.carsAt(from_s + SECONDS - 1)).toHaveLength(world.driving)
  })

  it('shows lamps as the signals ran: the moved signal and no other differs', () => {
    const lampsOf = ({ recording }: typeof before, signal: string): string => recording.head.heads.flatMap((head, h) => (head.signal === signal ? [Array.from({ length: 120 }, (_, s) => recording.lampAt(h, from_s + s)).join('')] : [])).join(' ')
    for (const signal of ['1', '3', '6']) expect(lampsOf(after, signal)).toBe(lampsOf(before, signal))
    expect(lampsOf(after, '2')).not.toBe(lampsOf(before, '2'))
    expect(new Set(lampsOf(before, '1').replaceAll(' ', ''))).toEqual(new Set([RED, YELLOW, GREEN].map(String)))
  })

  it('lies between its seconds where it drives, and is the same however one comes to an instant', () => {
    const { recording } = before
    const at = from_s + 100.25
    const played = Array.from({ length: 40 }, (_, i) => recording.carsAt(from_s + 90.25 + i / 4)).at(-1)
    recording.carsAt(from_s + 3)
    expect(recording.carsAt(from_s + 100)).toEqual(recording.carsAt(from_s + 100))
    expect(played).toEqual(recording.carsAt(at - 0.25))
    const [a, b] = [recording.carsAt(from_s + 100), recording.carsAt(from_s + 101)]
    const middle = new Map(recording.carsAt(from_s + 100.5).map((car) => [car.vehicle, car]))
    for (const car of a) {
      const later = b.find(({ vehicle }) => vehicle === car.vehicle)
      if (later === undefined) continue
      expect(middle.get(car.vehicle)!.x).toBeCloseTo((car.x + later.x) / 2, 3)
      expect(Math.hypot(later.x - car.x, later.y - car.y)).toBeLessThan(30)
    }
  })

  it('draws a queue behind a red signal, from the first that stands to the last', () => {
    const { recording } = before
    const lengths = Array.from({ length: SECONDS }, (_, s) => recording.queuesAt(from_s + s)).flat().map(([x0, y0, x1, y1]) => Math.hypot(x1 - x0, y1 - y0))
    expect(Math.max(...lengths)).toBeGreaterThan(10)
    expect(Math.min(...lengths)).toBeGreaterThan(3)
  })

  it('tells of one vehicle where it is, and why nothing can be said of it', () => {
    const { recording } = before
    const [car] = recording.carsAt(from_s + 100)
    expect(recording.findCar(car!.vehicle, from_s + 100)).toEqual({ ...car, arrived: false })
    expect(recording.findCar(recording.head.depart_s.length - 1, from_s + 100)).toBe('not-yet')
    expect(recording.findCar(0, from_s + 100)).toBe('before')
    const gone = recording.carsAt(from_s + 10).find(({ vehicle }) => !recording.carsAt(from_s + 150).some((other) => other.vehicle === vehicle))!
    expect(recording.findCar(gone.vehicle, from_s + 150)).toMatchObject({ vehicle: gone.vehicle, arrived: true })
  })

  it('is known only so far as its lanterns are told', () => {
    const { recorder: { head } } = before
    const fresh = new Recording(head)
    expect(fresh.until_s).toBe(from_s)
    expect(before.recording.until_s).toBe(from_s + SECONDS - 2)
  })
})
