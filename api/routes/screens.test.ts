import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    expect((await put({ lines: 2 })).statusCode).toBe(200)
  })
})
