import { describe, expect, it } from 'vitest'
import { RequestCount } from './request-count.ts'

describe('the count of requests', () => {
  it('begins anew every window, for each who asks', () => {
    let now = 5
    const count = new RequestCount(undefined, () => now)
    const seen: (readonly [string, number | undefined, number | undefined])[] = []
    const ask = (key: string): void => count.incr(key, (_error, result) => { seen.push([key, result?.current, result?.ttl]) }, 60_000)
    ask('a')
    now += 1000
    ask('a')
    ask('b')
    now += 59_000
    ask('a')
    ask('b')
    expect(seen).toEqual([['a', 1, 60_000], ['a', 2, 59_000], ['b', 1, 60_000], ['a', 1, 60_000], ['b', 2, 1000]])
  })
})
