import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EarliestFirst } from './earliest-first.ts'

test('what has the smallest key comes first, among equals what came first, also while more is put in', () => {
  fc.assert(fc.property(fc.array(fc.option(fc.nat(5))), (steps) => {
    const [queue, plain] = [new EarliestFirst<number>(), [] as { key: number; value: number }[]]
    steps.forEach((key, value) => {
      if (key !== null) {
        queue.push(key, value)
        plain.push({ key, value })
        return
      }
      const wanted = [...plain].sort((a, b) => a.key - b.key || a.value - b.value)[0]
      expect(queue.pop()).toBe(wanted?.value)
      if (wanted !== undefined) plain.splice(plain.indexOf(wanted), 1)
    })
    expect(queue.size).toBe(plain.length)
  }))
})
