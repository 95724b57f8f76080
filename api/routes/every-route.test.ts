// What holds of every route, asked of the document that describes them.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fuzzApi } from '../../test/fuzz-api.ts'
import { apiTown, changedTables, exampleBody, freshSession, listKnownRoutes, mayPerson, type ApiTown, type KnownRoute } from '../../test/api-town.ts'
import { ROLES } from '../../plans/ports/people.ts'
import { documentText } from '../document.ts'
import { bearer, closeWorlds } from '../testing.ts'

let town: ApiTown
let routes: KnownRoute[]
beforeAll(async () => {
  town = await apiTown()
  routes = listKnownRoutes(town.document)
})
afterAll(closeWorlds)

/** The event stream never ends; with such an id it is refused after the rights and before it begins. */
const NO_STREAM = { 'last-event-id': 'none' }

async function ask({ method, url, operation }: KnownRoute, headers: Record<string, string>, payload = exampleBody(operation)) {
  return town.server.inject({ method: method as 'GET', url, headers: { ...NO_STREAM, ...headers }, ...(payload === undefined ? {} : { payload: payload as object }) })
}

/** Status of every route that is not what it should be, by method and path. */
async function wrong(listed: readonly KnownRoute[], told: (route: KnownRoute) => Promise<string | undefined>): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const route of listed) {
    const why = await told(route)
    if (why !== undefined) found[`${route.method} ${route.path}`] = why
  }
  return found
}

describe('the document of the API', () => {
  it('is the one that is kept (npm run openapi writes it anew)', async () => {
    const root = join(import.meta.dirname, '..', '..')
    expect(documentText(town.document) === await readFile(join(root, 'api', 'openapi.json'), 'utf8')).toBe(true)
  })

  it('has for every operation a name of its own, a summary, a description, who may, and an example', async () => {
    expect(town.document.openapi).toBe('3.1.0')
    expect(routes.length).toBeGreaterThan(50)
    const names = routes.map(({ operation }) => operation.operationId)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    expect(await wrong(routes, async ({ url, operation: { summary, description, 'x-access': access, requestBody, parameters = [] } }) => {
      if ((summary ?? '') === '' || (description ?? '') === '' || access === undefined) return 'says too little'
      if (requestBody !== undefined && exampleBody({ requestBody } as never) === undefined) return 'has a body without example'
      if (url.includes('undefined') || parameters.some((one) => one.in === 'path' && one.example === undefined)) return 'has a part of its address without example'
      return undefined
    })).toEqual({})
  })
})

