import { describe, expect, it } from 'vitest'
import { CATALOGUE, GreenwaveError } from '../../model/errors.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { personOf, planOf } from '../../plans/testing/records.ts'
import { EVENTS } from '../../plans/deployment/states.ts'
import { stepsOf } from '../../plans/workflow/index.ts'
import { refuseSentences } from '../../plans/workflow/refuse.ts'
import { CHINESE_ACTIONS, chineseOf } from './chinese.ts'

const HAN = /\p{Script=Han}/u

describe('what the service says, in Chinese', () => {
  it('is told by code for every error of the catalogue', () => {
    for (const code of Object.keys(CATALOGUE)) expect(chineseOf('something of 1999', code) ?? code).toMatch(HAN)
    expect(chineseOf('something of 1999')).toBeUndefined()
  })

  it('is told closer for each step that is not somebody\'s turn, in the words that the rules really use', async () => {
    const store = memoryStore({ now: () => 0 })
    for (const [id, role] of [['v', 'viewer'], ['wang', 'approver']] as const) await store.people.put(personOf(id, { role, name: 'Li Na' }), 0)
    const told = async (actor: string, stage: 'draft' | 'simulated' | 'retired'): Promise<(string | undefined)[]> => (await stepsOf(store, planOf('p', { stage, author: 'wang' }), [], actor)).flatMap(({ step, why }) => (why === undefined || / has no | audit /.test(why) ? [] : [`${step}: ${chineseOf(why)}`]))
    expect((await told('v', 'draft'))[0]).toBe('check: 需要“工程师”角色；Li Na的角色是“查看者”。')
    const retired = await told('wang', 'retired')
    expect(retired[0]).toBe('check: 方案处于“已停用”阶段，不能变为“已校核”；此后没有步骤。')
    for (const one of [...retired, ...await told('wang', 'draft'), ...await told('v', 'simulated')]) expect(one).toMatch(HAN)
  })

  it('names losers as the refusal does, and how many more there are', () => {
    const refusal = (losers: string[]): string => {
      try {
        refuseSentences(losers.map((loser) => `"${loser}" is worse off than the limit allows, and the approval does not name it`))
      } catch (error) {
        return (error as GreenwaveError).message
      }
      return ''
    }
    expect(chineseOf(refusal(['East left']), 'plan.refused')).toBe('“East left”变差超过限值，批准时须点名接受。')
    expect(chineseOf(refusal(['East left', 'b', 'c']), 'plan.refused')).toBe('“East left”变差超过限值，批准时须点名接受（另有 2 项）。')
  })

  it('has a word for every event of a deployment', () => {
    expect(EVENTS.filter((event) => CHINESE_ACTIONS[`deployment.${event}`] === undefined)).toEqual([])
  })
})
