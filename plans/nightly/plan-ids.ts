// Names of the plans that nights make: the same night of the same corridor and period has one name, so that it makes one plan however often it is begun.
import { sha256 } from '../ports/canonical.ts'
import type { DayType } from '../ports/plans.ts'
import type { NightTask } from './queue.ts'

export interface NightPlanId {
  day: string
  day_type: DayType
}

export const planId = ({ network, corridor, day }: NightTask, day_type: DayType, period: string): string =>
  `night-${day}-${day_type}-${sha256(JSON.stringify([network, corridor, period])).slice(0, 16)}`

/** Undefined for a plan that no night made. */
export function nightOfPlan(id: string): NightPlanId | undefined {
  const match = /^night-(\d{4}-\d{2}-\d{2})-(weekday|saturday|sunday|holiday)-[0-9a-f]{16}$/.exec(id)
  return match === null ? undefined : { day: match[1]!, day_type: match[2] as DayType }
}
