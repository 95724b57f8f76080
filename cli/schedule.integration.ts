import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'

it('divides a day into periods, plans each, and writes both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-schedule-'))
  try {
    const { code, out } = await runCommand('schedule', 'scenarios/nanhu-avenue', '--change', '0', '--json', '--quiet', '--out', folder)
    expect(code).toBe(0)
    const answer = JSON.parse(out) as { transitions: { at_s: number; signals: unknown[] }[]; periods: { start_s: number; end_s: number; cycle_s: number; plan: string }[]; curve: { periods: number; total_vh: number }[]; notes: string[]; files: string[] }
    expect(answer.periods.length).toBeGreaterThan(1)
    expect(answer.periods.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0)).toBe(86_400)
    // The best number of periods is the one with the least total.
    const least = answer.curve.reduce((a, b) => (b.total_vh < a.total_vh ? b : a))
    expect(answer.periods).toHaveLength(least.periods)
    expect(answer.transitions.map(({ at_s }) => at_s)).toEqual(answer.periods.map(({ start_s }) => start_s))
    for (const { signals } of answer.transitions) expect(signals).toHaveLength(6)
    expect(answer.notes.join(' ')).toContain('84 of 96 quarters of an hour have no measured volumes')
    expect(answer.files).toHaveLength(1 + answer.periods.length)
    const plan = JSON.parse(await readFile(answer.files[1]!, 'utf8')) as { format: string; cycle_s: number }
    expect([plan.format, plan.cycle_s]).toEqual(['greenwave.plan/1', answer.periods[0]!.cycle_s])
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('refuses a corridor that is not there', async () => {
  const { code, err } = await runCommand('schedule', 'scenarios/nanhu-avenue', '--corridor', 'nowhere', '--quiet')
  expect([code, err.includes('nowhere')]).toEqual([3, true])
})

it('finds the types of counted days and makes a schedule for each', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-schedule-'))
  try {
    const counts = join(folder, 'counts.csv')
    const network = JSON.parse(await readFile('scenarios/nanhu-avenue/network.json', 'utf8')) as { movements: { node: string; name?: string; signal?: string }[] }
    const rows = Array.from({ length: 14 }, (_, i) => i + 2).flatMap((day) => {
      const free = [7, 8, 14, 15].includes(day)
      return [28, 29, 30, 36, 37, 38].flatMap((quarter) => network.movements.filter(({ signal }) => signal !== undefined).map(({ node, name }) => {
        const vehicles = (name!.endsWith('T') ? 90 : 20) * (free ? 0.5 : quarter < 36 ? 1.2 : 0.6) + ((day * 7 + quarter * 3) % 5) - 2
        return `${node},2026-11-${String(day).padStart(2, '0')} ${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')},${name!.slice(0, 2)},${name!.slice(2)},${Math.round(vehicles)}`
      }))
    })
    await writeFile(counts, `site,time,approach,movement,count\n${rows.join('\n')}\n`)
    const { code, out } = await runCommand('schedule', 'scenarios/nanhu-avenue', '--days', counts, '--json', '--quiet', '--out', join(folder, 'out'))
    expect(code).toBe(0)
    const answer = JSON.parse(out) as { types: { id: string; days: number; weekdays: number[]; holidays: boolean; schedule: { periods: { plan: string; start_s: number; end_s: number }[] } }[]; files: string[]; notes: string[] }
    expect(answer.types.map(({ id, days, weekdays, holidays }) => ({ id, days, weekdays, holidays }))).toEqual([
      { id: 'mon-tue-wed-thu-fri', days: 10, weekdays: [1, 2, 3, 4, 5], holidays: false },
      { id: 'sat-sun-holiday', days: 4, weekdays: [6, 7], holidays: true },
    ])
    for (const { id, schedule } of answer.types) {
      expect(schedule.periods.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0)).toBe(86_400)
      for (const { plan } of schedule.periods) expect(plan.startsWith(id)).toBe(true)
    }
    expect(answer.notes.join(' ')).toContain('holidays: counted on fewer than two days')
    expect(answer.files).toHaveLength(1 + answer.types.reduce((sum, { schedule }) => sum + 1 + schedule.periods.length, 0))
    const list = JSON.parse(await readFile(answer.files[0]!, 'utf8')) as { format: string; types: { id: string }[] }
    expect([list.format, list.types.map(({ id }) => id)]).toEqual(['greenwave.day-types/1', answer.types.map(({ id }) => id)])
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('wants counted days where holidays among them are named', async () => {
  const { code, err } = await runCommand('schedule', 'scenarios/nanhu-avenue', '--holiday', '2026-10-01', '--quiet')
  expect([code, err.includes('--days')]).toEqual([2, true])
})
