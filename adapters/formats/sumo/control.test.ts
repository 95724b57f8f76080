import { describe, expect, it } from 'vitest'
import { validateTiming } from '../../../model/validate-timing.ts'
import { STREET, streetText, streetWith } from './fixtures/street.ts'
import { importSumo } from './import-sumo.ts'

const TYPED = /<tlLogic id="B" type="static"[^>]*>/

describe('an actuated program of SUMO', () => {
  it('runs its stages in gaps, by detectors two seconds before the stop line', async () => {
    const opening = TYPED.exec(streetText)?.[0] ?? expect.fail('no static program of B')
    const file = streetWith(opening, `${opening.replace('static', 'actuated')}<param key="max-gap" value="2.5"/>`)
    const { scenario, notes } = await importSumo(file)
    validateTiming(scenario.network, scenario.timing)
    expect(scenario.timing.control?.map(({ signal, type }) => [signal, type])).toEqual([['B', 'actuated']])
    const [control] = scenario.timing.control ?? []
    expect(control?.phases?.every(({ passage_s }) => passage_s === 2.5)).toBe(true)
    const speedOf = (link: string): number => scenario.network.links.find(({ id }) => id === link)!.speed_mps
    expect(control?.detectors?.length).toBeGreaterThan(2)
    for (const { link, position_m, extends: groups } of control?.detectors ?? []) {
      const { length_m } = scenario.network.links.find(({ id }) => id === link)!
      expect(position_m).toBeCloseTo(Math.min(2 * speedOf(link), length_m), 1)
      expect(groups.length).toBeGreaterThan(0)
    }
    expect(notes.some(({ message }) => message.includes('1 actuated signal'))).toBe(true)
  })

  it('is no matter of a static one', async () => {
    expect((await importSumo(STREET)).scenario.timing.control).toBeUndefined()
  })
})
