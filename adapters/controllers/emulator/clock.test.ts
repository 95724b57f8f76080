import { expect, it } from 'vitest'
import { LeapingClock, ScaledClock } from './clock.ts'

it('leaps to whoever is due next, in order, and stands still while somebody is at work', async () => {
  const clock = new LeapingClock(1000)
  const order: string[] = []
  const worker = (async () => {
    for (let i = 0; i < 3; i++) {
      await clock.wait(10)
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => { setImmediate(resolve) })
      order.push(`worker ${clock.now()}`)
    }
  })()
  const other = clock.wait(25).then(() => order.push(`other ${clock.now()}`))
  await Promise.all([worker, other])
  expect(order).toEqual(['worker 1010', 'worker 1020', 'other 1025', 'worker 1030'])
})

it.each([['leaping', () => new LeapingClock(0)], ['scaled', () => new ScaledClock(0, 100)]] as const)('a %s clock ends waiting when it is told to', async (_, make) => {
  const [clock, stop] = [make(), new AbortController()]
  const waiting = clock.wait(1e6, stop.signal)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(clock.wait(1, stop.signal)).rejects.toThrow('enough')
  expect(clock.now()).toBeLessThan(1e5)
})

it('a scaled clock goes as much faster as it says', async () => {
  const clock = new ScaledClock(500, 100)
  await clock.wait(5)
  expect(clock.now()).toBeGreaterThanOrEqual(504.9)
})
