import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { feedOf, streetScenario } from '../../plans/testing/records.ts'
import { newKey } from '../security/secrets.ts'
import { bearer, closeWorlds, world } from '../testing.ts'
import { batchRoutes } from './batches.ts'
import { feedRoutes } from './feeds.ts'

afterEach(closeWorlds)

const CSV = 'application/x-ndjson'

async function street() {
  const { server, store, tokens, at } = await world([batchRoutes, feedRoutes])
  await store.networks.put('street', streetScenario(), 'x', 0)
  for (const id of ['taxis', 'buses']) await store.feeds.put({ ...feedOf(id, 'street'), format: 'auto', settings: { datum: 'wgs84' } }, 0)
  const { id, secret, hash } = newKey()
  await store.people.putKey({ id, name: 'taxi radio', secret_hash: hash, scopes: [{ do: 'feed', feed: 'taxis' }], created_at: at.now, created_by: 'x' })
  const rows = (vehicle: string, from: number) => [0, 3, 6, 9].map((dt) => ({ vehicle_id: vehicle, time: at.now - 60 + from + dt, x: 500_100 + 10 * dt, y: -5, speed: 10, heading_deg: 90 }))
  const body = ['a', 'b', 'c'].flatMap((vehicle) => rows(vehicle, 0))
  const ndjson = body.map((row) => JSON.stringify(row)).join('\n')
  const csv = ['vehicle_id,time,x,y,speed,heading_deg', ...body.map((row) => Object.values(row).join())].join('\n')
  const send = (payload: string | Buffer, { feed = 'taxis', batch = 'b1', type = CSV, who = secret } = {}) =>
    server.inject({ method: 'POST', url: `/api/v1/feeds/${feed}/batches/${batch}`, headers: { ...bearer(who), 'content-type': type }, payload })
  const stored = async (): Promise<number> => {
    let count = 0
    for await (const piece of store.observations.fixes('street', 0, Infinity)) count += piece.length
    return count
  }
  return { server, store, tokens, at, send, stored, ndjson: `${ndjson}\n`, csv: `${csv}\n` }
}

describe('batches of probes', () => {
  it('are stored once, as NDJSON, CSV or packed, and show in the state of now', async () => {
    const { server, tokens, send, stored, ndjson, csv } = await street()
    const first = await send(ndjson)
    expect([first.statusCode, first.json()]).toEqual([200, { feed: 'taxis', batch: 'b1', outcome: 'stored', read: 12, accepted: 12, issues: [] }])
    expect((await send(ndjson)).json()).toEqual(first.json())
    expect(await stored()).toBe(12)
    expect((await send(gzipSync(csv.replaceAll(/^[abc]/gm, 'packed-$&')), { batch: 'b2', type: 'text/csv' })).json()).toMatchObject({ outcome: 'stored', accepted: 12 })
    const live = await server.inject({ url: '/api/v1/networks/street/live', headers: bearer(tokens.viewer) })
    expect(live.json()).toMatchObject({ links: [{ link: 'east', freshness: 'live', vehicles: 6 }] })
    expect(live.json().links[0].speed_mps).toBeCloseTo(10, 1)
  })

  it('are not another one under the same name, while the same one gets its first answer however it is packed', async () => {
    const { send, stored, ndjson } = await street()
    const first = (await send(ndjson)).json()
    const other = await send(ndjson.replaceAll('"a"', '"z"'))
    expect(other.json()).toMatchObject({ status: 409, code: 'batch.other', detail: 'The feed "taxis" has brought another batch under the name "b1" before; nothing of this one was taken' })
    expect((await send(gzipSync(ndjson))).json()).toEqual(first)
    expect(await stored()).toBe(12)
  })

  it('are taken from a key of that feed only', async () => {
    const { tokens, send, ndjson, stored } = await street()
    expect((await send(ndjson, { feed: 'buses' })).statusCode).toBe(403)
    expect((await send(ndjson, { who: tokens.viewer })).statusCode).toBe(403)
    expect(await stored()).toBe(0)
  })

  it('are bytes, which no other address takes', async () => {
    const { server, tokens } = await street()
    const put = (type: string) => server.inject({ method: 'PUT', url: '/api/v1/feeds/bikes', headers: { ...bearer(tokens.engineer), 'if-none-match': '*', 'content-type': type }, payload: JSON.stringify({ network: 'street', kind: 'probes', format: 'auto', settings: {}, enabled: true }) })
    expect((await put('application/octet-stream')).json()).toMatchObject({ status: 415, code: 'request.media' })
    expect((await put('application/json')).statusCode).toBe(200)
  })

  it('are refused in words when they are no probes, too large unpacked, broken, of another type, or of a feed that is off', async () => {
    const { store, send, ndjson, stored } = await street()
    const bomb = gzipSync(Buffer.alloc(40_000_000, 0x20))
    const answers = [await send('hello\nworld\n'), await send(bomb), await send(gzipSync(ndjson).subarray(0, 60)), await send(ndjson, { type: 'application/json' }), await send(ndjson, { batch: 'a%20b' })]
    await store.feeds.put({ ...feedOf('taxis', 'street'), enabled: false }, 1)
    answers.push(await send(ndjson))
    expect(answers.map((answer) => answer.json().code)).toEqual(['input.format', 'request.too-large', 'request.malformed', 'request.malformed', 'request.invalid', 'request.forbidden'])
    expect(await stored()).toBe(0)
  })
})
