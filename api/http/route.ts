// The one shape of all routes: what it is called, who may use it, what comes in and out. Validation, types and the OpenAPI document come from it.
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, RouteShorthandOptions } from 'fastify'
import { Type, type Static, type TSchema } from 'typebox'
import type { Access, Principal } from '../security/rights.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined for nobody. */
    principal: Principal | undefined
  }
  interface FastifyContextConfig {
    access?: Access
    /** Needs an Idempotency-Key and takes effect once. */
    idempotent?: boolean
    /** Answers also while the service cannot serve. */
    always?: boolean
  }
}

export const BASE = '/api/v1'

export const ProblemSchema = Type.Object({
  type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String(), instance: Type.String(), code: Type.String(), next: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
}, { $id: 'Problem', description: 'Why a request was refused or failed (RFC 9457)' })

const NOTHING = Type.Object({})

export interface RouteShape<P extends TSchema, Q extends TSchema, B extends TSchema> {
  method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, parameters as `:network`. */
  url: string
  /** Name of the operation, for generated clients. */
  id: string
  tag: string
  summary: string
  description?: string
  access: Access
  idempotent?: boolean
  /** A change of what was read: needs If-Match, or If-None-Match: * for something new. The handler asks `expectedVersion`. */
  versioned?: boolean
  /** Not below `/api/v1`: for those who run the service. */
  outside?: boolean
  /** Answers also while the service cannot serve. */
  always?: boolean
  params?: P
  query?: Q
  body?: B
  /** A body as it may be sent; the documentation shows it, and a test sends it. */
  example?: Static<B>
  /** Answers by status; refusals are problem documents without saying so. */
  answers: Record<number, TSchema>
  body_limit?: number
  handler: (request: FastifyRequest<{ Params: Static<P>; Querystring: Static<Q>; Body: Static<B> }>, reply: FastifyReply) => Promise<unknown>
}

/** Registers one route. */
export function route<P extends TSchema = typeof NOTHING, Q extends TSchema = typeof NOTHING, B extends TSchema = TSchema>(server: FastifyInstance, shape: RouteShape<P, Q, B>): void {
  const { method, url, access, idempotent } = shape
  const options: RouteShorthandOptions = {
    config: { access, ...(idempotent === undefined ? {} : { idempotent }), ...(shape.always === true ? { always: true, rateLimit: false as const } : {}) },
    ...(shape.body_limit === undefined ? {} : { bodyLimit: shape.body_limit }),
    schema: {
      operationId: shape.id, tags: [shape.tag], summary: shape.summary, description: describe(shape), security: securityOf(access),
      'x-access': access, ...(idempotent === true ? { 'x-idempotent': true } : {}), ...(shape.versioned === true ? { 'x-versioned': true } : {}),
      ...(shape.params === undefined ? {} : { params: withExamples(shape.params) }), ...(shape.query === undefined ? {} : { querystring: shape.query }),
      ...(shape.body === undefined ? {} : { body: shape.example === undefined ? shape.body : copyOf(shape.body, { examples: [shape.example] }) }),
      response: { ...withWords(shape.answers), default: { description: 'Why it was refused or failed (RFC 9457)', content: { 'application/problem+json': { schema: Type.Ref('Problem') } } } },
    } as NonNullable<RouteShorthandOptions['schema']>,
  }
  server.route({ method, url: shape.outside === true ? url : `${BASE}${url}`, ...options, handler: shape.handler as (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> })
}

/** What the parts of an address may look like. */
export const EXAMPLES: Record<string, string> = {
  network: 'jiaxing', corridor: 'nanhu-avenue', signal: '1', feed: 'taxis', plan: '0b0f4a3e-6f1c-4f0e-9a53-1f2d3c4b5a69', screen: 'hall', treatment: 'place-1', job: '5f2c8c1e-9d7b-4a60-8f3e-2b1a0c9d8e7f',
  person: 'engineer', key: '00112233445566aa', day: '2026-11-22', part: 'movements', publication: 'jiaxing-1795305600', batch: 'b-000017', message: 'hall-1', controller: 'cabinet-1', deployment: '7f1d2c3b-4a5e-4f60-8b7c-9d0e1f2a3b4c', z: '14', x: '13687', y: '6720',
}

function withExamples(params: TSchema): TSchema {
  const { properties } = params as { properties?: Record<string, TSchema> }
  if (properties === undefined) return params
  return copyOf(params, { properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, EXAMPLES[name] === undefined ? schema : copyOf(schema, { examples: [EXAMPLES[name]] })])) })
}

/** With what TypeBox hides in its schemas, without which text is not read as a number. */
const copyOf = (schema: TSchema, changes: object): TSchema => Object.assign(Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)), changes) as TSchema

const ANSWERS: Record<string, string> = { 200: 'As asked', 201: 'Made; Location says where it is', 202: 'Asked for; Location says where to watch it', 204: 'Gone', 503: 'Not now' }

const withWords = (answers: Record<number, TSchema>): Record<string, TSchema> =>
  Object.fromEntries(Object.entries(answers).map(([status, schema]) => [status, { ...schema, description: (schema as { description?: string }).description ?? ANSWERS[status] } as TSchema]))

/** For the documentation: the headers that a route asks for, which it checks itself. */
export function withHeaders(schema: FastifySchema): FastifySchema {
  const { 'x-versioned': versioned, 'x-idempotent': idempotent } = schema as Record<string, unknown>
  const headers = {
    ...(versioned === true ? { 'if-match': Type.Optional(Type.String({ description: 'The ETag of what you saw', examples: ['"7"'] })), 'if-none-match': Type.Optional(Type.String({ description: '* for something new' })) } : {}),
    ...(idempotent === true ? { 'idempotency-key': Type.String({ minLength: 1, maxLength: 200, description: 'Of your own making, new for each request', examples: ['5d8f1c6a'] }) } : {}),
  }
  return {
    ...schema,
    ...(schema.querystring === undefined ? {} : { querystring: asSent(schema.querystring) }), ...(schema.body === undefined ? {} : { body: asSent(schema.body) }),
    ...(Object.keys(headers).length === 0 ? {} : { headers: Type.Object(headers) }),
  }
}

/** What has a default is always there for a handler, and need not be sent. */
function asSent(schema: unknown): unknown {
  const { required, properties = {}, ...rest } = schema as { required?: string[]; properties?: Record<string, { default?: unknown }> }
  const needed = required?.filter((name) => properties[name]?.default === undefined) ?? []
  return required === undefined || needed.length === required.length ? schema : { ...rest, properties, ...(needed.length === 0 ? {} : { required: needed }) }
}

/** In words what the headers must be, after what the route says of itself. */
function describe({ summary, description, access, idempotent, versioned }: Pick<RouteShape<TSchema, TSchema, TSchema>, 'summary' | 'description' | 'access' | 'idempotent' | 'versioned'>): string {
  const who = access.role === 'public' ? 'Anybody may.' : access.role === 'published' ? 'Anybody may where an administrator publishes it; else needs the role viewer.' : `Needs the role ${access.role}${access.scope === undefined ? '' : `, or a key with the scope ${access.scope}`}.`
  return [
    description ?? `${summary}.`, who, ...(versioned === true ? ['Send If-Match with the ETag that you read.'] : []), ...(idempotent === true ? ['Send an Idempotency-Key: the same again takes effect once.'] : []),
  ].join(' ')
}

function securityOf({ role, scope }: Access): Record<string, string[]>[] {
  if (role === 'public') return []
  return [{ session: [] }, ...(scope === undefined ? [] : [{ key: [] }]), ...(role === 'published' ? [{}] : [])]
}
