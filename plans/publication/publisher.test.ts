import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Publication } from '../../model/publication.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { LinkMinute } from '../ports/states.ts'
import type { Store } from '../ports/store.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { stateOf } from '../testing/records.ts'
import { Publisher } from './publisher.ts'
import { signOf, tellScreen } from './signs/index.ts'
import { publishedStreets } from './streets.ts'

const NOON = Date.parse('2026-11-23T04:00:03Z') / 1000
const at = { now: NOON }
const clock = { now: () => at.now }
const documentOf = (part: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue', `${part}.json`), 'utf8'))
const scenario = Object.fromEntries(['scenario', 'network', 'demand', 'timing'].map((part) => [part, documentOf(part)])) as unknown as Scenario
const { network } = scenario
let store: Store
beforeEach(async () => {
  at.now = NOON
  store = memoryStore(clock)
  await store.networks.put('town', scenario, 'engineer', 0)
})

/** The minute that has just ended, on every link, that many times slower than free. */
async function drive(index: number): Promise<void> {
  const time_s = Math.floor(at.now / 60) * 60 - 60
  await store.states.putMinutes('town', network.links.map(({ id: link, speed_mps }): LinkMinute => ({ link, time_s, vehicles: 9, speed_mps: speed_mps / index })))
}

describe('the streets that are published', () => {
  it('are every link once, those of a corridor from signal to signal in each direction', () => {
    const { segments, corridors } = publishedStreets(scenario)
    expect(corridors.map(({ id }) => id)).toEqual(['nanhu-avenue:outbound', 'nanhu-avenue:inbound'])
    expect(corridors[0]!.segments.length).toBeGreaterThan(scenario.scenario.corridors[0]!.intersections.length - 1)
    expect(segments.flatMap(({ links }) => links).sort()).toEqual(network.links.map(({ id }) => id).sort())
    expect(new Set(segments.map(({ id }) => id)).size).toBe(segments.length)
    for (const { segments: own } of corridors) for (const id of own) expect(segments.some((segment) => segment.id === id)).toBe(true)
  })
})

describe('the publication of a minute', () => {
  it('is kept once, told once, and the next one a minute later', async () => {
    const [one, other] = [new Publisher({ store, clock }), new Publisher({ store, clock })]
    await drive(1.2)
    const made = await Promise.all([one.publish('town'), other.publish('town')])
    expect(made.filter((publication) => publication !== undefined)).toHaveLength(1)
    at.now += 30
    expect(await one.publish('town')).toBeUndefined()
    at.now += 30
    await drive(1.2)
    const next = (await other.publish('town'))!
    expect(await store.snapshots.latest('town')).toEqual({ id: next.id, network: 'town', computed_at: at.now, document: next })
    expect((await store.events.since(0, 10)).filter(({ kind }) => kind === 'state.snapshot').map(({ network, body }) => [network, (body as { publication: string }).publication])).toEqual([['town', made.find((publication) => publication !== undefined)!.id], ['town', next.id]])
    expect(next.index).toBeCloseTo(1.2)
  })

  it('names what is congested, and says nothing of what nobody drove', async () => {
    const publisher = new Publisher({ store, clock })
    expect(await publisher.publish('town')).toMatchObject({ index: null, coverage: 0, places: [] })
    at.now += 60
    await drive(4)
    const { places, segments } = (await publisher.publish('town'))!
    expect(places.length).toBeGreaterThan(0)
    expect(places[0]).toMatchObject({ id: expect.stringMatching(/^congested:/) as string, trend: 'growing' })
    expect(places.flatMap((place) => place.segments).sort()).toEqual(segments.filter(({ level }) => level === 'severe').map(({ id }) => id).sort())
    const delays = places.map(({ delay_s }) => delay_s!)
    expect(delays).toEqual([...delays].sort((a, b) => b - a))
  })

  it('is none of a network that is not there', async () => {
    expect(await new Publisher({ store, clock }).publish('elsewhere')).toBeUndefined()
  })

  it('calls usual what measured days of the same kind say, from three of them on', async () => {
    const { corridors, segments } = publishedStreets(scenario)
    const corridor = corridors[0]!
    const links = corridor.segments.flatMap((id) => segments.find((segment) => segment.id === id)!.links)
    const day = (index: number) => ({ ...stateOf(), periods: [{ period: 'noon', start_s: 11 * 3600, end_s: 13 * 3600, movements: [], daily: [], links: links.map((link) => ({ link, index, level: 'free', vehicles: 50 })) }] })
    for (const [date, index] of [['2026-11-18', 1], ['2026-11-19', 2], ['2026-11-21', 9]] as const) await store.states.putDay('town', date, day(index))
    expect((await new Publisher({ store, clock }).publish('town'))!.corridors[0]!.typical).toBeNull()
    await store.states.putDay('town', '2026-11-20', day(3))
    at.now += 60
    const free_s = links.reduce((sum, link) => sum + network.links.find(({ id }) => id === link)!.length_m / network.links.find(({ id }) => id === link)!.speed_mps, 0)
    const typical = (await new Publisher({ store, clock }).publish('town'))!.corridors[0]!.typical!
    expect(typical.travel_time_s / free_s).toBeCloseTo(2)
    expect([typical.low_s / free_s, typical.high_s / free_s].map((ratio) => ratio.toFixed(1))).toEqual(['1.2', '2.8'])
  })
})

describe('a screen', () => {
  const hall = (settings: Record<string, unknown>) => ({ id: 'hall', network: 'town', name: 'Hall', kind: 'kiosk' as const, settings, version: 1 })
  const publish = async (index: number): Promise<Publication> => {
    await drive(index)
    return (await new Publisher({ store, clock }).publish('town'))!
  }

  it('is told when something changed or five minutes went by, on the data that it rests on', async () => {
    const { segments } = publishedStreets(scenario)
    const screen = hall({ segments: [segments[0]!.id], neutral: [['drive safely']] })
    const told: boolean[] = []
    for (const index of [1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 5]) {
      told.push(await tellScreen(store.screens, screen, await publish(index), at.now) !== undefined)
      at.now += 60
    }
    expect(told).toEqual([true, false, false, false, false, true, true])
    const [last] = await store.screens.messages('hall', 1)
    expect(last).toMatchObject({ content: { lamps: [{ segment: segments[0]!.id, colour: 'red' }] }, basis: { publication: expect.stringMatching(/^town-/) as string, neutral: false } })
    expect(last!.expires_at - last!.sent_at).toBeLessThanOrEqual(600)
  })

  it('shows its neutral text, with the reason, where its settings name what is not published', async () => {
    const message = await tellScreen(store.screens, hall({ segments: ['nowhere'], neutral: [['drive safely']] }), await publish(1.2), at.now)
    expect(message).toMatchObject({ content: { pages: [['drive safely']], lamps: [] }, basis: { neutral: true, withheld: [expect.stringContaining('"nowhere", which is not published') as string] } })
  })

  it.each([[{ segments: 'all' }, 'segments'], [{ neutral: 'safe' }, 'neutral'], [{ lines: 0 }, 'lines'], [{ template: { kind: 'poem' } }, 'template']])('refuses the settings %j', (settings, name) => {
    expect(() => signOf(hall(settings))).toThrow(`the setting "${name}" of screen "hall"`)
  })
})
