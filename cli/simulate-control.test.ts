import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNetwork } from '../adapters/formats/utdf/test-network.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
let scenario: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-control-'))
  scenario = join(folder, 'street')
  writeFileSync(join(folder, 'street.csv'), `${testNetwork().map((line) => line.replace(/^Recall,(\d),.*/, 'Recall,$1,0,3,0,0,0,3,0,0')).join('\n')}\n`)
  const { code } = await runCommand('import', join(folder, 'street.csv'), '--out', scenario, '--quiet')
  if (code !== 0) throw new Error(`import ended with ${code}`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Printed { control: Record<string, number>; delay_s: { mean: number }; gridlocked_runs: number }

async function simulated(...more: string[]): Promise<Printed> {
  const { code, out } = await runCommand('simulate', scenario, '--seeds', '1', '--growth', '0.5', '--json', '--quiet', '--workers', '1', ...more)
  expect(code).toBe(0)
  return JSON.parse(out) as Printed
}

describe('simulate', () => {
  it('runs signals as the file of the street says, unless told otherwise', async () => {
    const [street, fixed] = [await simulated(), await simulated('--control', 'fixed')]
    expect(street.control).toEqual({ fixed: 0, actuated: 0, coordinated: 2 })
    expect(fixed.control).toEqual({ fixed: 2, actuated: 0, coordinated: 0 })
    expect(street.delay_s.mean).toBeLessThan(fixed.delay_s.mean)
    expect(street.gridlocked_runs).toBe(0)
    expect((await simulated('--control', 'actuated')).control).toEqual({ fixed: 0, actuated: 2, coordinated: 0 })
  })

  it('refuses a way of control that is none', async () => {
    const { code, err } = await runCommand('simulate', scenario, '--control', 'clever')
    expect(code).toBe(2)
    expect(err).toContain('street, fixed, actuated, coordinated')
  })
})
