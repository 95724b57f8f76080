import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Override } from '../../plans/deployment/rules.ts'
import { type Rehearsal, rehearse, strays } from './rehearsal.ts'

/** Cycles of the six differ by up to 20 s: their plan gives some through greens half as much again. */
const OVERRIDES: Override[] = [{ rule: 'change', by: ['li', 'zhao'], reason: 'a rehearsal' }]

let scenario: Scenario
let city: Rehearsal

beforeEach(async () => {
  ({ scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue')))
  city = await rehearse(scenario, 10 * 3600, 7)
})
afterEach(() => city.close())

const slots = (): (number | undefined)[] => [...city.controllers.values()].map((device) => device.cycle()?.slot)

describe('the corridor of the built-in scenario, over emulated controllers', () => {
  it('runs its plan at every signal, by the lamps themselves, and what it ran before once it is released', async () => {
    const [plan] = city.plans
    const before = [...city.controllers.values()].map((device) => device.slots.map((slot) => device.timing(slot)))
    const report = await city.deployer.run({ plan: plan!, mode: 'temporary', by: 'li', overrides: OVERRIDES })
    expect(report.members.map(({ device, state, level, sentences }) => [device, state, level, report.effective ? [] : sentences])).toEqual(plan!.document.intersections.map(({ signal }) => [`c${signal}`, 'LEASED', 5, []]))
    const from_s = city.clock.now()
    await city.clock.wait(2 * plan!.document.intersections[0]!.cycle_s + 5)
    expect(strays(city, scenario, plan!, from_s)).toEqual([])
    const back = await city.deployer.release(report.run, 'li', 'the rehearsal is over')
    expect(back.map(({ state }) => state)).toEqual(back.map(() => 'ROLLED_BACK'))
    expect(slots()).toEqual(slots().map(() => 1))
    expect([...city.controllers.values()].map((device) => device.slots.map((slot) => device.timing(slot)))).toEqual(before)
  })

  it('comes to run its plan while the supervisor of the same process looks after everything', async () => {
    const over = new AbortController()
    const looking = (async () => {
      for (;;) {
        await city.clock.wait(20, over.signal)
        await city.supervisor.look(over.signal)
      }
    })().catch((error: unknown) => { if (!over.signal.aborted) throw error })
    const report = await city.deployer.run({ plan: city.plans[0]!, mode: 'temporary', by: 'li', overrides: OVERRIDES })
    over.abort()
    await looking
    expect(report.members.map(({ state }) => state)).toEqual(report.members.map(() => 'LEASED'))
  })

  it('goes back as a whole where one controller echoes the plan and runs the old one', async () => {
    city.controllers.get('4')!.faults.echo_without_effect = true
    const report = await city.deployer.run({ plan: city.plans[0]!, mode: 'temporary', by: 'li', overrides: OVERRIDES })
    expect(report.effective).toBe(false)
    expect(report.sentence).toContain('controller c4 does not follow')
    expect(report.members.map(({ state }) => state)).toEqual(report.members.map(() => 'ROLLED_BACK'))
    expect(slots()).toEqual(slots().map(() => 1))
  })

  it('sends nothing to any controller where one of them flashes', async () => {
    city.controllers.get('3')!.setMode('flash')
    const report = await city.deployer.run({ plan: city.plans[0]!, mode: 'temporary', by: 'li', overrides: OVERRIDES })
    expect(report.members.map(({ state }) => state)).toEqual(report.members.map(() => 'REJECTED'))
    expect([...city.controllers.values()].every((device) => device.timing(2) === undefined)).toBe(true)
  })
})
