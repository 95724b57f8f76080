import { describe, expect, it } from 'vitest'
import type { Publication } from '../../model/publication.ts'
import { agedPublication } from '../publication/aged.ts'
import { snapshot } from '../publication/snapshot.ts'
import { requireReadable } from '../publication/signs/index.ts'
import { FREE_MPS, inputOf, minute, NOON, street } from '../publication/testing.ts'
import { adviceFor, findGuidance, type GuidanceSettings } from './advice-for.ts'

const way = (id: string, name: string, extra: object = {}) => ({ id, name, segments: [id], capacity_vph: 1500, ...extra })
const settings = (changes: object = {}) => ({ guidance: { demand_vph: 2000, usual: way('west', '南湖大道'), alternatives: [way('east', '中环南路', { base_share: 0.2, capacity_vph: 1800 })], approver: 'desk', ...changes } })
const guidance = (changes: object = {}): GuidanceSettings => findGuidance(settings(changes))!

/** Two ways of 9 km each, 600 s free. */
function published(usual: number, other: number | null): Publication {
  const network = { ...street, links: street.links.map((link) => ({ ...link, length_m: 4500 })) }
  const minutes = [...['a', 'b'].map((link) => minute(link, usual)), ...(other === null ? [] : ['c', 'd'].map((link) => minute(link, other)))]
  return snapshot(inputOf(minutes, { network }))
}
const at = { now: NOON }

describe('the advice of a sign', () => {
  it('names the other way where it is clearly quicker, with the times of both, and who answers for it', () => {
    const said = adviceFor(guidance(), published(2.5, 1), at)
    expect([said.changed, said.state.advice.route, said.approver]).toEqual([true, 'east', 'desk'])
    expect(said.pages[0]![0]).toMatch(/^(?:请走|建议走)中环南路$/)
    expect(said.times.find(({ route }) => route === 'east')!.travel_s).toBeLessThan(said.times.find(({ route }) => route === 'west')!.travel_s)
    const face = { id: 's', lines: 2, characters_per_line: 12, pages: 1, character_height_m: 0.5, speed_limit_mps: 11 }
    expect(() => requireReadable(face, said.pages, 2)).not.toThrow()
  })

  it('only tells times where nobody answers for advice, and where both ways are alike', () => {
    const { approver: _approver, ...alone } = guidance()
    const said = adviceFor(alone, published(2.5, 1), at)
    expect(said.approver).toBeUndefined()
    expect(said.pages).toEqual([[expect.stringMatching(/^南湖大道 约\d+分$/), expect.stringMatching(/^中环南路 约\d+分$/)]])
    const alike = adviceFor(guidance(), published(1, 1), at)
    expect([alike.state.advice.level, alike.pages[0]!.length]).toEqual(['none', 2])
  })

  it('ends without data of a way, and says nothing of that way', () => {
    const before = adviceFor(guidance(), published(2.5, 1), at).state
    const blind = adviceFor(guidance(), published(2.5, null), { now: NOON + 60, before })
    expect([blind.changed, blind.state.advice.level, blind.why, blind.approver]).toEqual([true, 'none', 'a way is not known', undefined])
    expect(blind.pages).toEqual([[expect.stringMatching(/^南湖大道/)]])
    expect(adviceFor(guidance(), snapshot(inputOf([])), at).pages).toEqual([])
  })

  it('ends where the publication has grown old, and at a closure', () => {
    expect(adviceFor(guidance(), agedPublication(published(2.5, 1), NOON + 420), { now: NOON + 420 }).pages).toEqual([])
    const closed = published(2.5, 1)
    const shut = { ...closed, segments: closed.segments.map((one) => (one.id === 'east' ? { ...one, closed: true } : one)) }
    expect(adviceFor(guidance(), shut, at).state.advice.level).toBe('none')
  })

  it('holds what it said for a while', () => {
    const first = adviceFor(guidance(), published(2.5, 1), at)
    const next = adviceFor(guidance(), published(2.4, 1), { now: NOON + 60, before: first.state })
    expect([next.changed, next.state]).toEqual([false, first.state])
  })

  it('takes what is lost before the bottleneck for its queue', () => {
    // 2.5 times the free 600 s: 900 s are lost at 1500 veh/h, and 27 vehicles a minute come for 25 of them.
    const { times } = adviceFor(guidance({ demand_vph: 0 }), published(2.5, 1), at)
    expect(times[0]!.travel_s).toBeGreaterThan(600)
    expect(times[0]!.travel_s).toBeLessThan(1500)
    expect(times[1]!.travel_s).toBeCloseTo((2 * 4500) / FREE_MPS, 0)
  })
})

describe('settings of guidance', () => {
  it('are refused with the place that is wrong', () => {
    expect(findGuidance({})).toBeUndefined()
    for (const [changes, place] of [
      [{ demand_vph: -1 }, '/settings/guidance/demand_vph must be a number from 0 to 20000'], [{ usual: undefined }, '/settings/guidance/usual must be an object'],
      [{ alternatives: [] }, '/settings/guidance/alternatives must hold at least one way'], [{ alternatives: [way('west', 'x')] }, 'ids that differ'],
      [{ alternatives: [way('east', 'x', { base_share: 1 })] }, 'leave some of the traffic'], [{ alternatives: [way('east', 'x', { bottleneck: 'q' })] }, '/settings/guidance/alternatives/0/bottleneck must be one of the segments'],
      [{ alternatives: [way('east', 'x', { capacity_vph: 'many' })] }, '/alternatives/0/capacity_vph must be a number'], [{ approver: '  ' }, '/approver must be a text'],
    ] as const) expect(() => findGuidance(settings(changes))).toThrow(place)
    expect(() => findGuidance({ guidance: [] })).toThrow('/settings/guidance must be an object')
  })

  it('name segments that are published', () => {
    expect(() => adviceFor(guidance({ alternatives: [way('north', 'x')] }), published(1, 1), at)).toThrow('segment "north", which is not published')
  })
})
