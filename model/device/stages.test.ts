import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LampTiming } from './device.ts'
import { compareLamps, withLocalZero } from './lamp-timing.ts'
import { type DeviceStage, deviceStagesOf, lampTimingOfStages } from './stages.ts'

const lamps = (group: string, greens: [number, number][], yellow = 30, red_clearance = 20): LampTiming['groups'][number] => ({ group, greens, yellow, red_clearance })
const clearancesOf = ({ groups }: LampTiming): { group: string; yellow: number; red_clearance: number }[] => groups.map(({ group, yellow, red_clearance }) => ({ group, yellow, red_clearance }))

const DUAL: LampTiming = {
  cycle: 1000, offset: 100,
  groups: [lamps('1', [[0, 150]]), lamps('2', [[200, 550]]), lamps('4', [[600, 950]]), lamps('5', [[0, 250]]), lamps('6', [[300, 550]]), lamps('8', [[600, 930]])],
}

it('begins a stage with each green, keeps groups green through a change, and ends a group early where it ends before its stage', () => {
  expect(deviceStagesOf(DUAL)).toEqual({
    first: 0,
    stages: [
      { groups: ['1', '5'], green: 150, yellow: 30, red_clearance: 20, late_start: [], early_end: [] },
      { groups: ['2', '5'], green: 50, yellow: 30, red_clearance: 20, late_start: [], early_end: [] },
      { groups: ['2', '6'], green: 250, yellow: 30, red_clearance: 20, late_start: [], early_end: [] },
      { groups: ['4', '8'], green: 350, yellow: 30, red_clearance: 20, late_start: [], early_end: [{ group: '8', by: 20 }] },
    ],
  })
})

it('lets a group join a stage late where the controller can', () => {
  const leading: LampTiming = { cycle: 600, offset: 0, groups: [lamps('p', [[0, 250]]), lamps('v', [[40, 250]]), lamps('c', [[300, 550]])] }
  expect(deviceStagesOf(leading).stages.map(({ groups }) => groups)).toEqual([['p'], ['p', 'v'], ['c']])
  const { stages } = deviceStagesOf(leading, { late_start: 40 })
  expect(stages).toMatchObject([{ groups: ['p', 'v'], green: 250, late_start: [{ group: 'v', by: 40 }] }, { groups: ['c'] }])
  expect(compareLamps(leading, lampTimingOfStages(stages, 0, clearancesOf(leading)))).toEqual([])
})

it('refuses what stages cannot say, with the group and the times', () => {
  expect(() => deviceStagesOf(DUAL, { early_end: false })).toThrow('group 8 ends 2 s before stage 4')
  const overlapping: LampTiming = { cycle: 600, offset: 0, groups: [lamps('a', [[0, 200]]), lamps('c', [[210, 550]])] }
  expect(() => deviceStagesOf(overlapping)).toThrow('group a is yellow until 23 s of the cycle, but the next stage begins at 21 s')
  const again: LampTiming = { cycle: 600, offset: 0, groups: [lamps('a', [[0, 200], [250, 400]]), lamps('c', [[450, 550]])] }
  expect(() => deviceStagesOf(again)).toThrow('group a ends with its stage and turns green with the next')
  expect(() => deviceStagesOf({ cycle: 600, offset: 0, groups: [lamps('a', [[0, 600]])] })).toThrow('no group ever turns green')
})

const anyStage = fc.record({ green: fc.integer({ min: 60, max: 400 }), in: fc.integer({ min: 1, max: 15 }), late: fc.integer({ min: 0, max: 30 }), early: fc.integer({ min: 0, max: 30 }) })
const anyTiming = fc.tuple(fc.array(anyStage, { minLength: 2, maxLength: 6 }), fc.integer({ min: 0, max: 5000 })).map(([raw, offset]) => {
  const named = (mask: number): string[] => ['1', '2', '3', '4'].filter((_, bit) => (mask & (1 << bit)) !== 0)
  const stages = raw.map(({ green, in: mask, late, early }, i): DeviceStage => {
    const groups = named(mask)
    const [before, after] = [named(raw.at(i - 1)!.in), named(raw[(i + 1) % raw.length]!.in)]
    return {
      groups, green, yellow: 30, red_clearance: 20,
      late_start: groups.filter((group) => !before.includes(group)).slice(0, 1).map((group) => ({ group, by: late })),
      early_end: groups.filter((group) => !after.includes(group)).slice(0, 1).map((group) => ({ group, by: early })),
    }
  })
  return lampTimingOfStages(stages, offset, ['1', '2', '3', '4'].map((group) => ({ group, yellow: 30, red_clearance: 20 })))
})

it('shows the same lamps there and back, from whichever local zero, or refuses', () => {
  let said = 0
  fc.assert(fc.property(anyTiming, fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 40 }), (timing, shift, late_start) => {
    const zeroed = withLocalZero(timing, shift)
    let made: ReturnType<typeof deviceStagesOf>
    try {
      made = deviceStagesOf(zeroed, { late_start })
    } catch (error) {
      expect((error as { code?: string }).code).toBe('controller.unfit')
      return
    }
    said++
    expect(compareLamps(timing, lampTimingOfStages(made.stages, zeroed.offset + made.first, clearancesOf(timing)))).toEqual([])
    for (const stage of made.stages) expect(Math.min(stage.green, stage.yellow, stage.red_clearance)).toBeGreaterThanOrEqual(0)
  }), { numRuns: 300 })
  expect(said).toBeGreaterThan(100)
})
