import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogChannel, SignalEvent } from '../../model/feed.ts'
import { sharedData, sharedDataNote } from '../../test/shared-data.ts'
import { linkPivot, Performance } from './index.ts'
import { coveredSeconds } from './intervals.ts'

const T0 = 1_700_000_100 - (1_700_000_100 % 900)
const channel = (phase: number, number: number, kind: LogChannel['function'], change: Partial<LogChannel> = {}): LogChannel => ({ device: 'd', phase, channel: number, function: kind, ...change })

/** `cycles` cycles of one phase: green 30, yellow 4, red clearance 2, cycle 90 s. */
function cyclesOf(cycles: number, { phase = 2, from = T0, cause = 4 }: { phase?: number; from?: number; cause?: number } = {}): SignalEvent[] {
  return Array.from({ length: cycles }, (_, k) => {
    const t = from + 90 * k
    return [[t, 1], [t + 30, cause], [t + 30, 7], [t + 30, 8], [t + 34, 9], [t + 34, 10], [t + 36, 11]].map(([time_s, event]): SignalEvent => ({ device: 'd', time_s: time_s!, event: event!, parameter: phase }))
  }).flat()
}

const detector = (time_s: number, number: number, on = true): SignalEvent => ({ device: 'd', time_s, event: on ? 82 : 81, parameter: number })
const ordered = (events: SignalEvent[]): SignalEvent[] => [...events].sort((a, b) => a.time_s - b.time_s)

function measure(channels: LogChannel[], events: SignalEvent[], options: ConstructorParameters<typeof Performance>[1] = {}): ReturnType<Performance['finish']> {
  const performance = new Performance(channels, options)
  for (const event of ordered(events)) performance.take(event)
  return performance.finish()
}

describe('measures from a controller log', () => {
  it('follow greens, splits, cycles and what ended them', () => {
    const { phases, bins } = measure([], [...cyclesOf(20), ...cyclesOf(20, { phase: 6, cause: 6 })])
    const [two, six] = phases
    expect(two).toMatchObject({ phase: 2, cycle_s: 90, green_median_s: 30, split_p85_s: 36, greens: 20, terminations: { gap: 1, max: 0, force: 0, unknown: 0 }, arrivals_on_green: null, volume_vph: null, split_failures: null })
    expect(six!.terminations).toMatchObject({ force: 1 })
    expect(bins.filter(({ phase }) => phase === 2).map(({ greens }) => greens)).toEqual([10, 10])
  })

  it('count arrivals by the colour they would meet, their way to the stop line added', () => {
    const advance = channel(2, 5, 'advance', { distance_m: 100, speed_mps: 10 })
    const at = [5, 25, 31, 50].map((seconds) => T0 + 90 + seconds - 10)
    const { phases } = measure([advance], [...cyclesOf(12), ...at.map((time) => detector(time, 5))])
    expect(phases[0]).toMatchObject({ arrivals_on_green: 0.5, arrivals_on_red: 0.5 })
    // 59 s and 40 s to the next green, over four arrivals.
    expect(phases[0]!.approach_delay_s).toBeCloseTo((59 + 40) / 4, 6)
    expect(phases[0]!.platoon_ratio).toBeCloseTo(0.5 / (30 / 90), 6)
  })

  it('call a green failed when its detectors are taken in green and in early red, overlapping channels together', () => {
    const channels = [channel(2, 7, 'presence'), channel(2, 8, 'presence')]
    const full = (k: number): SignalEvent[] => [detector(T0 + 90 * k, 7), detector(T0 + 90 * k + 20, 7, false), detector(T0 + 90 * k + 15, 8), detector(T0 + 90 * k + 39, 8, false)]
    const half = (k: number): SignalEvent[] => [detector(T0 + 90 * k, 7), detector(T0 + 90 * k + 20, 7, false)]
    const { phases } = measure(channels, [...cyclesOf(11), ...full(2), ...full(5), ...half(7)])
    expect(phases[0]).toMatchObject({ split_failures: 2, split_failure_share: 0.2 })
  })

  it('count who crosses in yellow, in red and late in red', () => {
    const { phases } = measure([channel(2, 9, 'yellow-red')], [...cyclesOf(12), ...[10, 31, 35, 37, 39].map((seconds) => detector(T0 + 180 + seconds, 9))])
    expect(phases[0]).toMatchObject({ yellow_actuations: 1, red_actuations: 3, severe_red_actuations: 1 })
  })

  it('tell how long pedestrians and calls wait, and which were skipped', () => {
    const of = (time_s: number, event: number): SignalEvent => ({ device: 'd', time_s, event, parameter: 2 })
    const { phases } = measure([], [...cyclesOf(20), of(T0 + 140, 45), of(T0 + 145, 45), of(T0 + 180, 21), of(T0 + 325, 43), of(T0 + 330, 43)])
    expect(phases[0]).toMatchObject({ pedestrian_calls: 1, pedestrian_wait_s: 40, phase_wait_s: 35, skips: 0 })
  })

  it('say nothing where there is a hole, a pre-emption or a cut-off green', () => {
    const late = cyclesOf(10, { from: T0 + 3600 })
    const preempt: SignalEvent[] = [{ device: 'd', time_s: T0 + 3600 + 200, event: 102, parameter: 1 }, { device: 'd', time_s: T0 + 3600 + 230, event: 111, parameter: 1 }]
    const whole = measure([], [...cyclesOf(10), ...late, ...preempt])
    expect(whole.devices[0]).toMatchObject({ holes: 1, preemptions: 1, left_out_s: 150 })
    // Without the cycle that runs into the pre-emption and those of the next 150 s.
    expect(whole.phases[0]!.greens).toBeLessThan(19)
    expect(whole.phases[0]!.cycle_s).toBe(90)
    expect(measure([], cyclesOf(5).filter(({ event }) => event !== 8)).devices[0]!.incomplete_greens).toBe(5)
  })

  it('have no data in a bin with less than five minutes of events', () => {
    const { bins, phases } = measure([], cyclesOf(3))
    expect([bins, phases]).toEqual([[], []])
  })

  it('know a broken detector', () => {
    const stuck = [detector(T0, 3), detector(T0 + 4000, 3, false)]
    const unpaired = [...Array.from({ length: 20 }, (_, i) => detector(T0 + 40 * i, 4)), detector(T0 + 800, 4, false)]
    const { devices } = measure([channel(2, 3, 'presence')], [...cyclesOf(50), ...stuck, ...unpaired])
    expect(devices[0]!.channels.map(({ channel, verdict, configured }) => [channel, verdict, configured])).toEqual([[3, 'stuck-on', true], [4, 'unpaired', false]])
  })

  it('have as many arrivals as detections, whatever comes', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1799 }), { maxLength: 60 }), (seconds) => {
      const diagrams = measure([channel(2, 5, 'advance')], [...cyclesOf(21), ...seconds.map((s) => detector(T0 + s + 0.05, 5))], { diagrams: true }).diagrams
      const arrivals = diagrams.flatMap((diagram) => diagram.arrivals)
      expect(arrivals.length).toBe(seconds.length)
      for (const { colour, since_green_s } of arrivals) expect(colour).toBe(since_green_s < 30 ? 'green' : since_green_s < 34 ? 'yellow' : 'red')
    }), { numRuns: 50 })
  })
})

