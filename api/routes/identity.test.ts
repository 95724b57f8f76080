import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { IdentityProvider } from '../../adapters/identity/provider.ts'
import { CLIENT, startIssuer, type TestIssuer } from '../../adapters/identity/testing.ts'
import { hashPassword } from '../security/secrets.ts'
import { vouchedId, type RoleMapping } from '../security/vouched-people.ts'
import { bearer, closeWorlds, PASSWORD, world as openWorld, type World } from '../testing.ts'
import { identityRoutes } from './identity.ts'
import { peopleRoutes } from './people.ts'
import { sessionRoutes } from './sessions.ts'

/** Of the service in tests, which stands. */
const NOW = 1_800_000_000
const REDIRECT = 'http://127.0.0.1:8080/api/v1/sessions/oidc/callback'
const MAPPING: RoleMapping = { claim: 'realm_access.roles', roles: { 'signal people': 'engineer', 'heads': 'approver', 'lookers': 'viewer' } }
const START = '/api/v1/sessions/oidc'

let issuer: TestIssuer
let open: World
beforeAll(async () => { issuer = await startIssuer(() => NOW) })
afterAll(() => issuer.close())
beforeEach(async () => {
  Object.assign(issuer, { signs: 'well', claims: { preferred_username: 'wang.fang', name: '王芳', realm_access: { roles: ['signal people', 'lookers', 'else'] } } })
  open = await aService()
})
afterEach(closeWorlds)

const aService = (client: Partial<typeof CLIENT> = {}): Promise<World> => openWorld([sessionRoutes, identityRoutes, peopleRoutes], {
  identity: { issuer: issuer.issuer, mapping: MAPPING, provider: new IdentityProvider({ issuer: issuer.issuer, ...CLIENT, ...client, redirect: REDIRECT, scope: 'openid profile' }, { now: () => open?.at.now ?? NOW }) },
})

const cookiesOf = (answer: { headers: Record<string, unknown> }): string[] => [answer.headers['set-cookie'] ?? []].flat() as string[]

/** The start, and the way through the provider: what the browser would bring. */
async function begin(): Promise<{ cookie: string; back: URL }> {
  const start = await open.server.inject({ url: START })
  expect(start.statusCode).toBe(303)
  return { cookie: cookiesOf(start)[0]!.split(';')[0]!, back: await issuer.visit(start.headers['location']!) }
}

const finish = (back: URL, cookie: string | undefined) => open.server.inject({ url: `${back.pathname}${back.search}`, headers: cookie === undefined ? {} : { cookie } })

async function logIn() {
  const { cookie, back } = await begin()
  return finish(back, cookie)
}

const sessionOf = (answer: Awaited<ReturnType<typeof logIn>>): string | undefined => cookiesOf(answer).find((one) => one.startsWith('greenwave_session='))?.slice('greenwave_session='.length).split(';')[0]

/** The refusal of what let nobody in: no cookie, no session in the store beside those that the tests' people have. */
function refusalOf(answer: Awaited<ReturnType<typeof logIn>>): { status: number; code: string; detail: string } {
  expect(answer.headers['content-type']).toContain('application/problem+json')
  expect(sessionOf(answer)).toBeUndefined()
  expect(open.gate.tables.sessions.size).toBe(4)
  return answer.json()
}

