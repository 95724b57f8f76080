// A plan as it goes over to the thread while it is dragged: what is not the very same object as in the plan sent before. On the other side whatever did not
// go over is the same object again, so that what was computed of it is kept.
import type { Plan, PlannedIntersection } from '../../model/plan.ts'

export interface PlanDelta {
  /** Fields other than the intersections. */
  fields: Partial<Omit<Plan, 'intersections'>>
  /** In order; a number is the place in the plan before. */
  intersections: (PlannedIntersection | number)[]
}

export function deltaOf(before: Plan | undefined, after: Plan): PlanDelta {
  const places = new Map(before?.intersections.map((one, i) => [one, i]))
  const { intersections, ...rest } = after
  return {
    fields: Object.fromEntries(Object.entries(rest).filter(([field, value]) => before === undefined || before[field as keyof Plan] !== value)),
    intersections: intersections.map((one) => places.get(one) ?? one),
  }
}

/** Throws where the delta is of another plan than this. */
export function withDelta(before: Plan | undefined, { fields, intersections }: PlanDelta): Plan {
  return {
    ...(before as Plan), ...fields,
    intersections: intersections.map((one) => {
      const known = typeof one === 'number' ? before?.intersections[one] : one
      if (known === undefined) throw new RangeError(`the plan sent before has no intersection ${String(one)}`)
      return known
    }),
  }
}
