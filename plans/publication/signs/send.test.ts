import { describe, expect, it } from 'vitest'
import type { Publication } from '../../../model/publication.ts'
import type { ScreenMessage, ScreenRecord } from '../../ports/publication.ts'
import { snapshot } from '../snapshot.ts'
import { inputOf, minute, NOON, street } from '../testing.ts'
import { tellScreen } from './index.ts'

const way = (id: string, name: string, extra: object = {}) => ({ id, name, segments: [id], capacity_vph: 1500, ...extra })
const screen: ScreenRecord = {
  id: 'gate', network: 'town', name: 'Gate', kind: 'text', version: 1,
  settings: {
    character_height_m: 0.5, neutral: [['请注意安全']],
    guidance: { demand_vph: 2000, approver: 'desk', usual: way('west', '南湖大道'), alternatives: [way('east', '中环南路', { base_share: 0.2, capacity_vph: 1800 })] },
  },
}

/** Two ways of 9 km each, 600 s free; how many times slower they are than free, the other one unknown where it is null. */
function published(usual: number, other: number | null, time: number): Publication {
  const network = { ...street, links: street.links.map((link) => ({ ...link, length_m: 4500 })) }
  const at = (link: string, index: number) => ({ ...minute(link, index), time_s: time - 60 })
  return snapshot({ ...inputOf([...['a', 'b'].map((link) => at(link, usual)), ...(other === null ? [] : ['c', 'd'].map((link) => at(link, other)))], { network }), now: time })
}

function keeper() {
  const kept: ScreenMessage[] = []
  // As a database gives it back.
  return { kept, messages: async () => kept.toReversed().slice(0, 1), log: async (message: ScreenMessage) => void kept.push(JSON.parse(JSON.stringify(message)) as ScreenMessage) }
}

describe('a screen that guides', () => {
  it('is told the other way where it is quicker, keeps what it was told, and is not told again what it says', async () => {
    const screens = keeper()
    const first = await tellScreen(screens, screen, published(2.5, 1, NOON), NOON)
    expect((first!.content as { pages: string[][] }).pages[0]![0]).toMatch(/中环南路$/)
    expect(first!.approver).toBe('desk')
    expect(first!.basis).toMatchObject({ neutral: false, advice: { state: { since: NOON, advice: { route: 'east' } } }, times: [{ corridor: 'west', predicted: true }, { corridor: 'east', predicted: true }] })
    expect(await tellScreen(screens, screen, published(2.5, 1, NOON + 60), NOON + 60)).toBeUndefined()
    expect(screens.kept).toHaveLength(1)
  })

  it('falls back to what it says without guidance when no way is known any more, and says why', async () => {
    const screens = keeper()
    await tellScreen(screens, screen, published(2.5, 1, NOON), NOON)
    const blind = await tellScreen(screens, screen, snapshot({ ...inputOf([]), now: NOON + 60 }), NOON + 60)
    expect(blind!.content).toMatchObject({ pages: [['请注意安全']] })
    expect(blind!.basis).toMatchObject({ neutral: true, advice: { state: { advice: { level: 'none' } } } })
    expect((blind!.basis as { withheld: string[] }).withheld.join()).toContain('no advice')
  })
})
