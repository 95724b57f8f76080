import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { feedOf, streetScenario, SUNDAY_S } from '../../plans/testing/records.ts'
import { directDoor } from './door.ts'
import { LiveHub } from './live-hub.ts'

const clock = { now: () => SUNDAY_S + 600 }

async function street(now = clock, store = memoryStore(now)): Promise<{ hub: LiveHub; taxis: FeedRecord }> {
  await store.networks.put('street', streetScenario(), 'x', 0)
  const taxis = await store.feeds.put({ ...feedOf('taxis', 'street'), settings: { datum: 'wgs84' } }, 0)
  return { hub: new LiveHub({ store, clock: now, steady: { now: () => 0 } }), taxis }
}

/** So many vehicles, once at each of the seconds. */
const lines = (vehicles: number, seconds: readonly number[], later_s = 0): Buffer => Buffer.from(seconds.flatMap((s) => Array.from({ length: vehicles }, (_, v) =>
  `${JSON.stringify({ vehicle_id: `v${v}`, time: SUNDAY_S + 500 + s + later_s, x: 500_100 + 10 * s + v, y: -5, speed: 10, heading_deg: 90 })}\n`)).join(''))

describe('the networks that are live', () => {
  it('take batches in the order in which they came, also where the later one is read sooner', async () => {
    const { hub, taxis } = await street()
    const results = await Promise.all([hub.submit(taxis, 'long', gzipSync(lines(500, [0, 3, 6]))), hub.submit(taxis, 'broken', Buffer.from([0x1f, 0x8b, 0])).catch(() => undefined), hub.submit(taxis, 'short', lines(2, [9]))])
    expect(results).toMatchObject([{ accepted: 1500, issues: [] }, undefined, { accepted: 2, issues: [] }])
    await hub.close()
  })

  it('leave the thread to others again and again while a long batch is read, also where nothing of it is believed', async () => {
    const { hub, taxis } = await street()
    const far = Buffer.from(`${JSON.stringify({ vehicle_id: 'a', time: SUNDAY_S + 500, x: 9e6, y: -5, pad: '-'.repeat(900) })}\n`.repeat(3000))
    await hub.ingest('street')
    let turns = 0
    let next: NodeJS.Immediate
    const count = (): void => {
      turns++
      next = setImmediate(count)
    }
    next = setImmediate(count)
    expect(await hub.submit(taxis, 'far', far)).toMatchObject({ read: 3000, accepted: 0 })
    clearImmediate(next)
    expect(turns).toBeGreaterThan(8)
    await hub.close()
  })

  it('are given back whole: what was taken is stored, and the next batch begins with what the store has', async () => {
    const { hub, taxis } = await street()
    let mine = true
    hub.share(() => !mine)
    expect(hub.holds('street')).toBe(true)
    const sent = hub.submit(taxis, 'first', lines(3, [0, 3, 6]))
    await hub.ingest('street')
    const [result] = await Promise.all([sent, hub.release('street')])
    mine = false
    expect([result, hub.holds('street')]).toMatchObject([{ accepted: 9 }, false])
    mine = true
    expect(await hub.submit(taxis, 'second', lines(3, [6, 9]))).toMatchObject({ accepted: 3, issues: [{ cause: 'duplicate', records: 3 }] })
    await hub.close()
  })

  it('are live in one process only, where no stream shares them out, and the other says so', async () => {
    const store = memoryStore(clock)
    let free = false
    const { hub, taxis } = await street(clock, { ...store, claim: async (name) => (free ? store.claim(name) : undefined) })
    await expect(hub.submit(taxis, 'first', lines(3, [0]))).rejects.toMatchObject({ code: 'service.elsewhere', message: 'The batches of network "street" are taken by another process on this database; without NATS only one process can do that: name the same NATS in all of them, or leave the role ingest to one' })
    expect(hub.trouble).toContain('network "street"')
    free = true
    expect(await hub.submit(taxis, 'first', lines(3, [0]))).toMatchObject({ accepted: 3 })
    expect(hub.trouble).toBeUndefined()
    // Its connection broke, and somebody else was quicker.
    await (await store.claim('live street'))!.release()
    free = false
    await expect(hub.submit(taxis, 'second', lines(3, [3]))).rejects.toMatchObject({ code: 'service.elsewhere' })
    free = true
    expect(await hub.submit(taxis, 'second', lines(3, [3]))).toMatchObject({ accepted: 3 })
    await hub.close()
  })

  it('go on at once after the clock was put back by an hour: what came by the clock of before makes nothing late', async () => {
    const time = { s: 3600 }
    const now = { now: () => SUNDAY_S + 600 + time.s }
    const { hub, taxis } = await street(now)
    expect(await hub.submit(taxis, 'ahead', lines(3, [0, 3], 3600))).toMatchObject({ accepted: 6, issues: [] })
    time.s = 0
    expect(await hub.submit(taxis, 'back', lines(3, [0, 3]))).toMatchObject({ accepted: 6, issues: [] })
    expect((await hub.ingest('street')).state.links(now.now())).toMatchObject([{ vehicles: 3 }])
    await hub.close()
  })

  it('say after a while that a batch waits for a database that is away, and tell who sends it again that it is stored', async () => {
    const store = memoryStore(clock)
    let away = true
    const { observations } = store
    const { hub, taxis } = await street(clock, { ...store, observations: { ...observations, appendAll: async (batches) => {
      if (away) throw new GreenwaveError('store.unreachable', 'away')
      return observations.appendAll(batches)
    } } })
    const door = directDoor({ clock }, hub, 50)
    await expect(door.submit(taxis, 'first', lines(3, [0]))).rejects.toMatchObject({ code: 'service.busy' })
    away = false
    await expect.poll(async () => door.submit(taxis, 'first', lines(3, [0])).catch(() => undefined)).toMatchObject({ outcome: 'stored', accepted: 3 })
    await hub.close()
  })
})