describe('covered seconds', () => {
  it('count what several detectors cover together once', () => {
    expect(coveredSeconds([[0, 10], [5, 12], [20, 30]], 2, 25)).toBe(15)
    expect(coveredSeconds([], 0, 5)).toBe(0)
  })
})

describe('the link pivot', () => {
  const platoon = (start: number): number[] => Array.from({ length: 90 }, (_, i) => (i >= start && i < start + 20 ? 5 : 0))

  it('shifts a one-way platoon into green by the least change', () => {
    const { links, offsets_s } = linkPivot(90, [{ outbound: { arrivals: platoon(60), green_s: 40 }, inbound: undefined }])
    expect(links[0]).toEqual({ shift_s: -30, before: 0, after: 1 })
    expect(offsets_s).toEqual([0, -30])
  })

  it('weighs both directions, and does nothing without arrivals', () => {
    const link = { outbound: { arrivals: platoon(50), green_s: 40 }, inbound: { arrivals: platoon(10), green_s: 40 } }
    const { links } = linkPivot(90, [link])
    // Every shift that is tried meets no more than the one that was chosen.
    const met = (shift: number): number => [{ ...link.outbound, later: -shift }, { ...link.inbound, later: shift }].reduce((sum, { arrivals, green_s, later }) => sum + arrivals.reduce((a, n, i) => a + ((((i + 0.5 + later) % 90) + 90) % 90 < green_s ? n : 0), 0), 0) / 200
    expect(links[0]!.after).toBeCloseTo(Math.max(...Array.from({ length: 90 }, (_, i) => met(i - 45))), 9)
    expect(linkPivot(90, [{ outbound: undefined, inbound: undefined }])).toEqual({ links: [{ shift_s: 0, before: 0, after: 0 }], offsets_s: [0, 0] })
  })
})

