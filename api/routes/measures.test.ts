import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileSignal } from '../../model/compile.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { SignalDay } from '../../model/signal-day.ts'
import { madeMinutes } from '../../plans/daily/testing.ts'
import { healthOf } from '../../plans/testing/records.ts'
import { fixedTimeEvents } from '../../simulation/observe/index.ts'
import { onGreenRows } from '../../reports/signal-rows.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { bearer, closeWorlds } from '../testing.ts'

const DAY = '2026-11-18'
const [FROM_S, UNTIL_S] = [8 * 3600, 10 * 3600]
let town: ApiTown
const get = (path: string) => town.server.inject({ url: `/api/v1/networks/jiaxing/${path}`, headers: bearer(town.tokens.viewer) })

beforeAll(async () => {
  town = await apiTown()
  const scenario = (await town.store.networks.scenario('jiaxing'))!
  const local = new LocalTime(scenario.scenario.time_zone)
  const midnight = local.instant(parseDay(DAY)!, 0)
  const graph = new RoadGraph(scenario.network)
  const signal = scenario.network.signals.find(({ id }) => id === '1')!
  const compiled = compileSignal(graph.getSignal('1'), runningPatterns(scenario.timing, FROM_S, 3).get('1')!)
  const log = fixedTimeEvents(scenario.network, [compiled]).between(FROM_S, UNTIL_S).map((row) => ({ ...row, time_s: row.time_s + midnight }))
  // A vehicle over the advance detector each half minute, 6 s before it would reach the line.
  const arrivals = Array.from({ length: 240 }, (_, i) => ({ device: signal.source_id, event: 82, parameter: 1, time_s: midnight + FROM_S + 30 * i + 0.5 }))
  await town.store.feeds.put({ id: 'logs', network: 'jiaxing', kind: 'events', format: 'events', settings: { channels: [{ device: signal.source_id, phase: 2, channel: 1, function: 'advance', distance_m: 90, speed_mps: 15 }, { device: 3 }] }, enabled: true }, 0)
  const events = [...log, ...arrivals].sort((a, b) => a.time_s - b.time_s)
  await town.store.observations.append({ feed: 'logs', id: 'day', received_s: town.at.now, health: healthOf(events.length), events })
  // Three Wednesdays before the change with a jam in the evening, three after it without.
  for (const [i, week] of [-3, -2, -1, 1, 2, 3].entries()) {
    const day = parseDay(DAY)! + 7 * week
    const links = scenario.network.links.map(({ id }) => id)
    await town.store.states.putMinutes('jiaxing', madeMinutes(scenario, { day, evening: week < 0 ? 3 + i / 10 : 1.5 + i / 10, jam: links }).filter(({ time_s }) => (time_s - local.instant(day, 0)) % 3600 < 900 && [12, 17].includes(Math.floor((time_s - local.instant(day, 0)) / 3600))))
  }
})
afterAll(closeWorlds)

