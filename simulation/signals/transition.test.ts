import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Transition } from '../../model/control.ts'
import { modulo } from '../../model/units.ts'
import { nextCycle } from './transition.ts'

/** Cycles and seconds until in step, from a local zero on. */
function run(cycle: number, extra: number, transition: Transition, shortest = 0): { cycles: number; seconds: number; lengths: number[] } {
  let e = extra
  const lengths: number[] = []
  while (modulo(e, cycle) > 1e-6 && cycle - modulo(e, cycle) > 1e-6 && lengths.length < 50) {
    const { length } = nextCycle({ cycle, extra: e, transition, shortest })
    lengths.push(length)
    e = modulo(e - (length - cycle), cycle)
  }
  return { cycles: lengths.length, seconds: lengths.reduce((a, b) => a + b, 0), lengths }
}

describe('transition into step: cycle 100 s, 30 s of extra time', () => {
  const limits = { add: 0.2, subtract: 0.17 }

  it('by adding at most 20 % takes 2 cycles and 230 s', () => {
    expect(run(100, 30, { method: 'add', ...limits })).toMatchObject({ cycles: 2, lengths: [115, 115] })
  })

  it('by subtracting at most 17 % takes 5 cycles and 430 s', () => {
    const { cycles, seconds } = run(100, 30, { method: 'subtract', ...limits })
    expect(cycles).toBe(5)
    expect(seconds).toBeCloseTo(430, 6)
  })

  it('by dwelling takes one cycle of 130 s', () => {
    expect(run(100, 30, { method: 'dwell' })).toMatchObject({ cycles: 1, seconds: 130 })
  })

  it('by dwelling at most 20 s a cycle takes 2 cycles and 230 s', () => {
    expect(run(100, 30, { method: 'max_dwell', max_dwell_s: 20 })).toMatchObject({ cycles: 2, seconds: 230 })
  })

  it('by the shorter way adds, because 2 cycles are fewer than 5', () => {
    expect(run(100, 30, { method: 'shortway', ...limits })).toMatchObject({ cycles: 2, seconds: 230 })
    expect(run(100, 90, { method: 'shortway', ...limits })).toMatchObject({ cycles: 1, seconds: 90 })
  })

  it('never shrinks a cycle below its minimums', () => {
    expect(run(100, 90, { method: 'subtract', ...limits }, 95)).toMatchObject({ cycles: 2, lengths: [95, 95] })
    expect(run(100, 90, { method: 'subtract', ...limits }, 100).lengths.every((length) => length > 100)).toBe(true)
  })
})

it('every method lands in step, within its limits', () => {
  fc.assert(fc.property(
    fc.integer({ min: 40, max: 200 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.double({ min: 0.05, max: 0.4, noNaN: true }), fc.double({ min: 0.05, max: 0.4, noNaN: true }),
    fc.constantFrom<Transition['method']>('dwell', 'max_dwell', 'add', 'subtract', 'shortway'),
    (cycle, share, add, subtract, method) => {
      const { cycles, lengths } = run(cycle, share * cycle, { method, add, subtract })
      expect(cycles).toBeLessThan(50)
      for (const length of lengths) {
        if (method === 'add' || method === 'shortway') expect(length).toBeLessThanOrEqual(cycle * (1 + add) + 1e-6)
        if (method === 'subtract' || method === 'shortway') expect(length).toBeGreaterThanOrEqual(cycle * (1 - subtract) - 1e-6)
        if (method === 'max_dwell') expect(length).toBeLessThanOrEqual(cycle + 20 + 1e-6)
      }
    },
  ))
})
