import { createHash } from 'node:crypto'
import { Resvg } from '@resvg/resvg-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishedStreets } from '../../plans/publication/streets.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { bearer, closeWorlds } from '../testing.ts'

let town: ApiTown
let key: Record<string, string>
beforeAll(async () => {
  town = await apiTown()
  key = bearer(town.keys.find(({ scope, own }) => scope === 'screen' && own)!.secret)
})
afterAll(closeWorlds)
const content = async () => (await town.server.inject({ url: '/api/v1/screens/hall/content', headers: key })).json<{ neutral: boolean; message: string | null; expires_at: number | null; content: { pages: string[][] } }>()

describe('the page of a kiosk', () => {
  it('is allowed its own script and style by their hashes, and nothing else', async () => {
    const { body, headers, statusCode } = await town.server.inject({ url: '/api/v1/screens/hall/page' })
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = String(headers['content-security-policy'])
    for (const part of [/<script>([^]*?)<\/script>/, /<style>([^]*?)<\/style>/]) expect(policy).toContain(`'sha256-${createHash('sha256').update(part.exec(body)![1]!).digest('base64')}'`)
    expect(policy).not.toContain('unsafe')
    expect(body).not.toContain('约9分')
  })

  it('gets the message until its end, and then what the screen shows when there is nothing to say', async () => {
    const began = town.at.now
    expect(await content()).toMatchObject({ neutral: false, message: 'hall-1', expires_at: began + 600, content: { pages: [['南湖大道', '约9分']] } })
    town.at.now = began + 600
    expect(await content()).toMatchObject({ neutral: true, message: null, expires_at: null, content: { pages: [], lamps: [] } })
    const screen = (await town.store.screens.get('hall'))!
    await town.store.screens.put({ ...screen, settings: { neutral: [['安全驾驶']] } }, screen.version)
    expect((await content()).content.pages).toEqual([['安全驾驶']])
    town.at.now = began
  })

  it('says what stands on it, and the first time stands', async () => {
    const tell = (message: string, read_back: string) => town.server.inject({ method: 'POST', url: `/api/v1/screens/hall/messages/${message}/acknowledgement`, headers: key, payload: { read_back } })
    const first = await tell('hall-1', 'different')
    expect(first.json()).toMatchObject({ id: 'hall-1', read_back: 'different' })
    town.at.now += 30
    expect((await tell('hall-1', 'same')).json()).toEqual({ ...first.json<object>(), read_back: 'same' })
    expect((await town.store.screens.messages('hall', 1))[0]).toMatchObject({ acknowledged_at: town.at.now - 30, read_back: 'same' })
    expect((await tell('hall-2', 'same')).statusCode).toBe(404)
  })

  it('takes no settings that would guide somebody wrongly', async () => {
    const put = (settings: object) => town.server.inject({ method: 'PUT', url: '/api/v1/screens/sign', headers: { ...bearer(town.tokens.engineer), 'if-none-match': '*' }, payload: { network: 'jiaxing', name: 'Sign', kind: 'text', settings } })
    expect((await put({ guidance: { demand_vph: 900 } })).json()).toMatchObject({ status: 422, detail: expect.stringContaining('/settings/guidance/usual must be an object') as string })
    expect((await put({ neutral: [['前方学校请减速慢行']], character_height_m: 0.15, speed_limit_mps: 60 / 3.6 })).json()).toMatchObject({ status: 422, detail: expect.stringContaining('reading takes 3.3 s, passing at the speed limit leaves 2.3 s') as string })
    expect((await put({ lines: 2 })).statusCode).toBe(200)
  })
})