/** Rows in order of time; within a tick what ends comes before what begins. */
function readRows(text: string): SignalEvent[] {
  const ends = new Set([7, 8, 9, 10, 11, 12])
  return text.trim().split('\n').slice(1).map((line, row) => {
    const [stamp, device, event, parameter] = line.trim().split(',')
    return { time_s: Date.parse(`${stamp!.replace(' ', 'T')}Z`) / 1000, device: device!, event: Number(event), parameter: Number(parameter), row }
  }).sort((a, b) => a.time_s - b.time_s || Number(ends.has(b.event)) - Number(ends.has(a.event)) || a.row - b.row)
}

const udot = sharedData('udot-7185/events_2017-10-17.csv.gz')
const odot = sharedData('odot-1136/sample_raw_data.csv')

describe.skipIf(udot === undefined || odot === undefined)(`measured logs${sharedDataNote}`, () => {
  /** Green lengths and cycles of a phase, straight from its rows. */
  const byHand = (rows: SignalEvent[], phase: number): { greens: [number, number][]; cycles: number[] } => {
    const own = rows.filter(({ parameter }) => parameter === phase)
    const starts = own.filter(({ event }) => event === 1).map(({ time_s }) => time_s)
    const yellows = own.filter(({ event }) => event === 8).map(({ time_s }) => time_s)
    const greens = starts.flatMap((start): [number, number][] => {
      const end = yellows.find((time) => time > start)
      return end === undefined || starts.some((other) => other > start && other < end) ? [] : [[start, end]]
    })
    return { greens, cycles: starts.slice(1).map((time, i) => time - starts[i]!) }
  }
  const median = (values: number[]): number => {
    const sorted = [...values].sort((a, b) => a - b)
    return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
  }

  it('of a coordinated signal: cycle 120.0 s, median green 72 s and 62 s, as counted by hand', () => {
    const rows = readRows(gunzipSync(readFileSync(udot!)).toString())
    const { phases, devices } = measure([], rows)
    for (const [phase, green] of [[2, 72], [6, 62]] as const) {
      const hand = byHand(rows, phase)
      const ours = phases.find((one) => one.phase === phase)!
      expect(ours.cycle_s).toBeCloseTo(median(hand.cycles), 6)
      expect(ours.cycle_s).toBeCloseTo(120, 1)
      expect(ours.green_median_s).toBeCloseTo(median(hand.greens.map(([a, b]) => b - a)), 6)
      expect(Math.abs(ours.green_median_s! - green)).toBeLessThan(0.5)
    }
    expect(median(devices[0]!.actual_cycles)).toBe(120)
  })

  it('of the other: arrivals on green, terminations and splits as counted by hand', () => {
    const rows = readRows(readFileSync(odot!, 'utf8'))
    const channels = [[6, 17], [6, 16], [6, 20], [8, 22], [8, 8], [8, 23], [2, 2], [5, 15]].map(([phase, number]) => channel(phase!, number!, 'advance', { device: '1136' })).filter(({ phase, channel: number }) => !(phase === 6 && number === 20))
    const { phases } = measure(channels, rows, { bin_s: 7200 * 2 })
    for (const phase of [2, 6, 8]) {
      const own = rows.filter(({ parameter }) => parameter === phase)
      const times = (event: number): number[] => own.filter((row) => row.event === event).map(({ time_s }) => time_s)
      const numbers = new Set(channels.filter((one) => one.phase === phase).map((one) => one.channel))
      const arrivals = rows.filter(({ event, parameter }) => event === 82 && numbers.has(parameter)).map(({ time_s }) => time_s)
      let [green, all] = [0, 0]
      times(1).forEach((start, i, starts) => {
        const yellow = times(8).filter((time) => time > start && time < (starts[i + 1] ?? Infinity))
        // One green has no yellow: the phase began its green twice.
        if (yellow.length !== 1) return
        // The log ends in the middle of a cycle: up to where red was seen to begin.
        const end = starts[i + 1] ?? Math.max(times(9).at(-1)!, times(11).at(-1)!)
        if (end < yellow[0]!) return
        green += arrivals.filter((time) => time >= start && time < yellow[0]!).length
        all += arrivals.filter((time) => time >= start && time < end).length
      })
      const ours = phases.find((one) => one.phase === phase)!
      expect(ours.arrivals_on_green).toBeCloseTo(green / all, 9)
      const causes = [4, 5, 6].map((event) => own.filter((row) => row.event === event).length)
      expect([ours.terminations!.gap, ours.terminations!.max, ours.terminations!.force].map((share) => Math.round(share * ours.greens))).toEqual(causes.map((count) => expect.closeTo(count, -0.5) as number))
    }
  })
})
