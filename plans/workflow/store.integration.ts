// The way of a plan on real databases, with several people at once.
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { DATABASES } from '../../adapters/store/testing.ts'
import { verifyAudit } from './audit.ts'
import { approvedPlan, MONDAY_S, townOf } from './testing.ts'
import { timingReader } from './timing.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
const slots = [{ day_type: 'weekday' as const, start_s: 8 * 3600, end_s: 9 * 3600 }]
describe.each(DATABASES)('the way of a plan on %s', (_name, open) => {
  it('is taken once, however many try, and leads to the street', async () => {
    const { store, remove } = await open()
    onTestFinished(remove)
    const { workflow } = await townOf(scenario, {}, store)
    const document = (await townOf(scenario)).document
    const plans = await Promise.all(Array.from({ length: 4 }, () => approvedPlan({ workflow, document })))
    const [first, ...others] = plans
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => workflow.schedule({ plan: first!.id, expected: first!.version, actor: 'engineer', slots })))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const failed of tries) if (failed.status === 'rejected') expect(failed.reason).toMatchObject({ code: 'store.conflict' })
    // Different plans into one schedule at once: whoever comes late repeats.
    const put = await Promise.allSettled(others.map(({ id, version }) => workflow.schedule({ plan: id, expected: version, actor: 'engineer', slots })))
    const winners = put.filter(({ status }) => status === 'fulfilled').length
    expect(winners).toBeGreaterThan(0)
    const { entries, version } = await store.schedules.get('town', 'textbook-arterial')
    expect(version).toBe(1 + winners)
    const timing = await timingReader(store).currentTiming('town', '2', MONDAY_S + 8.5 * 3600)
    expect(timing).toMatchObject({ plan: entries[0]!.plan, doubts: [] })
    expect(await verifyAudit(store.audit)).toMatchObject({ entries: 4 * 4 + version })
  }, 120_000)
})
