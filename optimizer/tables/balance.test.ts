import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Balance } from './balance.ts'

describe('the balance of search and bound', () => {
  it('gives the search more when it gains more for its work, and less when it gains less', () => {
    const gaining = new Balance(), resting = new Balance()
    for (const [balance, gain] of [[gaining, 50], [resting, 0]] as const) {
      balance.noteBound(10, 1000)
      balance.noteSearch(gain, 500)
      balance.noteBound(10, 1000)
    }
    expect(gaining.workOfSearch()).toBeGreaterThan(1000)
    expect(resting.workOfSearch()).toBeLessThan(500)
  })

  it('never lets either wait for long, also where the bound rests', () => {
    const gain = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(gain, gain), { minLength: 1, maxLength: 30 }), (gains) => {
        const balance = new Balance()
        for (const [bound, search] of gains) {
          balance.noteBound(bound, 1000)
          balance.noteSearch(search, 700)
        }
        const work = balance.workOfSearch()
        balance.noteBound(0, 0)
        expect(balance.workOfSearch()).toBe(work)
        expect(work).toBeGreaterThanOrEqual(250)
        expect(work).toBeLessThanOrEqual(3000)
      }),
    )
  })
})
