// Requests as nobody should send them: of the right shape with the wrong values, with broken bytes, headers, methods, addresses.
import fc from 'fast-check'
import type { JsonSchema } from '../api/document.ts'
import { ROLES } from '../plans/ports/people.ts'
import { changedTables, exampleBody, listKnownRoutes, type ApiTown, type KnownRoute } from './api-town.ts'

interface Asked {
  method: string
  url: string
  headers: Record<string, string>
  payload?: Buffer
}

const WORDS = ['', '0', '-1', '1e999', 'null', 'true', '../../etc/passwd', '%00', '%', '%ff', '\u0000', '😀', '\ud800', 'NaN', "' OR 1=1 --", '__proto__', 'constructor', '2026-02-30', '9'.repeat(400), 'a'.repeat(5000), '\r\nX: y', '{}', '[]']
const word = fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 30 }), fc.string({ unit: 'binary', maxLength: 10 }))
const oddNumber = fc.oneof(fc.constantFrom(0, -0, -1, 1, 0.5, 1e9, -1e15, Number.MAX_SAFE_INTEGER, 5e-324, 1.7e308), fc.double({ noNaN: true, noDefaultInfinity: true }))
const oddValue: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom(null, true, false, [], {}, { __proto__x: 1 }, [[[]]]), word, oddNumber, fc.jsonValue({ maxDepth: 3 }))

/** Values that a schema would let through, as far as it says. */
export function fits(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { type, enum: values, anyOf, const: only, properties, items, required = [], minimum, maximum, minItems = 0, maxItems, minLength = 0, maxLength = 40, format, pattern } = schema as {
    type?: string; enum?: unknown[]; anyOf?: JsonSchema[]; const?: unknown; properties?: Record<string, JsonSchema>; items?: JsonSchema | JsonSchema[]; required?: string[]
    minimum?: number; maximum?: number; minItems?: number; maxItems?: number; minLength?: number; maxLength?: number; format?: string; pattern?: string
  }
  if (only !== undefined) return fc.constant(only)
  if (values !== undefined) return fc.constantFrom(...values)
  if (anyOf !== undefined) return fc.oneof(...anyOf.map(fits))
  if (type === 'object') return fc.record(Object.fromEntries(Object.entries(properties ?? {}).map(([name, one]) => [name, fits(one)])), { requiredKeys: required as never[] })
  if (type === 'array') return Array.isArray(items) ? fc.tuple(...items.map(fits)) : fc.array(fits(items ?? {}), { minLength: minItems, maxLength: Math.min(maxItems ?? 3, minItems + 3) })
  if (type === 'integer') return fc.integer({ min: Math.max(minimum ?? -1000, -(2 ** 31)), max: Math.min(maximum ?? 1000, 2 ** 31 - 1) })
  if (type === 'number') return fc.double({ min: minimum ?? -1e6, max: maximum ?? 1e6, noNaN: true })
  if (type === 'boolean') return fc.boolean()
  if (format === 'date') return fc.constantFrom('2026-11-22', '1970-01-01', '2026-02-30')
  if (format === 'date-time') return fc.constantFrom('2026-11-22T00:00:00Z', '2026-11-22T08:00:00+08:00', '9999-12-31T23:59:59Z')
  if (pattern !== undefined) return fc.constantFrom('jiaxing', 'taxis', 'x', 'a.b~c:d')
  return type === 'string' ? fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)), unit: 'grapheme' }) : oddValue
}

/** The same document with one value somewhere in it replaced, left out, or added. */
function mutated(document: unknown): fc.Arbitrary<unknown> {
  return fc.tuple(fc.array(fc.nat(50), { maxLength: 6 }), oddValue, fc.constantFrom('replace', 'leave out', 'add')).map(([way, odd, how]) => {
    const copy = structuredClone(document)
    let at: unknown = copy
    for (const step of way) {
      const below = typeof at === 'object' && at !== null ? Object.keys(at) : []
      if (below.length === 0) break
      const key = below[step % below.length]!
      const next = (at as Record<string, unknown>)[key]
      if (typeof next === 'object' && next !== null && step % 3 !== 0) at = next
      else {
        if (how === 'leave out') Reflect.deleteProperty(at as object, key)
        else (at as Record<string, unknown>)[how === 'add' ? `${key}x` : key] = odd
        return copy
      }
    }
    return how === 'replace' && way.length === 0 ? odd : copy
  })
}

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '')

