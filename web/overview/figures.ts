// What the overview computes from the state of now: where a link leads, what is congested, how corridors and signals do.
import type { DrawnLink, StreetDrawing } from '../../diagram/street-drawing.ts'
import { levelOfService, type LevelOfService } from '../../model/evaluation.ts'
import type { Answer } from '../service/service.ts'
import type { LiveLink } from '../service/service.ts'
import { CONGESTED, isKnown, type KnownLink, MOST } from './levels.ts'

export type LiveById = ReadonlyMap<string, LiveLink>

/** Where a link leads: the other street at its end. */
export const destination = ({ links }: StreetDrawing, { to, name }: DrawnLink): string | undefined => links.find((other) => (other.from === to || other.to === to) && other.name !== name)?.name

export interface Place { street: DrawnLink; link: KnownLink; lost_s: number }

/** Congested links, those first where all vehicles together lose most. */
export function congested({ links }: StreetDrawing, live: LiveById): Place[] {
  return links.flatMap((street): Place[] => {
    const link = live.get(street.id)
    return isKnown(link) && link.index > CONGESTED ? [{ street, link, lost_s: (street.length_m / street.speed_mps) * (Math.min(link.index, MOST) - 1) }] : []
  }).sort((a, b) => b.lost_s * b.link.vehicles - a.lost_s * a.link.vehicles)
}

/** Over all known links by length; and how many are known. */
export function townIndex({ links }: StreetDrawing, live: LiveById): { index: number | undefined; known: number; all: number } {
  let [sum, metres, known] = [0, 0, 0]
  for (const { id, length_m } of links) {
    const link = live.get(id)
    if (!isKnown(link)) continue
    known++
    metres += length_m
    sum += Math.min(link.index, MOST) * length_m
  }
  return { index: metres > 0 ? sum / metres : undefined, known, all: links.length }
}

/** Present over free time along the links between its signals, out and in; unknown where half of it is. */
export function corridorIndex({ links }: StreetDrawing, live: LiveById, intersections: readonly string[]): (number | undefined)[] {
  return [intersections, intersections.toReversed()].map((nodes) => {
    let [known, now, whole] = [0, 0, 0]
    for (let i = 1; i < nodes.length; i++) {
      const street = links.find(({ from, to }) => from === nodes[i - 1] && to === nodes[i])
      if (street === undefined) continue
      whole += street.length_m
      const link = live.get(street.id)
      if (!isKnown(link)) continue
      known += street.length_m
      now += street.length_m * Math.min(link.index, MOST)
    }
    return known > whole / 2 ? now / known : undefined
  })
}

export interface SignalService { signal: string; level: LevelOfService; delay_s: number; crossings: number }

/** Level of service by the delay that the vehicles of the last minutes had, mean over the movements whose delay is known. */
export function signalServices({ movements }: StreetDrawing, live: Answer<'GET /networks/{network}/live'>['movements']): Map<string, SignalService> {
  const signals = new Map(movements.map(({ id, signal }) => [id, signal]))
  const sums = new Map<string, { delay: number; crossings: number }>()
  for (const { movement, delay_s, crossings } of live) {
    const signal = signals.get(movement)
    if (signal === undefined || delay_s === undefined || crossings === 0) continue
    const sum = sums.get(signal) ?? { delay: 0, crossings: 0 }
    sums.set(signal, { delay: sum.delay + delay_s * crossings, crossings: sum.crossings + crossings })
  }
  return new Map([...sums].map(([signal, { delay, crossings }]) => [signal, { signal, delay_s: delay / crossings, crossings, level: levelOfService(delay / crossings) }]))
}
