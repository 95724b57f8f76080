import { afterEach, describe, expect, it, vi } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import { type Daily, dueDay, startDaily } from './index.ts'

const HALF_PAST_TWO = 2.5 * 3600
const at = (time: string): number => Date.parse(time) / 1000

/** Every minute of some days: when the run of which day falls due. */
function runs(zone: string, from: string, until: string): string[] {
  const local = new LocalTime(zone)
  const found: string[] = []
  let last = dueDay(local, HALF_PAST_TWO, at(from))
  for (let now = at(from); now < at(until); now += 60) {
    const due = dueDay(local, HALF_PAST_TWO, now)
    if (due > last) found.push(`${due} at ${new Date(now * 1000).toISOString().slice(0, 16)}`)
    expect(due >= last).toBe(true)
    last = due
  }
  return found
}

describe('the day that is due', () => {
  it('comes once where clocks skip 02:30 (Berlin, 29 March 2026)', () => {
    expect(runs('Europe/Berlin', '2026-03-27T12:00Z', '2026-03-30T12:00Z')).toEqual(['2026-03-28 at 2026-03-28T01:30', '2026-03-29 at 2026-03-29T01:30', '2026-03-30 at 2026-03-30T00:30'])
  })

  it('comes once, at the first of both, where 02:30 comes twice (Berlin, 25 October 2026)', () => {
    expect(runs('Europe/Berlin', '2026-10-23T12:00Z', '2026-10-26T12:00Z')).toEqual(['2026-10-24 at 2026-10-24T00:30', '2026-10-25 at 2026-10-25T00:30', '2026-10-26 at 2026-10-26T01:30'])
  })

  it('comes every day at the same time where clocks never change (Shanghai)', () => {
    expect(runs('Asia/Shanghai', '2026-03-27T12:00Z', '2026-03-30T12:00Z')).toEqual(['2026-03-28 at 2026-03-27T18:30', '2026-03-29 at 2026-03-28T18:30', '2026-03-30 at 2026-03-29T18:30'])
  })

  it('comes once on changes of half an hour (Lord Howe, 5 April and 4 October 2026)', () => {
    for (const [from, until] of [['2026-04-03T12:00Z', '2026-04-07T12:00Z'], ['2026-10-02T12:00Z', '2026-10-06T12:00Z']] as const) expect(runs('Australia/Lord_Howe', from, until)).toHaveLength(4)
  })
})

describe('daily runs', () => {
  const opened: Daily[] = []
  afterEach(async () => {
    for (const daily of opened.splice(0)) await daily.stop()
  })

  async function open({ last, now, fails = 0 }: { last: string | undefined; now: string; fails?: number }) {
    const world = { now: at(now), last, run: [] as string[], errors: [] as unknown[], fails }
    const daily = await startDaily({
      clock: { now: () => world.now }, onError: (_, error) => world.errors.push(error),
      tasks: [{
        name: 'night', time_zone: 'Europe/Berlin', at: HALF_PAST_TWO, lastDay: async () => world.last,
        run: async (day) => {
          if (world.fails-- > 0) throw new Error('away')
          world.run.push(day)
        },
      }],
    })
    opened.push(daily)
    return { world, daily }
  }

  it('makes up at its start for nights that were missed, once and for the newest', async () => {
    const { world, daily } = await open({ last: '2026-11-18', now: '2026-11-22T09:00Z' })
    await daily.look()
    expect(world.run).toEqual(['2026-11-22'])
  })

  it('does nothing at its start when the night was done, and the next at its time', async () => {
    const { world, daily } = await open({ last: '2026-11-22', now: '2026-11-22T09:00Z' })
    expect(world.run).toEqual([])
    for (const [now, run] of [['2026-11-23T01:29Z', 0], ['2026-11-23T01:30Z', 1], ['2026-11-23T01:31Z', 1], ['2026-11-23T18:00Z', 1]] as const) {
      world.now = at(now)
      await daily.look()
      expect(world.run).toHaveLength(run)
    }
    expect(world.run).toEqual(['2026-11-23'])
  })

  it('begins a new installation with the next night', async () => {
    const { world, daily } = await open({ last: undefined, now: '2026-11-22T09:00Z' })
    expect(world.run).toEqual([])
    world.now = at('2026-11-23T01:30Z')
    await daily.look()
    expect(world.run).toEqual(['2026-11-23'])
  })

  it('leaves a night that another process did', async () => {
    const { world, daily } = await open({ last: '2026-11-22', now: '2026-11-22T09:00Z' })
    world.now = at('2026-11-23T05:00Z')
    world.last = '2026-11-23'
    await daily.look()
    expect(world.run).toEqual([])
  })

  it('tries again when a run could not begin, and says why', async () => {
    const { world, daily } = await open({ last: '2026-11-21', now: '2026-11-22T09:00Z', fails: 2 })
    await daily.look()
    await daily.look()
    await daily.look()
    expect([world.run, world.errors.length]).toEqual([['2026-11-22'], 2])
  })

  it('comes at its time after the clock was put back by a year, and not a second time', async () => {
    vi.useFakeTimers({ now: Date.parse('2027-11-23T01:00:10Z') })
    try {
      const run: string[] = []
      const done = ['2026-11-22']
      const daily = await startDaily({
        clock: { now: () => Date.now() / 1000 }, onError: (_, error) => { throw error },
        tasks: [{ name: 'night', time_zone: 'Europe/Berlin', at: HALF_PAST_TWO, lastDay: async (until) => done.filter((day) => day <= until).at(-1), run: async (day) => { run.push(done[done.length] = day) } }],
      })
      opened.push(daily)
      await vi.advanceTimersByTimeAsync(60_000)
      expect(run).toEqual(['2027-11-22'])
      vi.setSystemTime(Date.parse('2026-11-23T01:29:00Z'))
      await vi.advanceTimersByTimeAsync(180_000)
      expect(run).toEqual(['2027-11-22', '2026-11-23'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('refuses a time zone that is not known', async () => {
    await expect(startDaily({ clock: { now: () => 0 }, onError: () => {}, tasks: [{ name: 'night', time_zone: 'Mars/Olympus', at: 0, lastDay: async () => undefined, run: async () => {} }] })).rejects.toThrow('Mars/Olympus')
  })
})
