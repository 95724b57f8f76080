import { expect, test } from 'vitest'
import { formatTable } from './table.ts'
import { formatTiming, summarize, timeCpu } from './timing.ts'

test('a timing keeps the minimum, the mean and the sample deviation', () => {
  const timing = summarize([0.01, 0.02, 0.03])
  expect(timing).toMatchObject({ min_s: 0.01, repeats: 3 })
  expect(timing.mean_s).toBeCloseTo(0.02, 12)
  expect(timing.sd_s).toBeCloseTo(0.01, 12)
  expect(formatTiming(timing)).toBe('0.0100 (0.0200 ± 0.0100, 3)')
})

test('timed work runs warm-ups and repeats and keeps its last result', () => {
  let runs = 0
  const { result, timing } = timeCpu(() => ++runs, { warmups: 2, repeats: 3 })
  expect(result).toBe(5)
  expect(timing.repeats).toBe(3)
})

test('a table aligns its first column left and the others right', () => {
  expect(formatTable(['name', 's'], [['a', '1.00'], ['long name', '20.00']])).toBe(
    ['name           s', '---------  -----', 'a           1.00', 'long name  20.00'].join('\n'),
  )
})
