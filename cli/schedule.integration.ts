import { mkdtemp, readFile, rm } from 'node:fs/promises'
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
