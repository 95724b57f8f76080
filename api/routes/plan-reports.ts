// What is told of a plan outside the service: its report to print, its tables and its diagram, and the plan in formats of others. The same plan gives
// the same bytes, and every figure is the same in all of them.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { exportGeojson } from '../../adapters/formats/geojson/index.ts'
import { exportUtdf } from '../../adapters/formats/utdf/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { sha256 } from '../../plans/ports/canonical.ts'
import type { PlanRecord } from '../../plans/ports/plans.ts'
import { comparisonCsv } from '../../reports/comparison.ts'
import { planCsv } from '../../reports/plan-csv.ts'
import { planReport } from '../../reports/plan-report.ts'
import { paintPlan } from '../../reports/section-diagrams.ts'
import { comparisonOf, patternsWith, planReportInput, streetOf, type PlanStreet } from '../plan-reports.ts'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { REPORT_POLICY, sendText } from '../published.ts'
import type { Service } from '../server.ts'
import { findPlan, PlanParameters } from './plans.ts'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])
const Figure = nullable(Type.Number())
const row = {
  id: Type.String(), label: Type.String(), signal: Type.String(), unit: Type.String(), decimals: Type.Integer(), before: Figure, after: Figure, change: Figure, half: Figure, percent: Figure,
  verdict: Type.Enum(['better', 'worse', 'undecided'] as const),
}
const Level = Type.Enum(['A', 'B', 'C', 'D', 'E', 'F'] as const)
const Comparison = Type.Object({
  plan: Type.String(), version: Type.Integer(), hash: Type.String(), runs: Type.Integer(), seed: nullable(Type.Integer()), measures: Type.Array(Type.Object(row)),
  movements: Type.Array(Type.Object({ ...row, on_corridor: Type.Boolean(), volume_vph: Figure, stops_before: Figure, stops_after: Figure, queue_before_m: Figure, queue_after_m: Figure, level_before: Level, level_after: Level, total_veh_h: Figure })),
})
const LookFields = {
  units: Type.Optional(Type.Enum(['metric', 'us'] as const)),
  from_s: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6, description: 'Master time at which the diagrams begin; without both they show whole cycles' })),
  until_s: Type.Optional(Type.Number({ minimum: -1e6, maximum: 1e6 })),
}
const Look = Type.Object({ ...LookFields, paper: Type.Optional(Type.Enum(['a4', 'a3'] as const)) })
const DiagramLook = Type.Object({ ...LookFields, when: Type.Optional(Type.Enum(['after', 'before'] as const)), width: Type.Optional(Type.Integer({ minimum: 320, maximum: 4000 })) })
/** About 40 cycles: wider than anybody prints, and still quick to paint. */
const LONGEST_S = 4 * 3600

interface Form<Q> {
  path: string
  id: string
  summary: string
  type: string
  /** Of the file that a browser keeps. */
  suffix: string
  query?: Q
  write: (plan: PlanRecord, street: PlanStreet, query: Static<typeof Look> & Static<typeof DiagramLook>) => string
}

