import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { checkPattern } from '../../model/check-plan.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { comparePattern } from './compared.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))
const running = runningPatterns(scenario.timing, scenario.scenario.periods[0]!.start_s)

describe('what the rules compared', () => {
  it('says of every signal what the rules say, value beside limit', () => {
    for (const signal of scenario.network.signals) {
      const pattern = running.get(signal.id)!
      const rows = comparePattern(signal, pattern)
      expect(new Set(rows.map(({ rule }) => rule))).toContain('intergreen')
      expect(checkPattern(signal, pattern)).toEqual([])
      expect(rows.filter(({ holds }) => !holds)).toEqual([])
      for (const { rule, value_s, limit_s } of rows) expect(rule === 'conflict' ? value_s === limit_s : value_s >= limit_s).toBe(true)
    }
  })

  it('fails where a minimum or a clearance is not kept, as the check does', () => {
    const signal = structuredClone(scenario.network.signals[0]!)
    const pattern = running.get(signal.id)!
    const [group] = signal.groups
    const before = comparePattern(signal, pattern).find(({ rule, groups: [id] }) => rule === 'minimum-green' && id === group!.id)!
    group!.min_green_s = before.value_s + 1
    expect(comparePattern(signal, pattern).filter(({ holds }) => !holds)).toEqual([{ ...before, limit_s: before.value_s + 1, holds: false }])
    expect(checkPattern(signal, pattern)).toMatchObject([{ rule: 'minimum-green', value: before.value_s, limit: before.value_s + 1 }])
    const [from, to] = signal.conflicts[0]!
    const gap = comparePattern(signal, pattern).find(({ rule, groups }) => rule === 'intergreen' && groups[0] === from && groups[1] === to)!
    signal.intergreens = [{ from, to, seconds: gap.value_s + 0.5 }]
    expect(comparePattern(signal, pattern).filter(({ rule, holds }) => rule === 'intergreen' && !holds)).toEqual([{ ...gap, limit_s: gap.value_s + 0.5, holds: false }])
  })
})
