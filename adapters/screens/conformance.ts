// The suite that every screen adapter passes. It knows no test runner: `test` registers a titled case, and a case fails by throwing.
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import type { Instant, Seconds } from '../../model/units.ts'
import type { SignContent } from '../../plans/publication/signs/index.ts'
import { LONGEST_TTL_S, type ScreenAdapter } from './screen.ts'

export interface ScreenHarness {
  adapter: ScreenAdapter
  /** A sign that the adapter serves, what it shows when there is nothing to say, and another one. */
  sign: string
  other: string
  neutral: SignContent
  now(): Instant
  pass(seconds: Seconds): Promise<void>
}

const MESSAGE: SignContent = { pages: [['南湖大道→高铁站', '约9分'], ['<b>&"\'']], lamps: [{ segment: 'west', colour: 'red' }, { segment: 'east', colour: 'off' }] }
const SECOND: SignContent = { pages: [['中环南路 约7分']], lamps: [] }

export function screenConformance(name: string, make: () => Promise<ScreenHarness>, test: (title: string, work: () => Promise<void>) => void): void {
  const on = (title: string, work: (harness: ScreenHarness) => Promise<void>): void => test(`${name}: ${title}`, async () => {
    const harness = await make()
    try {
      await work(harness)
    } finally {
      await harness.adapter.close()
    }
  })
  /** What the sign says it shows, where it can tell. */
  const shows = async ({ adapter }: ScreenHarness, sign: string, content: SignContent): Promise<void> => deepStrictEqual(await adapter.readBack(sign), adapter.can_read_back ? content : undefined)

  on('acknowledges with the time of its end, and says whether it read the message back', async (harness) => {
    const { adapter, sign, now } = harness
    const before = now()
    const ack = await adapter.show(sign, MESSAGE, 120)
    strictEqual(ack.sign, sign)
    ok(ack.accepted_at >= before && ack.accepted_at <= now(), 'accepted between asking and answering')
    strictEqual(ack.expires_at, ack.accepted_at + 120)
    strictEqual(ack.confirmation, adapter.can_read_back ? 'same' : 'not-possible')
    await shows(harness, sign, MESSAGE)
  })
  on('is neutral before the first message', async (harness) => shows(harness, harness.sign, harness.neutral))
  on('is neutral again when the time to live ends, without being told', async (harness) => {
    await harness.adapter.show(harness.sign, MESSAGE, 120)
    await harness.pass(119)
    await shows(harness, harness.sign, MESSAGE)
    await harness.pass(1)
    await shows(harness, harness.sign, harness.neutral)
  })
  on('counts the time to live from the last message', async (harness) => {
    await harness.adapter.show(harness.sign, MESSAGE, 120)
    await harness.pass(100)
    await harness.adapter.show(harness.sign, SECOND, 120)
    await harness.pass(100)
    await shows(harness, harness.sign, SECOND)
  })
  on('leaves other signs as they are', async (harness) => {
    await harness.adapter.show(harness.other, SECOND, 120)
    await harness.adapter.show(harness.sign, MESSAGE, 120)
    await shows(harness, harness.other, SECOND)
  })
  on('refuses signs that it does not serve, and lives that are too long or none, and goes on as before', async (harness) => {
    await harness.adapter.show(harness.sign, MESSAGE, 120)
    await rejects(harness.adapter.show('nobody', SECOND, 60), { code: 'request.unknown' })
    for (const ttl of [0, -5, Number.NaN, LONGEST_TTL_S + 1, Infinity]) await rejects(harness.adapter.show(harness.sign, SECOND, ttl), { code: 'request.invalid' })
    await shows(harness, harness.sign, MESSAGE)
  })
  on('does not follow changes of what it was given', async (harness) => {
    const mine = structuredClone(MESSAGE) as { pages: string[][]; lamps: SignContent['lamps'] }
    await harness.adapter.show(harness.sign, mine, 120)
    mine.pages[0]![0] = 'changed'
    await shows(harness, harness.sign, MESSAGE)
  })
}