describe('login through an identity provider', () => {
  it('asks for a code with state, nonce and a challenge, none of which can be read in the cookie', async () => {
    const start = await open.server.inject({ url: START })
    const asked = new URL(start.headers['location']!)
    expect(asked.origin + asked.pathname).toBe(`${issuer.issuer}/enter`)
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({ response_type: 'code', client_id: 'greenwave', redirect_uri: REDIRECT, scope: 'openid profile', code_challenge_method: 'S256' })
    const [cookie] = cookiesOf(start)
    expect(cookie).toMatch(/^greenwave_login=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/)
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(asked.searchParams.get(name)).toMatch(/^[\w-]{43}$/)
      expect(cookie).not.toContain(asked.searchParams.get(name)!)
    }
  })

  it('makes the person at the first login, with the highest role of the claim, and writes it down', async () => {
    const answer = await logIn()
    expect([answer.statusCode, answer.headers['location']]).toEqual([303, '/#entered'])
    expect(cookiesOf(answer)).toEqual([expect.stringMatching(/^greenwave_login=;.*Max-Age=0$/), expect.stringMatching(/^greenwave_session=gws_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)])
    const me = await open.server.inject({ url: '/api/v1/me', headers: { cookie: `greenwave_session=${sessionOf(answer)!}` } })
    const id = vouchedId(issuer.issuer, 'u-1')
    expect(me.json()).toEqual({ id, name: '王芳', kind: 'person', role: 'engineer' })
    expect((await open.store.people.byId(id))?.login).toBe('wang.fang')
    const { items } = await open.store.audit.list({ subject: id }, { limit: 10 })
    expect(items.map(({ action, detail }) => [action, detail])).toEqual([['session.open', { by: issuer.issuer }], ['person.add', { login: 'wang.fang', role: 'engineer', by: issuer.issuer }]])
    expect((await open.server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login: 'wang.fang', password: PASSWORD } })).statusCode).toBe(401)
  })

  it('knows the person again, and a role that changed there ends the older sessions', async () => {
    const first = sessionOf(await logIn())!
    issuer.claims = { ...issuer.claims, realm_access: { roles: ['heads'] } }
    const second = sessionOf(await logIn())!
    expect((await open.server.inject({ url: '/api/v1/me', headers: bearer(first) })).statusCode).toBe(401)
    expect((await open.server.inject({ url: '/api/v1/me', headers: bearer(second) })).json()).toMatchObject({ role: 'approver' })
    expect((await open.store.people.list()).filter(({ login }) => login.startsWith('wang.fang'))).toHaveLength(1)
  })

  it('never takes somebody for who is called the same and has a password', async () => {
    await open.store.people.put({ id: 'local', login: 'wang.fang', name: 'local', role: 'administrator', password_hash: await hashPassword(PASSWORD), disabled: false, version: 0 }, 0)
    const me = await open.server.inject({ url: '/api/v1/me', headers: bearer(sessionOf(await logIn())!) })
    expect(me.json()).toMatchObject({ id: vouchedId(issuer.issuer, 'u-1'), role: 'engineer' })
    expect((await open.store.people.byId('local'))?.role).toBe('administrator')
    expect((await open.server.inject({ method: 'POST', url: '/api/v1/sessions', payload: { login: 'wang.fang', password: PASSWORD } })).json()).toMatchObject({ person: { id: 'local' } })
  })

  it.each<[string, () => void, RegExp]>([
    ['another nonce', () => { issuer.claims['nonce'] = 'x' }, /is of another login/],
    ['no nonce', () => { issuer.claims['nonce'] = undefined }, /"nonce"/],
    ['another audience', () => { issuer.claims.aud = 'another' }, /"aud"/],
    ['several audiences of which another may use it', () => { Object.assign(issuer.claims, { aud: ['greenwave', 'another'], azp: 'another' }) }, /another service/],
    ['several audiences and no word on who may use it', () => { issuer.claims.aud = ['greenwave', 'another'] }, /another service/],
    ['another issuer', () => { issuer.claims.iss = 'https://login.example' }, /"iss"/],
    ['an end more than a minute ago', () => { Object.assign(issuer.claims, { iat: NOW - 200, exp: NOW - 61 }) }, /"exp"/],
    ['a beginning in the future', () => { Object.assign(issuer.claims, { iat: NOW + 100, exp: NOW + 400 }) }, /"iat"/],
    ['nobody in it', () => { issuer.claims.sub = '' }, /does not say whose/],
    ['no signature (alg none)', () => { issuer.signs = 'none' }, /not allowed/],
    ['the signature of an unknown key', () => { issuer.signs = 'another key' }, /key/],
    ['a signature with the secret that we share', () => { issuer.signs = 'shared secret' }, /"alg"/],
  ])('refuses a token with %s', async (_, lie, why) => {
    lie()
    expect(refusalOf(await logIn())).toMatchObject({ status: 401, code: 'request.unauthenticated', detail: expect.stringMatching(why) as string })
  })

  it('takes a token whose end was less than a minute ago: clocks differ', async () => {
    Object.assign(issuer.claims, { iat: NOW - 200, exp: NOW - 50 })
    expect((await logIn()).statusCode).toBe(303)
  })

  it('ends each login once: neither its state nor its code is good again', async () => {
    const { cookie, back } = await begin()
    expect((await finish(back, cookie)).statusCode).toBe(303)
    const asked = issuer.asked['/token']
    const again = await finish(back, cookie)
    expect(again.json()).toMatchObject({ status: 400, code: 'request.malformed', detail: expect.stringContaining('ended before') as string })
    expect([sessionOf(again), issuer.asked['/token']]).toEqual([undefined, asked])
    const other = await begin()
    other.back.searchParams.set('code', back.searchParams.get('code')!)
    const replayed = await finish(other.back, other.cookie)
    expect(replayed.json()).toMatchObject({ status: 401, detail: expect.stringContaining('invalid_grant') as string })
    expect([sessionOf(replayed), open.gate.tables.sessions.size]).toEqual([undefined, 5])
  })

  it('refuses who did not begin it here: no cookie, of another login, changed, older than ten minutes', async () => {
    const [{ cookie, back }, other] = [await begin(), await begin()]
    const changed = `${cookie.slice(0, -8)}${cookie.at(-8) === 'A' ? 'B' : 'A'}${cookie.slice(-7)}`
    for (const brought of [undefined, other.cookie, changed, 'greenwave_login=']) expect(refusalOf(await finish(back, brought))).toMatchObject({ status: 400, code: 'request.malformed' })
    open.at.now += 601
    expect(refusalOf(await finish(back, cookie))).toMatchObject({ status: 400, detail: expect.stringContaining('10 minutes') as string })
  })

  it('refuses what the provider refused, and a code of another provider', async () => {
    const [denied, mixed] = [await begin(), await begin()]
    denied.back.searchParams.delete('code')
    denied.back.searchParams.set('error', 'access_denied')
    expect(refusalOf(await finish(denied.back, denied.cookie))).toMatchObject({ status: 401, detail: expect.stringContaining('access_denied') as string })
    mixed.back.searchParams.set('iss', 'https://login.example')
    expect(refusalOf(await finish(mixed.back, mixed.cookie))).toMatchObject({ status: 401 })
  })

  it.each([['no role of ours', { roles: ['else', 'constructor'] }], ['no roles', undefined], ['what is no list', { roles: { 'signal people': true } }]])('refuses who has %s, ends what sessions there are, and writes it down', async (_, claim) => {
    const before = sessionOf(await logIn())!
    issuer.claims['realm_access'] = claim
    expect(refusalOf(await logIn())).toMatchObject({ status: 403, code: 'request.forbidden', detail: expect.stringContaining('realm_access.roles') as string })
    expect((await open.server.inject({ url: '/api/v1/me', headers: bearer(before) })).statusCode).toBe(401)
    const { items } = await open.store.audit.list({ subject: vouchedId(issuer.issuer, 'u-1') }, { limit: 1 })
    expect(items[0]).toMatchObject({ action: 'session.refuse', detail: { reason: 'no role' } })
  })

  it('refuses who was shut out here', async () => {
    await logIn()
    const person = (await open.store.people.byId(vouchedId(issuer.issuer, 'u-1')))!
    await open.store.people.put({ ...person, disabled: true }, person.version)
    expect(refusalOf(await logIn())).toMatchObject({ status: 403 })
  })

  it('says that the provider cannot be used where it is away or does not take our secret, and goes on when it can', async () => {
    const gone = await startIssuer(() => NOW)
    await gone.close()
    const provider = new IdentityProvider({ issuer: gone.issuer, ...CLIENT, redirect: REDIRECT, scope: 'openid' }, { now: () => NOW })
    await expect(provider.begin()).rejects.toMatchObject({ code: 'login.unreachable' })
    open = await aService({ client_secret: 'wrong' })
    expect(refusalOf(await logIn())).toMatchObject({ status: 502, code: 'login.unreachable', detail: expect.stringContaining('client id and secret') as string })
    open = await aService()
    expect((await logIn()).statusCode).toBe(303)
  })

  it('asks for the description and the keys of the provider once', async () => {
    issuer.asked = {}
    await logIn()
    await logIn()
    expect(issuer.asked).toMatchObject({ '/.well-known/openid-configuration': 1, '/keys': 1, '/token': 2 })
  })

  it('does not exist where none is set up, which the ways to log in tell', async () => {
    expect((await open.server.inject({ url: '/api/v1/sessions/ways' })).json()).toEqual({ password: true, identity_provider: { issuer: issuer.issuer, start: START } })
    const without = await openWorld([sessionRoutes, identityRoutes])
    expect((await without.server.inject({ url: '/api/v1/sessions/ways' })).json()).toEqual({ password: true })
    for (const url of [START, `${START}/callback?state=x&code=y`]) expect((await without.server.inject({ url })).json()).toMatchObject({ status: 404, code: 'request.unknown' })
  })
})
