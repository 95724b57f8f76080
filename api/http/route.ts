// The one shape of all routes: what it is called, who may use it, what comes in and out. Validation, types and the OpenAPI document come from it.
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify'
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
  params?: P
  query?: Q
  body?: B
  /** Answers by status; refusals are problem documents without saying so. */
  answers: Record<number, TSchema>
  body_limit?: number
  handler: (request: FastifyRequest<{ Params: Static<P>; Querystring: Static<Q>; Body: Static<B> }>, reply: FastifyReply) => Promise<unknown>
}

/** Registers one route. */
export function route<P extends TSchema = typeof NOTHING, Q extends TSchema = typeof NOTHING, B extends TSchema = TSchema>(server: FastifyInstance, shape: RouteShape<P, Q, B>): void {
  const { method, url, access, idempotent } = shape
  const options: RouteShorthandOptions = {
    config: { access, ...(idempotent === undefined ? {} : { idempotent }) },
    ...(shape.body_limit === undefined ? {} : { bodyLimit: shape.body_limit }),
    schema: {
      operationId: shape.id, tags: [shape.tag], summary: shape.summary, ...(shape.description === undefined ? {} : { description: shape.description }),
      'x-access': access, ...(idempotent === true ? { 'x-idempotent': true } : {}),
      ...(shape.params === undefined ? {} : { params: shape.params }), ...(shape.query === undefined ? {} : { querystring: shape.query }), ...(shape.body === undefined ? {} : { body: shape.body }),
      response: { ...shape.answers, default: { content: { 'application/problem+json': { schema: Type.Ref('Problem') } } } },
    } as NonNullable<RouteShorthandOptions['schema']>,
  }
  server.route({ method, url: `${BASE}${url}`, ...options, handler: shape.handler as (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> })
}
