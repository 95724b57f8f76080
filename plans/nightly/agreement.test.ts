import { describe, expect, it } from 'vitest'
import { draw } from './draws.ts'
import { findAgreement } from './agreement.ts'
import { DEFAULT_RULES } from './rules.ts'

const DAYS = 7
const { gain_share } = DEFAULT_RULES
/** The verdict over these days, and how many were asked for it. */
function ask(gains: readonly number[], plainly: boolean): { agreed: boolean; asked: number } {
  for (let asked = 0; ; asked++) {
    const agreed = findAgreement(gains.slice(0, asked), gains.length, DEFAULT_RULES, plainly)
    if (agreed !== undefined) return { agreed, asked }
  }
}
/** A week of days around a mean gain, normal (Box and Muller 1958). */
const week = (trial: number, mean: number, deviation: number): number[] => Array.from({ length: DAYS }, (_, day) =>
  mean + deviation * Math.sqrt(-2 * Math.log(1 - draw('u', trial, day, mean))) * Math.cos(2 * Math.PI * draw('v', trial, day, deviation)))

describe('days that agree', () => {
  it('are asked until five of seven are better, or three are not', () => {
    expect(ask([0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3], false)).toEqual({ agreed: true, asked: 5 })
    expect(ask([0.3, 0, 0.3, 0, 0.3, 0.3, 0.3], false)).toEqual({ agreed: true, asked: 7 })
    expect(ask([0, 0, 0, 0.3, 0.3, 0.3, 0.3], false)).toEqual({ agreed: false, asked: 3 })
    expect(ask([0.3, 0.3, 0.3], false)).toEqual({ agreed: true, asked: 3 })
  })

  it('are enough after two where those say plainly what the others would', () => {
    expect(ask([0.4, 0.41, 0, 0, 0, 0, 0], true)).toEqual({ agreed: true, asked: 2 })
    expect(ask([-0.4, -0.41, 0.3, 0.3, 0.3, 0.3, 0.3], true)).toEqual({ agreed: false, asked: 2 })
    // Two that are far from each other tell little; neither does one at which traffic stood still.
    expect(ask([0.04, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3], true).asked).toBeGreaterThan(2)
    expect(ask([0.4, -Infinity, 0.4, 0.4, 0.4, 0.4, 0.4], true)).toEqual({ agreed: true, asked: 6 })
  })

  it('come to the same end as all seven in all but 3 % of plans, whatever the gain', () => {
    const trials = 500
    for (const mean of [0, gain_share / 2, gain_share, 2 * gain_share, 0.1]) {
      for (const deviation of [0.02, 0.05]) {
        const other = Array.from({ length: trials }, (_, trial) => week(trial, mean, deviation)).filter((gains) => ask(gains, true).agreed !== ask(gains, false).agreed)
        expect(other.length / trials, `mean ${mean}, deviation ${deviation}`).toBeLessThan(0.03)
      }
    }
  })
})
