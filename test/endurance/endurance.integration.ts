// Twenty kills at random moments, of processes of the service and of the database under them. GREENWAVE_ENDURANCE_SEED repeats one run of luck.
import { describe, expect, it } from 'vitest'
import { storm } from './storm.ts'

const SEED = Number(process.env['GREENWAVE_ENDURANCE_SEED'] ?? 1)
const KILLS = 20

describe('a service whose processes are killed', () => {
  it('loses and doubles nothing that it acknowledged, and every plan stands where the audit says', async () => {
    const said: string[] = []
    const { wrong, killed, fixes, plans, scheduled, jobs, nights, repeats, recovery_s, journal } = await storm({ seed: SEED, kills: KILLS, say: (sentence) => said.push(sentence) })
    const summary = JSON.stringify({ seed: SEED, killed, fixes, plans, scheduled, jobs, nights, steps: journal.steps.size, polls: journal.polls, events: journal.heard.size, repeats, recovery_s })
    process.stderr.write(`${summary}\n`)
    expect(wrong.slice(0, 20), `${summary}\n${said.join('\n')}`).toEqual([])
    expect(Object.values(killed).reduce((sum, n) => sum + n, 0)).toBe(KILLS)
    // It was a storm over a town in which something happened.
    expect(fixes).toBeGreaterThan(1000)
    expect(Math.min(plans, jobs, nights)).toBeGreaterThan(2)
    expect(journal.polls).toBeGreaterThan(100)
  }, 1_200_000)
})
