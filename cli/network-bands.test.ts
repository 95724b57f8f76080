import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'

describe('plan --network --objective band', () => {
  it('plans the corridors of a scenario together, writes the plan and tells each corridor before and after', async () => {
    const out = mkdtempSync(join(tmpdir(), 'network-bands-'))
    const { out: text, err } = await runCommand('plan', 'scenarios/textbook-arterial', '--network', '--objective', 'band', '--seeds', '1', '--out', out, '--json', '--quiet')
    expect(err).toBe('')
    const told = JSON.parse(text) as { differences: { measure: string }[]; objective: { value: number; bound: number }; corridors: { before: { outbound_s: number }; after: { outbound_s: number; inbound_s: number } }[] }
    expect(told.differences.map(({ measure }) => measure)).toContain('delay_s')
    const sum = told.corridors.reduce((total, { after }) => total + after.outbound_s + after.inbound_s, 0)
    expect(sum).toBeCloseTo(told.objective.value, 5)
    expect(told.objective.bound).toBeGreaterThanOrEqual(told.objective.value)
    const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as { certificate: { objective: string }; intersections: unknown[] }
    expect(plan.certificate.objective).toBe('band')
    expect(plan.intersections.length).toBeGreaterThan(1)
  })

  it('refuses what it would not heed', async () => {
    const { err } = await runCommand('plan', 'scenarios/nanhu-avenue', '--network', '--objective', 'band', '--cycle', '80..100')
    expect(err).toMatch(/--cycle is not for --network --objective band/)
  })
})
