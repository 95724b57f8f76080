import { expect, it } from 'vitest'
import { GuessGuard } from './guess-guard.ts'

it('turns away who guesses for the rest of the minute, but not what was good from there', () => {
  let now = 0
  const guard = new GuessGuard(3, () => now)
  guard.failed('a')
  guard.passed('a', 'good')
  guard.check('a', 'unknown')
  guard.failed('a')
  guard.failed('a')
  now = 59
  expect(() => guard.check('a', 'unknown')).toThrow('try again in 1 s')
  expect(() => guard.check('a', 'good')).not.toThrow()
  expect(() => guard.check('b', 'unknown')).not.toThrow()
  now = 60
  expect(() => guard.check('a', 'unknown')).not.toThrow()
  guard.failed('a')
  expect(() => guard.check('a', 'unknown')).not.toThrow()
})