function bodyOf(route: KnownRoute): fc.Arbitrary<Buffer | undefined> {
  const schema = Object.values(route.operation.requestBody?.content ?? {})[0]?.schema
  const example = exampleBody(route.operation)
  const broken = fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 3 }), fc.nat(1000)).map(([bytes, at]) => {
    const whole = bytesOf(example ?? {})
    return Buffer.concat([whole.subarray(0, at % whole.length), bytes, whole.subarray((at % whole.length) + 1)])
  })
  return fc.oneof(
    { weight: 3, arbitrary: schema === undefined ? fc.constant(undefined) : fc.constant(bytesOf(example)) }, { weight: 3, arbitrary: schema === undefined ? fc.constant(undefined) : fits(schema).map(bytesOf) },
    { weight: 4, arbitrary: mutated(example ?? {}).map(bytesOf) }, { weight: 2, arbitrary: broken }, { weight: 1, arbitrary: oddValue.map(bytesOf) },
    { weight: 1, arbitrary: fc.integer({ min: 50, max: 20_000 }).map((depth) => Buffer.from(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`)) },
    { weight: 1, arbitrary: fc.constantFrom(Buffer.from([0xff, 0xfe, 0x22]), Buffer.from('"\ud800"', 'utf16le'), Buffer.from('{"a":1,"a":2}'), Buffer.from('{"__proto__":{"x":1}}'), Buffer.from('{"constructor":{"prototype":{"x":1}}}'), Buffer.from('{"a":"\\u0000"}'), Buffer.from('{"a":"\\ud800"}'), Buffer.alloc(0), Buffer.alloc(1_100_000, 0x20)) },
  )
}

const odd = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, share = 4): fc.Arbitrary<T> => fc.oneof({ weight: share, arbitrary: usual }, { weight: 1, arbitrary: unusual })

function asked(town: ApiTown, route: KnownRoute): fc.Arbitrary<Asked> {
  const { parameters = [] } = route.operation
  const path = fc.tuple(...route.path.split('/').map((part) => (part.startsWith('{') ? odd(fc.constant(filledIn(part, parameters)), fc.oneof(word.map(safely), word, word.map((one) => `${safely(one)}${part.replace(/^\{\w+\}/, '')}`))) : odd(fc.constant(part), word, 60))))
    .map((parts) => parts.join('/'))
  const query = fc.tuple(...parameters.filter((one) => one.in === 'query').map(({ name, schema }) => fc.option(fc.oneof(fits(schema).map(String), word).map((value) => `${name}=${safely(value)}`), { nil: '' })))
    .map((parts) => parts.filter((part) => part !== '').join('&'))
  const tokens = [...ROLES.map((role) => `Bearer ${town.tokens[role]}`), ...town.keys.map(({ secret }) => `Bearer ${secret}`)]
  const headers = fc.record({
    authorization: fc.oneof({ weight: 8, arbitrary: fc.constant(`Bearer ${town.tokens.administrator}`) }, { weight: 4, arbitrary: fc.constant(`Bearer ${town.tokens.engineer}`) }, { weight: 2, arbitrary: fc.constantFrom(...tokens) }, { weight: 1, arbitrary: word.map(headerly) }),
    'content-type': odd(fc.constant('application/json'), fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json; charset=utf-16', 'application/xml', '', ';', 'application/octet-stream'), 8),
    'if-match': odd(fc.constantFrom('"1"', '"2"', '"0"'), fc.oneof(fc.constantFrom('*', '"x"', 'W/"1"', '"999999999999999"', '"1", "2"', ''), word.map(headerly))),
    'idempotency-key': odd(fc.uuid(), fc.oneof(fc.constantFrom('same', ''), word.map(headerly))), 'last-event-id': fc.constant('none'), 'if-none-match': fc.constantFrom('*', '"1"', 'x'),
    'accept': fc.constantFrom('*/*', 'text/html', ''), 'x-forwarded-for': word.map(headerly), 'cookie': word.map((text) => `greenwave_session=${headerly(text)}`),
  }, { requiredKeys: ['last-event-id'] })
  const method = odd(fc.constant(route.method), fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'), 15)
  return fc.record({ method, path, query, headers, payload: bodyOf(route) }).map(({ method, path, query, headers, payload }) => ({
    method, url: sendable(`${path.startsWith('/') ? path : `/${path}`}${query === '' ? '' : `?${query}`}`), headers, ...(payload === undefined || method === 'GET' || method === 'HEAD' || method === 'TRACE' ? {} : { payload }),
  }))
}

/** `{day}.csv` with the example of a day. */
const filledIn = (part: string, parameters: NonNullable<KnownRoute['operation']['parameters']>): string => part.replace(/^\{(\w+)\}/, (_, own: string) => encodeURIComponent(String(parameters.find(({ name }) => name === own)?.example)))

/** What injects requests reads their addresses first, as a browser would. */
const sendable = (url: string): string => (URL.canParse(url, 'http://localhost') ? url : '/%')

/** Node itself refuses to send other bytes in a header. */
const headerly = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 3000)

const safely = (text: string): string => {
  try {
    return encodeURIComponent(text)
  } catch {
    return '%ED%A0%80'
  }
}

export interface FuzzReport {
  requests: number
  /** How often each status came. */
  statuses: Record<number, number>
}

/**
 * Sends that many requests. Throws, with the request made as small as can be, where one is answered with 500 or above, is refused without a
 * problem document, or is refused and has changed something.
 */
export async function fuzzApi(town: ApiTown, { requests, seed }: { requests: number; seed: number }): Promise<FuzzReport> {
  // Logging in costs a second of work each time on purpose; guessing has a test of its own. Logging out would take the tests' sessions away.
  const routes = listKnownRoutes(town.document).filter(({ operation }) => !['logIn', 'logOut', 'changePerson'].includes(operation.operationId))
  const statuses: Record<number, number> = {}
  let count = 0
  const property = fc.asyncProperty(fc.oneof(...routes.map((route) => asked(town, route))), async (request) => {
    const before = town.gate.tables.copy()
    const answer = await town.server.inject({ ...request, method: request.method as 'GET' })
    count++
    const { statusCode } = answer
    statuses[statusCode] = (statuses[statusCode] ?? 0) + 1
    if (statusCode >= 500) throw new Error(`${statusCode} ${answer.body}`)
    if (statusCode < 400) return
    const changed = changedTables(before, town.gate.tables)
    if (changed.length > 0) throw new Error(`refused with ${statusCode}, and changed ${changed.join(', ')}`)
    if (request.method === 'HEAD') return
    const problem = String(answer.headers['content-type']).includes('application/problem+json') ? answer.json<{ status: number; code: string; detail: string }>() : undefined
    if (problem?.status !== statusCode || problem.detail === '' || problem.code === undefined) throw new Error(`refused with ${statusCode} without a problem document: ${answer.body.slice(0, 300)}`)
  })
  await fc.assert(property, { numRuns: requests, seed, endOnFailure: false, verbose: false })
  return { requests: count, statuses }
}
