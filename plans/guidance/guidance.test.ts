import { describe, expect, it } from 'vitest'
import { chooseAdvice, compliance, forecast, learn, priorResponse, usableCandidates, type AdviceInput, type AdviceState, type Candidate, type RouteNow } from './index.ts'
import { learned, playPolicy, type Policy, type PolicyRun } from './testing.ts'

const way = (id: string, free_min: number, capacity_vph: number, changes: Partial<Candidate> = {}): Candidate => ({
  id, to_bottleneck_s: 300, free_s: free_min * 60, capacity_vph, queue_veh: 0, under_way_veh: [], other_vph: 0, known: true, overlap: 0, barred: false, base_share: 0.2, ...changes,
})
const usual: RouteNow = way('usual', 15, 1500, { queue_veh: 200 })
const input = (changes: Partial<AdviceInput> = {}): AdviceInput => ({ now: 10_000, usual, candidates: [way('other', 16, 1100)], demand_vph: 2500, response: learned(0.3), ...changes })

describe('the forecast', () => {
  it('lets who is under way arrive before who starts now', () => {
    const route = way('r', 10, 600, { under_way_veh: [30, 30, 30, 0, 0] })
    const { travel_s } = forecast(route, 0)
    // 10 veh/min are served: 60 stand after three minutes, 40 after five, and who starts now arrives in the sixth.
    expect(travel_s.slice(0, 4)).toEqual([600 + 180, 600 + 120, 600 + 60, 600])
    expect(forecast({ ...route, under_way_veh: [] }, 0).travel_s[0]).toBe(600)
  })

  it('grows by what comes over the capacity', () => {
    const { travel_s, longest_queue_veh } = forecast(way('r', 10, 600), 900)
    expect(travel_s[11]! - travel_s[1]!).toBeCloseTo(10 * 0.5 * 60, 9)
    expect(longest_queue_veh).toBeCloseTo(150, 9)
  })
})

describe('the response', () => {
  it('starts at 15 % and learns what the counts say', () => {
    expect(compliance(priorResponse())).toBeCloseTo(0.15, 9)
    for (const truth of [0.05, 0.3, 0.6]) expect(Math.abs(compliance(learned(truth)) - truth)).toBeLessThan(0.01)
  })

  it('learns nothing without an advice, and never a share below none', () => {
    const prior = priorResponse()
    expect(learn(prior, { vehicles: 500, diverted: 100, base_share: 0.2, strength: 0 })).toBe(prior)
    expect(compliance(learn(prior, { vehicles: 500, diverted: 0, base_share: 0.2, strength: 1 }))).toBeGreaterThan(0)
  })
})

describe('the choice', () => {
  it('takes no way that is barred, nor one that is mostly the same, and at most two beside the usual one', () => {
    const ways = [way('d', 19, 900), way('school', 10, 900, { barred: true }), way('same', 11, 900, { overlap: 0.7 }), way('b', 17, 900), way('c', 18, 900)]
    expect(usableCandidates(ways).map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('advises where it helps, within nine tenths of the capacity', () => {
    const { state: { advice }, changed, times } = chooseAdvice(input())
    expect([changed, advice.route]).toEqual([true, 'other'])
    expect(2500 * (0.2 + 0.8 * compliance(learned(0.3)) * { none: 0, descriptive: 0.3, soft: 0.6, strong: 1 }[advice.level] * advice.signs)).toBeLessThanOrEqual(990)
    expect(times.map(({ route }) => route)).toEqual(['usual', 'other'])
  })

  it('does not advise a way without room, or one that is no quicker', () => {
    expect(chooseAdvice(input({ candidates: [way('other', 16, 1100, { other_vph: 600 })] })).state.advice.level).toBe('none')
    expect(chooseAdvice(input({ candidates: [way('other', 40, 1100)] })).state.advice.level).toBe('none')
    expect(chooseAdvice(input({ usual: { ...usual, queue_veh: 0 }, demand_vph: 1500 })).state.advice.level).toBe('none')
  })

  it('ends at once, and shows the times of the known ways only, when a way is not known', () => {
    const before = chooseAdvice(input()).state
    expect(before.advice.level).not.toBe('none')
    const choice = chooseAdvice(input({ now: 10_060, before, candidates: [way('other', 16, 1100, { known: false })] }))
    expect([choice.state.advice.level, choice.times.map(({ route }) => route)]).toEqual(['none', ['usual']])
    expect(chooseAdvice(input({ usual: { ...usual, known: false } })).changed).toBe(false)
  })

  it('holds six minutes, and changes no seventh time within an hour', () => {
    const before = chooseAdvice(input()).state
    const calm = { usual: { ...usual, queue_veh: 0 }, demand_vph: 1000, before }
    expect(chooseAdvice(input({ ...calm, now: 10_359 }))).toMatchObject({ changed: false, why: 'it is held' })
    expect(chooseAdvice(input({ ...calm, now: 10_360 }))).toMatchObject({ changed: true, state: { advice: { level: 'none' } } })
    const busy: AdviceState = { ...before, changes: [1, 2, 3, 4, 5, 6].map((i) => 10_000 - 500 * i) }
    expect(chooseAdvice(input({ ...calm, before: busy, now: 10_400 }))).toMatchObject({ changed: false, why: 'six changes within the hour' })
  })
})

describe('two ways with 2,500 veh/h, capacities of 1,500 and 1,100', () => {
  const none = playPolicy('none', 0, 2)
  const runs = [2, 8].flatMap((latency) => [0.1, 0.2, 0.3, 0.4, 0.5, 0.6].map((share) => {
    const play = (policy: Policy): PolicyRun => playPolicy(policy, share, latency)
    return { latency, share, all: play('all-or-nothing'), calm: play('hysteresis'), ahead: play('predictive') }
  }))

  it.each(runs)('with compliance $share and a latency of $latency min, looking ahead costs least and brings no queue elsewhere', ({ all, ahead }) => {
    expect(ahead.delay_min_per_veh).toBeLessThanOrEqual(Math.min(all.delay_min_per_veh, none.delay_min_per_veh))
    expect(ahead.longest_alternative_queue_veh).toBeLessThanOrEqual(1.1 * none.longest_alternative_queue_veh)
    expect(ahead.changes_per_hour).toBeLessThanOrEqual(6)
  })

  it('is as the literature has it: everybody at once swings, the more the more follow and the later the news', () => {
    const find = (latency: number, share: number) => runs.find((run) => run.latency === latency && run.share === share)!
    for (const latency of [2, 8]) expect(find(latency, 0.6).all.delay_min_per_veh).toBeGreaterThan(find(latency, 0.3).all.delay_min_per_veh)
    for (const share of [0.3, 0.6]) expect(find(8, share).all.delay_min_per_veh).toBeGreaterThan(find(2, share).all.delay_min_per_veh)
    expect(find(8, 0.6).all.longest_alternative_queue_veh).toBeGreaterThan(200)
    // Latency costs who looks ahead nothing here, because it counts who is under way.
    for (const share of [0.3, 0.6]) expect(find(8, share).ahead.delay_min_per_veh).toBeCloseTo(find(2, share).ahead.delay_min_per_veh, 6)
  })
})