describe('the picture of a screen', () => {
  const get = (path: string, headers: Record<string, string> = {}, screen = 'hall') => town.server.inject({ url: `/api/v1/screens/${screen}/${path}`, headers: { ...bearer(town.tokens.viewer), ...headers } })
  const segments = async () => publishedStreets((await town.store.networks.scenario('jiaxing', (await town.store.networks.list())[0]!.version))!).segments.slice(0, 3).map(({ id }) => id)

  it('shows what stands in the content: text letter by letter, every lamp in its colour, streets where they lie', async () => {
    const [first, second] = await segments()
    const lamps = [{ segment: first!, colour: 'red' }, { segment: second!, colour: 'yellow' }, { segment: 'nowhere', colour: 'off' }]
    await town.store.screens.put({ id: 'panel', network: 'jiaxing', name: 'Panel', kind: 'mixed', settings: { segments: [first], neutral: [['安全驾驶']] } }, 0)
    await town.store.screens.log({ id: 'panel-1', screen: 'panel', sent_at: town.at.now, expires_at: town.at.now + 600, content: { pages: [['南湖大道'], ['约9分']], lamps }, basis: {} })
    const { body, headers } = await get('picture.svg', {}, 'panel')
    expect(headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'no-cache, private' })
    expect([...body.matchAll(/<(path|rect)[^>]* data-segment="([^"]*)" data-colour="([^"]*)"/g)].map(([, ...told]) => told)).toEqual([['path', first, 'red'], ['path', second, 'yellow'], ['rect', 'nowhere', 'off']].sort())
    expect([body.includes('>南湖大道</text>'), body.includes('约9分')]).toEqual([true, false])
    expect((await get('picture.svg?page=2', {}, 'panel')).body).toContain('>约9分</text>')
    expect((await get('picture.svg?page=3', {}, 'panel')).json()).toMatchObject({ status: 404, detail: expect.stringContaining('shows 2 pages') as string })
    expect((await get('picture.svg?part=panel', {}, 'panel')).body).not.toContain('安全')
    town.at.now += 600
    const over = (await get('picture.svg', {}, 'panel')).body
    expect([over.includes('>安全驾驶</text>'), over.includes('data-colour="red"'), over.includes(`data-segment="${first}" data-colour="off"`)]).toEqual([true, false, true])
    town.at.now -= 600
  })

  it('is the same PNG for the same content, with a tag, and another one for another', async () => {
    const [once, again] = [await get('picture.png'), await get('picture.png')]
    expect([once.statusCode, once.headers['content-type'], once.rawPayload.subarray(1, 4).toString(), once.rawPayload.equals(again.rawPayload)]).toEqual([200, 'image/png', 'PNG', true])
    expect((await get('picture.png', { 'if-none-match': String(once.headers['etag']) })).statusCode).toBe(304)
    // As another process would make it.
    expect(new Resvg((await get('picture.svg')).body, { font: { loadSystemFonts: true, defaultFontFamily: 'Noto Sans CJK SC' } }).render().asPng().equals(once.rawPayload)).toBe(true)
    town.at.now += 600
    const over = await get('picture.png')
    expect([over.statusCode, over.headers['etag'] === once.headers['etag'], over.rawPayload.equals(once.rawPayload)]).toEqual([200, false, false])
    town.at.now -= 600
  })

  it('is one of dots where the sign is one', async () => {
    await town.store.screens.put({ id: 'dots', network: 'jiaxing', name: 'Dots', kind: 'text', settings: { neutral: [['安全驾驶', '约9分']], dots_per_character: 24 } }, 0)
    const { body } = await get('picture.svg', {}, 'dots')
    const rows = new Set([...(/<path d="([^"]*)" stroke="#ffd84d"/.exec(body)?.[1] ?? '').matchAll(/M\S+ (\S+?)h/g)].map(([, y]) => y))
    // Two lines of characters of 24 dots fill most rows of both.
    expect(rows.size).toBeGreaterThan(34)
    expect(rows.size).toBeLessThanOrEqual(48)
    expect([body.includes('</text>'), body.includes('<desc>安全驾驶 / 约9分</desc>')]).toEqual([false, true])
  })
})
