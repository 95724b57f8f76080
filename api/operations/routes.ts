// For those who run the service: is it alive, can it serve, what does it do. The figures of requests are in `../telemetry.ts`.
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'
import { Type } from 'typebox'
import { route } from '../http/route.ts'
import type { ReadinessCheck, Service } from '../server.ts'
import type { StoreKeeper } from './store-keeper.ts'

const Health = Type.Object({ status: Type.Literal('alive'), version: Type.String(), uptime_s: Type.Number() }, { description: 'The process runs' })
const Reason = Type.Object({ what: Type.String(), reason: Type.String(), code: Type.Optional(Type.String()), next: Type.Optional(Type.String()) })
const Readiness = Type.Object({ status: Type.Union([Type.Literal('ready'), Type.Literal('not_ready')]), store: Type.String(), reasons: Type.Array(Reason), remarks: Type.Array(Reason, { description: 'What is missing without which requests are served' }) }, { description: 'Whether requests are served, and if not, why' })

/** Slower ones are told at level info, others that change nothing at debug. */
const SLOW_MS = 1000
/** A check that says nothing by then has failed. */
const CHECK_MS = 3000

/** What these routes need of the store's keeper; one that is always open for documents and tests. */
export type Kept = Pick<StoreKeeper, 'trouble' | 'full' | 'lastLook_s'>

/** `/healthz`, `/readyz`, `/metrics`, and one line a request in the log. */
export function operationRoutes(kept: Kept, version: string): (server: FastifyInstance, service: Service) => void {
  return (server, { store, metrics, checks }) => {
    collect(metrics, kept, version, store.kind)
    route(server, {
      method: 'GET', url: '/healthz', outside: true, always: true, id: 'getHealth', tag: 'operations', summary: 'Alive', access: { role: 'public' }, answers: { 200: Health },
      handler: async () => ({ status: 'alive', version, uptime_s: Math.round(process.uptime()) }),
    })
    route(server, {
      method: 'GET', url: '/readyz', outside: true, always: true, id: 'getReadiness', tag: 'operations', summary: 'Ready to serve', access: { role: 'public' }, answers: { 200: Readiness, 503: Readiness },
      handler: async (_request, reply) => {
        const trouble = kept.trouble ?? kept.full
        const answers = kept.trouble === undefined ? await Promise.all(checks.map(asked)) : []
        const remarks = answers.filter((_, i) => checks[i]!.aside === true).flat()
        const reasons = [
          ...(trouble === undefined ? [] : [{ what: 'store', reason: trouble.message, code: trouble.code, next: trouble.next }]),
          ...answers.filter((_, i) => checks[i]!.aside !== true).flat(),
        ]
        reply.header('cache-control', 'no-store').status(reasons.length === 0 ? 200 : 503)
        return { status: reasons.length === 0 ? 'ready' : 'not_ready', store: store.kind, reasons, remarks }
      },
    })
    route(server, {
      method: 'GET', url: '/metrics', outside: true, id: 'getMetrics', tag: 'operations', summary: 'Figures for Prometheus', access: { role: 'administrator', scope: 'metrics' },
      answers: { 200: { description: 'OpenMetrics text', content: { 'text/plain': { schema: Type.String() } } } as unknown as ReturnType<typeof Type.String> },
      handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
    })
    logAnswers(server)
  }
}

function logAnswers(server: FastifyInstance): void {
  server.addHook('onResponse', async ({ method, url, principal, log }, { statusCode, elapsedTime }) => {
    const level = statusCode >= 500 && statusCode !== 503 ? 'warn' : (method !== 'GET' && method !== 'HEAD') || elapsedTime > SLOW_MS ? 'info' : 'debug'
    // Without the query: it may hold what somebody searched for.
    log[level]({ method, path: url.split('?')[0], status: statusCode, ms: Math.round(elapsedTime), ...(principal === undefined ? {} : { by: principal.id }) }, 'answered')
  })
}

function collect(registry: Registry, kept: Kept, version: string, store: string): void {
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const info = new Gauge({ name: 'greenwave_info', help: 'Version of this process', labelNames: ['version', 'store'], registers })
  info.set({ version, store }, 1)
  const ready: Gauge = new Gauge({ name: 'greenwave_ready', help: '1 while requests are served', registers, collect: () => ready.set(kept.trouble === undefined ? 1 : 0) })
  const look: Gauge = new Gauge({ name: 'greenwave_store_answer_seconds', help: 'Time that the database took for the last look that it answered', registers, collect: () => look.set(kept.lastLook_s ?? 0) })
}

async function asked({ name, ask }: ReadinessCheck): Promise<{ what: string; reason: string }[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => { timer = setTimeout(() => resolve(`no answer for ${CHECK_MS / 1000} s`), CHECK_MS) })
  const reason = await Promise.race([ask().catch((error: unknown) => (error instanceof Error ? error.message : String(error))), late])
  clearTimeout(timer)
  return reason === undefined ? [] : [{ what: name, reason }]
}
