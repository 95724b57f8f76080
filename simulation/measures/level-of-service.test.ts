import { describe, expect, it } from 'vitest'
import { levelOfService } from '../../model/evaluation.ts'
import { mpsFromMph } from '../../model/units.ts'
import { streetLevelOfService } from './level-of-service.ts'

const street = (speed: number, base: number): string => streetLevelOfService(mpsFromMph(speed), mpsFromMph(base))

describe('level of service', () => {
  it.each([[0, 'A'], [10, 'A'], [10.1, 'B'], [20, 'B'], [35, 'C'], [55, 'D'], [80, 'E'], [80.1, 'F'], [Number.NaN, 'F']])('of a movement with %f s of control delay is %s', (delay, level) =>
    expect(levelOfService(delay)).toBe(level))

  it('of a lane group over its capacity is F however short the delay', () => {
    expect(levelOfService(12, 1.01)).toBe('F')
    expect(levelOfService(12, 1)).toBe('B')
  })

  it.each([[33, 40, 'A'], [32, 40, 'B'], [19, 40, 'D'], [12, 40, 'F'], [12.1, 40, 'E'], [21, 25, 'A'], [8, 25, 'F'], [45, 55, 'A']])('of a street travelled at %f mi/h with a base of %f mi/h is %s', (speed, base, level) =>
    expect(street(speed, base)).toBe(level))

  it('of a street lies between the columns of the exhibit where its base does', () => {
    expect(street(26.1, 32.5)).toBe('A')
    expect(street(25.9, 32.5)).toBe('B')
  })

  it('of a street with a through movement over capacity is F', () => expect(streetLevelOfService(20, 20, true)).toBe('F'))
})
