// The API's own description (OpenAPI 3.1), made from the routes themselves.
import type { FastifyInstance } from 'fastify'
import { memoryStore } from '../plans/testing/memory-store.ts'
import { operationRoutes } from './operations/routes.ts'
import { allRoutes } from './routes/index.ts'
import { buildServer, type ServerOptions } from './server.ts'

export interface OpenApi {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

export interface Operation {
  operationId: string
  summary: string
  description: string
  parameters?: { in: 'path' | 'query' | 'header'; name: string; required?: boolean; example?: unknown; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema; example?: unknown; examples?: Record<string, { value: unknown }> }> }
  responses: Record<string, unknown>
  security: Record<string, string[]>[]
  'x-access': { role: string; scope?: string }
  'x-idempotent'?: boolean
  'x-versioned'?: boolean
}

export type JsonSchema = Record<string, unknown>

/** Nothing in it depends on where or when it is made. */
export async function describeApi(version: string): Promise<OpenApi> {
  const clock = { now: () => 0 }
  const store = memoryStore(clock)
  const jobs = { handle: () => {}, send: async () => '', cancel: async () => false, start: async () => {}, stop: async () => {} }
  const server = await buildServer({ store, jobs, clock, version, routes: everyRoute(version) })
  const document = await documentOf(server)
  await server.close()
  return document
}

/** With those of operations, told of a store that is always open. */
export const everyRoute = (version: string): ServerOptions['routes'] => [operationRoutes({ trouble: undefined, full: undefined, lastLook_s: undefined }, version), ...allRoutes]

export async function documentOf(server: FastifyInstance): Promise<OpenApi> {
  await server.ready()
  return JSON.parse(JSON.stringify(server.swagger())) as OpenApi
}

export const documentText = (document: OpenApi): string => `${JSON.stringify(document, undefined, 1)}\n`