describe('every route', () => {
  it('turns away who is nobody, except where anybody may', async () => {
    expect(await wrong(routes, async (route) => {
      const { statusCode, headers } = await ask(route, {})
      if (route.operation['x-access'].role === 'public') return statusCode === 401 || statusCode === 403 ? `turned away with ${statusCode}` : undefined
      return statusCode === 401 && String(headers['content-type']).includes('application/problem+json') ? undefined : `answered ${statusCode}`
    })).toEqual({})
  })

  it('lets every role in exactly where the document says so', async () => {
    expect(await wrong(routes, async (route) => {
      for (const role of ROLES) {
        const { statusCode } = await ask(route, bearer(await freshSession(town, role)))
        const entered = statusCode !== 401 && statusCode !== 403
        if (entered !== mayPerson(role, route.operation)) return `${role}: ${statusCode}`
      }
      return undefined
    })).toEqual({})
  })

  it('lets a machine in only with the scope for that very thing', async () => {
    expect(await wrong(routes, async (route) => {
      const { role, scope } = route.operation['x-access']
      for (const key of town.keys) {
        const { statusCode } = await ask(route, bearer(key.secret))
        const may = role === 'public' || (key.scope === scope && key.own)
        const fits = may ? statusCode !== 401 && statusCode !== 403 : statusCode === 403
        if (!fits) return `${key.scope} ${key.own ? 'own' : 'other'}: ${statusCode}`
      }
      return undefined
    })).toEqual({})
  })

  it('asks the same of HEAD as of GET', async () => {
    const closed = routes.filter(({ method, operation }) => method === 'GET' && operation['x-access'].role !== 'public')
    expect(await wrong(closed, async (route) => {
      const { statusCode } = await ask({ ...route, method: 'HEAD' }, {}, null)
      return statusCode === 401 ? undefined : String(statusCode)
    })).toEqual({})
  })

  it('names the methods that an address knows when it is asked with another', async () => {
    const answer = await town.server.inject({ method: 'DELETE', url: '/api/v1/networks' })
    expect(answer.json()).toMatchObject({ status: 405, code: 'request.method' })
    expect(answer.headers['allow']).toBe('GET, HEAD')
    expect((await town.server.inject({ url: '/api/v1/nothing' })).json()).toMatchObject({ status: 404, code: 'request.unknown' })
  })

  it('answers its own example, and 304 to who has that version already', async () => {
    // Streams never end; those that only send browsers elsewhere have no 200 in the document.
    const read = routes.filter(({ method, operation }) => method === 'GET' && !operation.operationId.startsWith('listen') && operation.responses['200'] !== undefined)
    const tagged: string[] = []
    expect(await wrong(read, async (route) => {
      const first = await ask(route, bearer(town.tokens.administrator))
      if (first.statusCode !== 200) return `${first.statusCode} ${first.body}`
      const tag = first.headers['etag']
      if (tag === undefined) return undefined
      tagged.push(route.operation.operationId)
      const again = await ask(route, { ...bearer(town.tokens.administrator), 'if-none-match': `"x", W/${String(tag)}` })
      return again.statusCode === 304 && again.body === '' && again.headers['etag'] === tag ? undefined : `again ${again.statusCode}`
    })).toEqual({})
    for (const name of ['getNetwork', 'getPlan', 'getSchedule', 'getSignalTiming', 'getCongestion', 'getState', 'getScreen', 'getFeed', 'getTreatment', 'getPerson', 'getIndex', 'getTile', 'getDailyReportPage']) expect(tagged).toContain(name)
  })

  it('takes its example without all that the document says need not be sent', async () => {
    expect(await wrong(routes, async (route) => {
      const body = exampleBody(route.operation)
      const { required = [], anyOf } = Object.values(route.operation.requestBody?.content ?? {})[0]?.schema as { required?: string[]; anyOf?: unknown } ?? {}
      if (typeof body !== 'object' || body === null || anyOf !== undefined) return undefined
      const least = Object.fromEntries(Object.entries(body).filter(([name]) => required.includes(name)))
      const { statusCode, body: answer } = await ask(route, { ...bearer(await freshSession(town, 'administrator')), 'idempotency-key': `least ${route.path}`, 'if-match': '"1"' }, least)
      return statusCode === 422 && answer.includes('is missing') ? answer : undefined
    })).toEqual({})
  })

  it('that changes what was read wants the version: none 428, broken 400, old 412, and changes nothing', async () => {
    const changing = routes.filter(({ operation }) => operation['x-versioned'] === true)
    expect(changing.length).toBeGreaterThan(10)
    expect(routes.filter(({ method, operation }) => (method === 'PUT' || method === 'PATCH') && operation['x-versioned'] !== true)).toEqual([])
    const before = town.gate.tables.copy()
    expect(await wrong(changing, async (route) => {
      const status = async (headers: Record<string, string>): Promise<number> => (await ask(route, { ...bearer(town.tokens.administrator), 'idempotency-key': crypto.randomUUID(), ...headers })).statusCode
      const seen = [await status({}), await status({ 'if-match': 'W/"1"' }), await status({ 'if-match': '"999"' })]
      return seen.join(' ') === '428 400 412' ? undefined : seen.join(' ')
    })).toEqual({})
    expect(changedTables(before, town.gate.tables)).toEqual([])
  })

  it('that starts or makes something once wants a key: none 400, the same again the same answer, another body 422', async () => {
    const once = routes.filter(({ operation }) => operation['x-idempotent'] === true)
    expect(once.length).toBeGreaterThan(5)
    expect(await wrong(once, async (route) => {
      const person = route.operation['x-access'].role === 'engineer' ? 'engineer' : 'administrator'
      const versioned: Record<string, string> = route.operation['x-versioned'] === true ? { 'if-match': String((await town.server.inject({ url: route.url.replace(/\/\w+$/, ''), headers: bearer(town.tokens.engineer) })).headers['etag']) } : {}
      const headers = { ...bearer(town.tokens[person]), ...versioned }
      if ((await ask(route, headers)).statusCode !== 400) return 'no key'
      const keyed = { ...headers, 'idempotency-key': `k-${route.operation.operationId}` }
      const first = await ask(route, keyed)
      if (first.statusCode >= 300) return `${first.statusCode} ${first.body}`
      const audit = town.gate.tables.audit.length
      const second = await ask(route, keyed)
      if (second.body !== first.body || second.statusCode !== first.statusCode || second.headers['idempotency-replayed'] !== 'true' || second.headers['location'] !== first.headers['location']) return 'another answer'
      if (town.gate.tables.audit.length !== audit) return 'took effect twice'
      const other = { ...(exampleBody(route.operation) as object), ...(route.operation.operationId === 'addPerson' ? { name: 'Other' } : route.operation.operationId === 'simulatePlan' ? { seed: 7 } : 'seed' in (exampleBody(route.operation) as object) ? { seed: 7 } : { reason: 'another' }) }
      const third = await ask(route, keyed, other)
      return third.statusCode === 422 && third.json<{ code: string }>().code === 'idempotency.other' ? undefined : `other body ${third.statusCode}`
    })).toEqual({})
  })

  it('that is published needs no login where an administrator switched it on, and every other still does', async () => {
    const open = await apiTown({ published: true })
    expect(await wrong(routes, async ({ method, url, operation }) => {
      const { statusCode } = await open.server.inject({ method: method as 'GET', url, headers: NO_STREAM })
      const { role } = operation['x-access']
      // A stream lets in and then refuses the id with which all of them are asked here.
      if (role === 'published') return statusCode === (operation.operationId.startsWith('listen') ? 400 : 200) ? undefined : String(statusCode)
      return role === 'public' || statusCode === 401 ? undefined : String(statusCode)
    })).toEqual({})
  })
})

describe('odd requests', () => {
  it('are refused with a problem document and change nothing, and none is a failure of ours', async () => {
    const { statuses } = await fuzzApi(town, { requests: 250, seed: 7 })
    // Not all stopped at the door: some were good, some had wrong values, some met what was not there.
    for (const status of [200, 400, 404, 422]) expect(statuses[status] ?? 0).toBeGreaterThan(2)
  })
})
