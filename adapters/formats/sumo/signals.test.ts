import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../../model/check-plan.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import type { StagePattern } from '../../../model/signal.ts'
import { additionalWith, importStreet, streetWith } from './fixtures/street.ts'
import { importSumo } from './import-sumo.ts'

const { scenario } = await importStreet()
const signalA = scenario.network.signals.find((signal) => signal.id === 'A') ?? expect.fail('no signal A')
const patternOf = (from: typeof scenario, tl: string, plan = 0): StagePattern => {
  const pattern = from.timing.plans[plan]?.patterns.find((one) => one.signal === tl)
  return pattern?.kind === 'stages' ? pattern : expect.fail(`no stages of ${tl}`)
}
const groupsAt = (connection: string): string[] =>
  scenario.network.connections.find(({ id }) => id === connection)?.groups?.map(({ group }) => group) ?? []

describe('signals', () => {
  it('own all junctions that share a traffic light', () => {
    const joined = scenario.network.signals.find((signal) => signal.id === 'B')
    expect(joined?.nodes).toEqual(expect.arrayContaining(['B1', 'B2']))
    expect(joined?.nodes).toHaveLength(2)
  })

  it('hold yellow and clearance in interstages and leave greens as stages', () => {
    expect(patternOf(scenario, 'A').stages.map(({ kind }) => kind)).toEqual([
      'stage', 'interstage', 'stage', 'interstage', 'stage', 'interstage', 'interstage',
    ])
    expect(patternOf(scenario, 'A').cycle_s).toBe(90)
  })

  it('exclude crossing streets and allow what runs together', () => {
    const [main, side] = [groupsAt('W-A_0->A-M_0')[0] ?? '', groupsAt('An-A_0->A-As_0')[0] ?? '']
    const pairs = signalA.conflicts.map((pair) => [...pair].sort().join())
    expect(pairs).toContain([main, side].sort().join())
    expect(pairs).not.toContain([main, groupsAt('M-A_0->A-W_0')[0] ?? ''].sort().join())
  })

  it('take clearances from what the program shows', () => {
    const [main, side] = [groupsAt('W-A_0->A-M_0')[0], groupsAt('An-A_0->A-As_0')[0]]
    // Side street: yellow 3 s, then 1 s of all red before the main street.
    expect(signalA.groups.find(({ id }) => id === side)).toMatchObject({ yellow_s: 3, red_clearance_s: 1 })
    expect(signalA.intergreens).toContainEqual({ from: side, to: main, seconds: 4 })
    // From main to side a whole stage lies in between: no clearance can be read there.
    expect(signalA.intergreens?.find(({ from, to }) => from === main && to === side)).toBeUndefined()
  })

  it('obey their own minimums and intergreens in every program they were read from', () => {
    const graph = new RoadGraph(scenario.network)
    for (const plan of scenario.timing.plans) {
      // The yellow trap is a matter of the program itself; what we derive must not add a violation of its own.
      expect(checkPlan(graph, plan.patterns).filter(({ rule }) => rule !== 'yellow-trap')).toEqual([])
    }
  })

  it('take minimum greens from minDur where it is given', async () => {
    const file = streetWith('<phase duration="42" state="rrrGGgGGGGGGrrrGGg"/>', '<phase duration="42" state="rrrGGgGGGGGGrrrGGg" minDur="11" maxDur="50"/>')
    const { scenario: other } = await importSumo(file)
    expect(patternOf(other, 'B').stages[0]).toMatchObject({ min_s: 11, max_s: 50 })
  })

  it('merge neighbouring phases that show the same', async () => {
    const phase = '<phase duration="42" state="rrrGGgGGGGGGrrrGGg"/>'
    const file = streetWith(phase, phase.replace('42', '1').concat(phase.replace('42', '2'), phase.replace('42', '39')))
    const { scenario: other } = await importSumo(file)
    expect(patternOf(other, 'B').stages).toEqual(patternOf(scenario, 'B').stages)
  })

  it('name two crossing groups that the source shows with priority at once', async () => {
    const { notes } = await importSumo(streetWith('state="rrrGGGgrrrGGGg"', 'state="rGrGGGgrrrGGGg"'))
    expect(notes.map(({ message }) => message).join('\n')).toMatch(/"A" gives \d+ pair\(s\) of crossing groups green with priority at once/)
  })
})

const PHASES = '<phase duration="50" state="rrrGGGgrrrGGGg"/><phase duration="4" state="rrryyyyrrryyyy"/><phase duration="40" state="GGgrrrrGGgrrrr"/><phase duration="6" state="yyyrrrryyyrrrr"/>'

describe('programs of additional files', () => {
  it('run instead of those of the network, which stay as another plan', async () => {
    const additional = additionalWith(`<tlLogic id="A" programID="peak" type="static" offset="-10">${PHASES}</tlLogic>`)
    const { scenario: both } = await importStreet({ additional: [additional] })
    expect(patternOf(both, 'A')).toMatchObject({ cycle_s: 100, offset_s: 90 })
    expect(both.timing.plans.map((plan) => [plan.id, plan.patterns.map((pattern) => pattern.cycle_s)])).toEqual([['running', [100, 90]], ['0', [90]]])
  })

  it('follow a switch table over the day', async () => {
    const additional = additionalWith(`<tlLogic id="A" programID="peak" type="static" offset="0">${PHASES}</tlLogic>
      <WAUT id="w" refTime="0" startProg="0"><wautSwitch time="25200" to="peak"/><wautSwitch time="32400" to="0"/></WAUT><wautJunction wautID="w" junctionID="A"/>`)
    const { scenario: switched } = await importStreet({ additional: [additional] })
    const cycleAt = (plan: string): number | undefined => switched.timing.plans.find(({ id }) => id === plan)?.patterns.find(({ signal }) => signal === 'A')?.cycle_s
    expect(switched.timing.schedule.map(({ start_s, plan }) => [start_s, cycleAt(plan)])).toEqual([[0, 90], [25200, 100], [32400, 90]])
  })

  it('for lights of another network are noted', async () => {
    const { notes } = await importStreet({ additional: [additionalWith('<tlLogic id="far" programID="1"><phase duration="9" state="G"/></tlLogic>')] })
    expect(notes.map(({ message }) => message)).toContain('1 signal program(s) are for traffic lights that the network doesn\'t have')
  })

  it('that only switch a light off have no phases and are left out', async () => {
    const { scenario: { timing }, notes } = await importStreet({ additional: [additionalWith('<tlLogic id="A" type="off" programID="off"/>')] })
    expect(timing).toEqual(scenario.timing)
    expect(notes.map(({ message }) => message)).toContain('1 program(s) of type "off" have no phases; they are left out')
  })
})
