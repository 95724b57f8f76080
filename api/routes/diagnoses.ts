// Diagnosis: why places of a measured day were congested, and what would help, asked for by hand.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { formatDay, LocalTime } from '../../model/local-time.ts'
import { DIAGNOSIS_JOB, type DiagnosisTask } from '../../plans/diagnosis/index.ts'
import { route } from '../http/route.ts'
import { JobsOfNetwork, jobsOfNetwork } from '../jobs/of-network.ts'
import { startJob, Started } from '../jobs/start.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'
import { Day } from './states.ts'

/** Of each period; more of them are for the command line. */
const PLACES = { usual: 5, most: 50 } as const
const RUNS = { usual: 5, most: 50 } as const

export function diagnosisRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  route(server, {
    method: 'GET', url: '/networks/:network/diagnoses', id: 'listDiagnoses', tag: 'treatments', summary: 'Newest diagnoses: how far they are, and what they found', access: { role: 'viewer' }, params: Type.Object({ network: Id }), answers: { 200: JobsOfNetwork },
    handler: async ({ params }) => jobsOfNetwork(store, DIAGNOSIS_JOB, (await findNetwork(service, params.network)).id),
  })
  route(server, {
    method: 'POST', url: '/networks/:network/diagnoses', id: 'startDiagnosis', tag: 'treatments', summary: 'Find the causes of a day\'s congestion', access: { role: 'engineer' }, idempotent: true, params: Type.Object({ network: Id }),
    description: 'A job: the costliest places of each named period of the day become cards of the worklist, each treatment tried in simulation. `day` is the local date that was measured, yesterday by default. Cards keep what people did with them; `owner` gets the new ones, with a date by what each treatment costs.',
    body: Type.Object({
      day: Type.Optional(Day), runs: Type.Optional(Type.Integer({ minimum: 0, maximum: RUNS.most, description: 'Runs that judge each treatment; 0 tries none' })), seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
      places: Type.Optional(Type.Integer({ minimum: 1, maximum: PLACES.most, description: 'Of each period, the costliest' })), owner: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    }, { additionalProperties: false }),
    example: { day: '2026-11-22', runs: 0, seed: 1 }, answers: { 202: Started },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const { day = formatDay(new LocalTime(network.time_zone).day(clock.now()) - 1), runs = RUNS.usual, seed = 1, places = PLACES.usual, owner } = request.body
      const task: DiagnosisTask = { network: network.id, day, runs, seed, places, ...(owner === undefined ? {} : { owner }) }
      return startJob(service, request, reply, 'diagnosis', task)
    },
  })
}
