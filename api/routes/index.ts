// Every route below /api/v1; those of operations are in `../operations/`.
import type { ServerOptions } from '../server.ts'
import { auditRoutes } from './audit.ts'
import { batchRoutes } from './batches.ts'
import { datexRoutes } from './datex.ts'
import { effectRoutes } from './effects.ts'
import { eventRoutes } from './events.ts'
import { feedRoutes } from './feeds.ts'
import { identityRoutes } from './identity.ts'
import { indexFeedRoutes } from './index-feeds.ts'
import { jobRoutes } from './jobs.ts'
import { keyRoutes } from './keys.ts'
import { networkRoutes } from './networks.ts'
import { nightRoutes } from './nights.ts'
import { peopleRoutes } from './people.ts'
import { planStepRoutes } from './plan-steps.ts'
import { planRoutes } from './plans.ts'
import { publicationRoutes } from './publications.ts'
import { reportRoutes } from './reports.ts'
import { scheduleRoutes } from './schedules.ts'
import { screenRoutes } from './screens.ts'
import { sessionRoutes } from './sessions.ts'
import { settingRoutes } from './settings.ts'
import { simulationRoutes } from './simulations.ts'
import { standingApprovalRoutes } from './standing-approvals.ts'
import { stateRoutes } from './states.ts'
import { timingRoutes } from './timings.ts'
import { treatmentRoutes } from './treatments.ts'

export const allRoutes: ServerOptions['routes'] = [
  sessionRoutes, identityRoutes, peopleRoutes, keyRoutes, auditRoutes, jobRoutes, eventRoutes, networkRoutes, feedRoutes, batchRoutes, stateRoutes, treatmentRoutes, effectRoutes, planRoutes, planStepRoutes, scheduleRoutes, timingRoutes, simulationRoutes, nightRoutes, standingApprovalRoutes,
  publicationRoutes, indexFeedRoutes, datexRoutes, reportRoutes, screenRoutes, settingRoutes,
]
