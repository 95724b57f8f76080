// What the colours of the map mean, and that what is not known is never the best of them.
import { describe, expect, it } from 'vitest'
import type { LiveLink } from '../service/service.ts'
import { coverageClass, delayClass, indexClass, levelClass, nowClass, SERVICE_ENDS_S, SERVICE_LETTERS, STYLES, THEMES, UNKNOWN } from './classes.ts'

const link = (more: Partial<LiveLink>): LiveLink => ({ link: 'a', freshness: 'live', age_s: 3, vehicles: 9, ...more })

describe('classes of the map', () => {
  it('end where the scale says, the end included in the better class', () => {
    expect([0.9, 1.5, 1.51, 1.8, 1.81, 2.2, 2.21, 99].map(indexClass)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
    expect(['free', 'slow', 'congested', 'severe'].map(levelClass)).toEqual([0, 1, 2, 3])
  })

  it('are levels of service by control delay', () => {
    SERVICE_ENDS_S.forEach((end, i) => expect([end, end + 0.01].map(delayClass)).toEqual([i, i + 1]))
    expect(SERVICE_LETTERS[delayClass(0)!]).toBe('A')
  })

  it('are none where nothing is known', () => {
    expect([indexClass(undefined), indexClass(null), levelClass(null), levelClass('made up'), delayClass(undefined), delayClass(null), nowClass(undefined), coverageClass(undefined)]).toEqual(Array.from({ length: 8 }, () => undefined))
    expect(nowClass(link({ freshness: 'no-data', index: 1 }))).toBeUndefined()
    expect(nowClass(link({}))).toBeUndefined()
    expect(nowClass(link({ freshness: 'old', index: 2 }))).toBe(2)
  })

  it('say how many vehicles were heard of', () => {
    expect([0, 1, 2, 3, 4, 5, 60].map((vehicles) => coverageClass(link({ vehicles })))).toEqual([undefined, 0, 0, 1, 1, 2, 2])
  })

  it('differ in colour, and all but levels of service, which have letters, in their pattern too', () => {
    for (const theme of THEMES) {
      const styles = [...STYLES[theme], UNKNOWN]
      expect(new Set(styles.map(({ colour }) => colour)).size).toBe(styles.length)
      if (theme !== 'movements') expect(new Set(styles.map(({ pattern, gaps }) => JSON.stringify([pattern, gaps]))).size).toBe(styles.length)
    }
  })
})
