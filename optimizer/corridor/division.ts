// How the two directions share the band. Without a wish, or by volume, both get bands in a fixed proportion, as wide as
// possible, and only then the rest (MAXBAND's target ratio): the plain sum would often serve one direction alone. A
// number weighs the directions freely, one-way plans included.
import type { BandDivision } from '../bands/index.ts'
import type { Direction } from '../../model/plan.ts'
import type { CorridorPlanOptions } from './options.ts'
import type { Street } from './street.ts'

export function divisionOf(street: Street, weight: CorridorPlanOptions['direction_weight']): BandDivision {
  if (street.ways.length < 2) return { kind: 'weighted', outbound: 1, inbound: 1 }
  if (typeof weight === 'number') return { kind: 'weighted', outbound: (2 * weight) / (1 + weight), inbound: 2 / (1 + weight) }
  return { kind: 'ratio', inbound_per_outbound: weight === 'equal' ? 1 : 1 / volumeRatio(street) }
}

/** Outbound over inbound volume of the corridor's movements; beyond 2.5 the smaller direction would count for nothing. */
function volumeRatio(street: Street): number {
  const sum = (direction: Direction): number => street.ways.filter((way) => way.direction === direction)
    .flatMap(({ stops }) => stops).reduce((total, { movement }) => total + (street.volumes.get(movement.id) ?? 0), 0)
  const [out, back] = [sum('outbound'), sum('inbound')]
  return out > 0 && back > 0 ? Math.min(2.5, Math.max(0.4, out / back)) : 1
}
