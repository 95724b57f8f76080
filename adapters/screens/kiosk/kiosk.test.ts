import { describe, expect, it } from 'vitest'
import type { SignContent } from '../../../plans/publication/signs/index.ts'
import { screenConformance } from '../conformance.ts'
import type { ScreenAdapter } from '../screen.ts'
import { KIOSK_PAGE, KioskAdapter } from './index.ts'

const neutral: SignContent = { pages: [['安全驾驶']], lamps: [] }
function kiosk() {
  let now = 1_000_000
  const adapter = new KioskAdapter(new Map([['S1', neutral], ['S2', neutral]]), () => now)
  return { adapter, sign: 'S1', other: 'S2', neutral, now: () => now, pass: async (seconds: number) => { now += seconds } }
}

describe('the kiosk', () => {
  screenConformance('the kiosk', async () => kiosk(), (title, work) => it(`${title}`, async () => { await expect(work()).resolves.toBeUndefined() }))
  // The same cases with what the kiosk answers to its page, so that they also bite on the content.
  screenConformance('what its page is given', async () => {
    const { adapter, ...rest } = kiosk()
    const reading: ScreenAdapter = {
      name: 'kiosk page', can_read_back: true, close: () => adapter.close(), readBack: async (sign) => adapter.state(sign).content,
      show: async (...given) => ({ ...await adapter.show(...given), confirmation: JSON.stringify(adapter.state(given[0]).content) === JSON.stringify(given[1]) ? 'same' : 'different' }),
    }
    return { adapter: reading, ...rest }
  }, (title, work) => it(`${title}`, async () => { await expect(work()).resolves.toBeUndefined() }))

  it('says when its message ends, and that it is neutral then', async () => {
    const { adapter, pass } = kiosk()
    await adapter.show('S1', { pages: [['约9分']], lamps: [] }, 60)
    expect(adapter.state('S1')).toMatchObject({ neutral: false, expires_at: 1_000_060, content: { pages: [['约9分']] } })
    await pass(60)
    expect(adapter.state('S1')).toMatchObject({ neutral: true, expires_at: null, content: neutral })
  })

  it('writes text as text only: its page has no way to make markup of a message', () => {
    expect(KIOSK_PAGE).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|https?:/)
  })
})
