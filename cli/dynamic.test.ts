import { describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'

describe('greenwave dynamic', () => {
  it.each([
    [['--every', '0'], '--every is "0"; it must be a whole number from 1 to 20'],
    [['--seeds', 'many'], '--seeds is "many"; it must be a whole number from 1 to 1000'],
    [['--growth', '0'], '--growth is "0"; it must be a number from 0.1 to 10'],
    [['--cut-off-at', '9000'], '--cut-off-at is "9000"; it must be a number from 0 to 3000'],
  ])('refuses %j before it simulates', async (words, sentence) => {
    const { code, err } = await runCommand('dynamic', 'scenarios/nanhu-avenue', ...words)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })

  it('names the periods that there are where one is unknown', async () => {
    const { code, err } = await runCommand('dynamic', 'scenarios/nanhu-avenue', '--period', 'holiday', '--planned-for', 'nowhere', '--quiet')
    expect(code).toBe(3)
    expect(err).toContain('nowhere')
  })
})