const FORMS: Form<typeof Look | typeof DiagramLook>[] = [
  { path: 'report.html', id: 'getPlanReportPage', summary: 'The report of a plan as a page to print, A4 or A3', type: 'text/html; charset=utf-8', suffix: 'report.html', query: Look, write: (plan, street, query) => planReport(planReportInput(plan, street, lookOf(query))) },
  {
    path: 'report.csv', id: 'getPlanReportTable', summary: 'Before and after by measure and by movement, as a table', type: 'text/csv; charset=utf-8', suffix: 'report.csv',
    write: (plan, { graph }) => { const { measures, movements } = comparisonOf(plan, graph); return comparisonCsv({ plan: plan.id, hash: plan.hash }, measures, movements) },
  },
  { path: 'timing.csv', id: 'getPlanTimingTable', summary: 'The timing sheets of a plan as a table', type: 'text/csv; charset=utf-8', suffix: 'timing.csv', write: (plan, { scenario }) => planCsv(plan.document, scenario.network.signals) },
  {
    path: 'report.svg', id: 'getPlanDiagram', summary: 'The time-space diagram of a plan, or of what ran before it', type: 'image/svg+xml', suffix: 'diagram.svg', query: DiagramLook,
    write: (plan, street, query) => { const input = planReportInput(plan, street, lookOf(query)); return `${paintPlan(input, query.when ?? 'after', undefined, query.width)}\n` },
  },
  { path: 'report.utdf.csv', id: 'getPlanUtdf', summary: 'The network with the plan as a combined UTDF file of version 8', type: 'text/csv; charset=utf-8', suffix: 'utdf.csv', write: (plan, { scenario }) => exportUtdf(scenario, plan.document) },
  {
    path: 'report.geojson', id: 'getPlanGeojson', summary: 'The network with the patterns that run with the plan, as GeoJSON (RFC 7946)', type: 'application/geo+json', suffix: 'geojson',
    write: (plan, street) => exportGeojson(street.scenario.network, { name: street.scenario.scenario.name, time_zone: street.scenario.scenario.time_zone, patterns: [...patternsWith(street, plan).values()] }),
  },
]

export function planReportRoutes(server: FastifyInstance, service: Service): void {
  route(server, {
    method: 'GET', url: '/plans/:plan/comparison', id: 'getPlanComparison', tag: 'reports', summary: 'Before and after by measure and by movement, rounded as everywhere', access: { role: 'viewer' }, params: PlanParameters, answers: { 200: Comparison },
    description: 'Page, table file and print show these figures and no others. `half` is half the 95 % interval of the difference over pairs of runs with the same seed; null where there is none, which decides nothing. Movements that lose most come first. Without a simulation both lists are empty.',
    handler: async (request, reply) => {
      const plan = await findPlan(service, request.params.plan)
      if (unchanged(request, reply, plan.version)) return reply.send()
      const { graph } = await streetOf(service, plan)
      return { plan: plan.id, version: plan.version, hash: plan.hash, runs: plan.evaluation?.runs ?? 0, seed: plan.evaluation?.seed ?? null, ...comparisonOf(plan, graph) }
    },
  })
  for (const { path, id, summary, type, suffix, query, write } of FORMS) {
    route(server, {
      method: 'GET', url: `/plans/:plan/${path}`, id, tag: 'reports', summary, access: { role: 'viewer' }, params: PlanParameters, ...(query === undefined ? {} : { query }), answers: { 200: Type.String() },
      handler: async (request, reply) => {
        const plan = await findPlan(service, request.params.plan)
        const text = write(plan, await streetOf(service, plan), request.query as Static<typeof Look>)
        return send(request, reply, { type, text, name: `${plan.corridor}-${plan.id.slice(0, 8)}-${suffix}`.replaceAll(/[^\w.-]/g, '_') })
      },
    })
  }
}

function lookOf({ units = 'metric', paper = 'a4', from_s, until_s }: Static<typeof Look>): Parameters<typeof planReportInput>[2] {
  if ((from_s === undefined) !== (until_s === undefined)) throw new GreenwaveError('request.invalid', '/from_s and /until_s go together')
  if (from_s === undefined || until_s === undefined) return { units, paper }
  if (!(until_s > from_s) || until_s - from_s > LONGEST_S) throw new GreenwaveError('request.invalid', `/until_s ${until_s} must be after /from_s ${from_s} by at most ${LONGEST_S} s`)
  return { units, paper, range_s: [from_s, until_s] }
}

function send(request: FastifyRequest, reply: FastifyReply, { type, text, name }: { type: string; text: string; name: string }): FastifyReply {
  reply.header('cache-control', 'private, no-cache').header('vary', 'authorization, cookie')
  if (unchanged(request, reply, sha256(text).slice(0, 32))) return reply.send()
  reply.header('content-disposition', `inline; filename="${name}"`)
  if (type.startsWith('text/html')) reply.header('content-security-policy', REPORT_POLICY)
  return sendText(reply, type, text)
}
