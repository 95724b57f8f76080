// What the rules of a plan are called, and what is said of a value that breaks one: the same wherever a plan is shown.
import type { Rule } from '../../model/check-plan.ts'
import type { ComparedRule } from '../../plans/workflow/compared.ts'
import { plainSeconds, speed } from '../shell/units.ts'
import { texts } from './language.ts'

/** Of the value that a plan has and the limit, as text with their units. */
type Said = (value: string, limit: string) => string

const en = {
  names: { 'conflict': 'Conflicting greens together', 'intergreen': 'Time between conflicting greens', 'minimum-green': 'Minimum green', 'pedestrian': 'Walk and clearance within the split' } as Record<ComparedRule, string>,
  broken: {
    'minimum-green': (value, limit) => `green ${value}, at least ${limit}`, 'pedestrian-clearance': (value, limit) => `split ${value}, pedestrians need ${limit}`,
    'intergreen': (value, limit) => `${value} between conflicting greens, at least ${limit}`, 'cycle-sum': (value, limit) => `parts add up to ${value}, the cycle is ${limit}`,
    'barrier': (value, limit) => `one ring crosses the barrier after ${value}, another after ${limit}`, 'never-green': () => 'somebody never gets green',
    'yellow-trap': (value, limit) => `yellow trap: ends ${value} before the opposing green, at most ${limit}`, 'number': (value) => `${value} is no possible length`,
    'signal-mismatch': () => 'timing of another signal', 'speed-limit': (_value, limit) => `the limit of the street is ${limit}`,
  } satisfies Record<Rule | 'speed-limit', Said> as Record<string, Said | undefined>,
}

const zh: typeof en = {
  names: { 'conflict': '冲突绿灯同时亮', 'intergreen': '冲突绿灯间隔', 'minimum-green': '最小绿灯时间', 'pedestrian': '行人放行与清空在相位时长内' },
  broken: {
    'minimum-green': (value, limit) => `绿灯 ${value}，最短 ${limit}`, 'pedestrian-clearance': (value, limit) => `相位时间 ${value}，行人需要 ${limit}`,
    'intergreen': (value, limit) => `冲突绿灯间隔 ${value}，至少 ${limit}`, 'cycle-sum': (value, limit) => `各部分合计 ${value}，周期为 ${limit}`,
    'barrier': (value, limit) => `一个环在 ${value} 后到达屏障，另一个在 ${limit} 后`, 'never-green': () => '有流向始终得不到绿灯',
    'yellow-trap': (value, limit) => `黄灯陷阱：比对向绿灯早结束 ${value}，最多 ${limit}`, 'number': (value) => `${value} 不是可能的时长`,
    'signal-mismatch': () => '属于其他信号机的配时', 'speed-limit': (_value, limit) => `道路限速为 ${limit}`,
  } satisfies Record<Rule | 'speed-limit', Said> as Record<string, Said | undefined>,
}

const words = texts({ en, zh })

export const ruleName = (rule: ComparedRule): string => words().names[rule]

/** A broken rule in the language of the page; the sentence it came with where the rule is none of those known. Seconds, of a speed limit m/s. */
export function ruleText(rule: string, value: number | undefined, limit: number | undefined, sentence: string): string {
  const say = words().broken[rule]
  if (say === undefined || value === undefined || limit === undefined) return sentence
  const text = rule === 'speed-limit' ? speed : plainSeconds
  return say(text(value), text(limit))
}
