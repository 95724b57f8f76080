// How much a second of band counts in each direction: two numbers that sum to 2, so that equal weights give b + b.
import type { Direction } from '../../model/plan.ts'
import type { CorridorPlanOptions } from './options.ts'
import type { Street } from './street.ts'

export function directionWeights(street: Street, weight: CorridorPlanOptions['direction_weight']): Record<Direction, number> {
  if (street.ways.length < 2) return { outbound: 1, inbound: 1 }
  const ratio = weight === 'equal' ? 1 : weight === 'volume' ? volumeRatio(street) : weight
  if (!Number.isFinite(ratio) || ratio <= 0) return { outbound: 1, inbound: 1 }
  return { outbound: (2 * ratio) / (1 + ratio), inbound: 2 / (1 + ratio) }
}

/** Outbound over inbound volume of the corridor's movements; beyond 2.5 the smaller direction would count for nothing. */
function volumeRatio(street: Street): number {
  const sum = (direction: Direction): number => street.ways.filter((way) => way.direction === direction)
    .flatMap(({ stops }) => stops).reduce((total, { movement }) => total + (street.volumes.get(movement.id) ?? 0), 0)
  const [out, back] = [sum('outbound'), sum('inbound')]
  return out > 0 && back > 0 ? Math.min(2.5, Math.max(0.4, out / back)) : 1
}
