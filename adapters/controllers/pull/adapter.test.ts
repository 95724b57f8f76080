import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { controllerConformance } from '../conformance.ts'
import { isWritable } from './plan.ts'
import { parseBundle } from './bundle.ts'
import { pullRig, wantedOf } from './testing.ts'

describe('pulled timings', () => {
  controllerConformance('the pull adapter', pullRig, it)

  it('write no id outside their list and the cabinet\'s own yellow, whatever the plan', async () => {
    const rig = await pullRig()
    const adapter = rig.driver.open(rig.record, rig.context)
    const base = await adapter.readConfig(new AbortController().signal)
    const green = fc.integer({ min: 7, max: 200 })
    fc.assert(fc.property(green, green, green, green, fc.nat(47), (a, b, c, d, offset) => {
      const { items, frames } = adapter.plan(base, wantedOf([a, b, c, d], offset))
      for (const { id } of items) expect(isWritable(id)).toBe(true)
      const [plan] = parseBundle(Buffer.from(frames[0]!.hex, 'hex').toString()).plans
      expect(plan!.stages.map(({ greenS, yellowS, allRedS }) => [greenS, yellowS, allRedS])).toEqual([[a, 3, 2], [b, 3, 2], [c, 3, 2], [d, 3, 2]])
    }), { numRuns: 50 })
    expect(isWritable('plan 2 minGreenS')).toBe(false)
    await adapter.close()
    await rig.close()
  })

  it('refuse settings with place and value', async () => {
    const rig = await pullRig()
    for (const [settings, sentence] of [[{ cabinet: '../x' }, 'settings.cabinet is "../x"'], [{ patience_s: 1 }, 'settings.patience_s is 1'], [{ kid: '' }, 'settings.kid is ""']] as const) {
      expect(() => rig.driver.open({ ...rig.record, settings }, rig.context)).toThrow(sentence)
    }
    await rig.close()
  })
})