describe('a signal on a day', () => {
  it('has greens as they were logged, arrivals on green under each plan, and splits beside the programmed ones', async () => {
    const day = (await get(`signals/1/days/${DAY}/measures?from_s=${FROM_S}&until_s=${UNTIL_S}&probes=false`)).json<SignalDay>()
    const phase = day.phases.find((one) => one.phase === 2)!
    expect([phase.greens, phase.movements.length > 0]).toEqual(['log', true])
    const cycle = day.reigns[0]!.cycle_s!
    expect(phase.cycles.length).toBeGreaterThan(7200 / cycle - 2)
    for (const row of phase.splits) expect(row.median_s).toBeCloseTo(row.programmed_s!, 1)
    const rows = onGreenRows(day, phase, [FROM_S, UNTIL_S])
    expect(rows.reduce((sum, { arrivals }) => sum + arrivals, 0)).toBeGreaterThan(200)
    const share = phase.cycles.map(({ green_s, yellow_s }) => yellow_s - green_s).reduce((a, b) => a + b) / phase.cycles.length / cycle
    expect(rows[0]!.on_green / 100).toBeGreaterThan(share - 0.15)
    expect(rows[0]!.on_green / 100).toBeLessThan(share + 0.15)
    expect(day.bins.some(({ arrivals_on_green }) => arrivals_on_green !== null)).toBe(true)
    expect(day.phases.filter(({ phase: number }) => number !== 2).every(({ arrivals }) => arrivals.length === 0)).toBe(true)
  })

  it('says the same in its table, one row a value', async () => {
    const query = `?from_s=${FROM_S}&until_s=${UNTIL_S}&probes=false`
    const [day, table] = [(await get(`signals/1/days/${DAY}/measures${query}`)).json<SignalDay>(), (await get(`signals/1/days/${DAY}/measures.csv${query}`)).body]
    const phase = day.phases.find((one) => one.phase === 2)!
    for (const { on_green, arrivals } of onGreenRows(day, phase, [FROM_S, UNTIL_S])) expect(table).toContain(`phase 2,,08:00:00,10:00:00,arrivals_on_green (detector),%,${on_green},,,${arrivals}`)
    expect(table.split('\r\n').filter((row) => row.startsWith(`1,${DAY},greens,phase 2,`))).toHaveLength(phase.cycles.length)
  })

  it('shows the plan where nothing was heard, and says so', async () => {
    const day = (await get(`signals/2/days/${DAY}/measures?from_s=0&until_s=3600`)).json<SignalDay>()
    expect(new Set(day.phases.map(({ greens }) => greens))).toEqual(new Set(['plan']))
    expect(day.phases[0]!.splits.every(({ greens, median_s }) => greens === 0 && median_s === null)).toBe(true)
    expect((await get(`signals/none/days/${DAY}/measures`)).statusCode).toBe(404)
    expect((await get(`signals/1/days/${DAY}/measures?from_s=10&until_s=5`)).statusCode).toBe(422)
  })
})

describe('a corridor over hours and days', () => {
  it('compares the hours of weekdays before and after, as far as the days tell', async () => {
    const { cells, values } = (await get(`corridors/nanhu-avenue/hours?changed=${DAY}&days=28`)).json<{ cells: { row: string | number; hour: number; verdict: string; before: { days: number }; after: { days: number }; difference_s: { value: number; low: number; high: number } }[]; values: object[] }>()
    const evening = cells.find(({ row, hour }) => row === 3 && hour === 17)!
    expect(evening).toMatchObject({ verdict: 'better', before: { days: 3 }, after: { days: 3 } })
    expect(evening.difference_s.high).toBeLessThan(0)
    expect(cells.find(({ row, hour }) => row === 'workdays' && hour === 17)).toMatchObject({ before: { days: 3 }, after: { days: 3 } })
    expect(cells.find(({ row, hour }) => row === 3 && hour === 12)!.verdict).toBe('undecided')
    expect(cells.some(({ row }) => row === 1)).toBe(false)
    expect(values).toHaveLength(12)
    const table = (await get(`corridors/nanhu-avenue/hours.csv?changed=${DAY}&days=28`)).body
    expect(table).toContain(`slots,3,17,3,3,`)
  })

  it('knows a cell only where vehicles were seen', async () => {
    const { ways } = (await get('corridors/nanhu-avenue/days/2026-11-25/speeds?column_s=900')).json<{ ways: { direction: string; links: { link: string }[]; cells: ({ index: number } | null)[][] }[] }>()
    expect(ways.map(({ direction }) => direction)).toEqual(['outbound', 'inbound'])
    const [way] = ways
    expect(way!.cells.every((row) => row[17 * 4] !== null && row[17 * 4 + 1] === null && row[0] === null)).toBe(true)
    expect(way!.cells[0]![17 * 4]!.index).toBeGreaterThan(1.5)
    const table = (await get('corridors/nanhu-avenue/days/2026-11-25/speeds.csv')).body
    expect(table.split('\r\n')).toHaveLength(2 + ways.reduce((sum, { cells }) => sum + cells.flat().filter((cell) => cell !== null).length, 0))
  })

  it('lists the days of which something is kept', async () => {
    const { items } = (await get('days?limit=100')).json<{ items: { day: string; measured: boolean; records: number }[] }>()
    expect(items.find(({ day }) => day === '2026-11-22')).toMatchObject({ measured: true })
    expect(items.reduce((sum, { records }) => sum + records, 0)).toBeGreaterThan(240)
  })
})
