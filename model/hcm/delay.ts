// Control delay at a signal, s/veh: d = d1 + d2 + d3 of HCM 7 chapter 19. Cycle and greens in s, flows in veh/h,
// analysis period in h.
import type { Seconds, VehiclesPerHour } from '../units.ts'

/** Quarter of an hour: the manual's analysis period. */
export const ANALYSIS_PERIOD_H = 0.25

/** k of d2 for fixed time and for coordinated phases: HCM 7 exhibit 19-16. */
const FIXED_TIME_K = 0.5

export interface Service {
  cycle_s: Seconds
  green_s: Seconds
  volume_vph: VehiclesPerHour
  /** Of all lanes of the group together. */
  saturation_vph: VehiclesPerHour
}

export const capacityOf = ({ cycle_s, green_s, saturation_vph }: Service): VehiclesPerHour => (saturation_vph * green_s) / cycle_s

export function saturationDegree(service: Service): number {
  const capacity = capacityOf(service)
  return capacity > 0 ? service.volume_vph / capacity : service.volume_vph > 0 ? Infinity : 0
}

/** PF of HCM 7 equation 19-20 for a share `on_green` of arrivals during green. */
export function progressionFactor(service: Service, on_green: number): number {
  const ratio = service.green_s / service.cycle_s
  const x = Math.min(1, saturationDegree(service))
  const p = Math.min(1, on_green)
  if (ratio >= 1) return 1
  const y = x * ratio
  return ((1 - p) / (1 - ratio)) * ((1 - y) / (1 - x * p)) * (1 + (y * (1 - p / ratio)) / (1 - ratio))
}

/** d1: as if cars arrived evenly through red and green, times PF where the share of arrivals on green is known. */
export function uniformDelay(service: Service, on_green?: number): Seconds {
  const ratio = Math.min(1, service.green_s / service.cycle_s)
  const x = Math.min(1, saturationDegree(service))
  const even = ratio >= 1 ? 0 : (0.5 * service.cycle_s * (1 - ratio) ** 2) / (1 - x * ratio)
  return on_green === undefined ? even : even * progressionFactor(service, on_green)
}

export interface RandomTerm {
  period_h?: number
  k?: number
  /** I: metering by the signal upstream, see `upstreamFilter`. */
  upstream?: number
}

/** d2: random arrivals and overflow. */
export function incrementalDelay(volume_vph: VehiclesPerHour, capacity_vph: VehiclesPerHour, term: RandomTerm = {}): Seconds {
  const { period_h = ANALYSIS_PERIOD_H, k = FIXED_TIME_K, upstream = 1 } = term
  if (volume_vph === 0) return 0
  // No capacity at all: every car waits the whole period on average half of it plus what is still ahead.
  if (capacity_vph <= 0) return 3600 * period_h
  const x = volume_vph / capacity_vph
  return 900 * period_h * (x - 1 + Math.sqrt((x - 1) ** 2 + (8 * k * upstream * x) / (capacity_vph * period_h)))
}

/** I of HCM 7 equation 19-6: cars behind a busy signal arrive more evenly than at random. */
export const upstreamFilter = (upstream_saturation: number): number => Math.max(0.09, 1 - 0.91 * Math.min(1, upstream_saturation) ** 2.68)

/** What a queue left over from before does during the period: HCM 7 equations 19-44 to 19-49. Vehicles and hours. */
export function initialQueue(volume_vph: number, capacity_vph: number, queue: number, period_h = ANALYSIS_PERIOD_H): { clears_after_h: number; end: number; end_alone: number } {
  const over = volume_vph >= capacity_vph
  const end_alone = over ? period_h * (volume_vph - capacity_vph) : 0
  const clears_after_h = over ? period_h : Math.min(queue / (capacity_vph - volume_vph), period_h)
  return { clears_after_h, end: queue + clears_after_h * (volume_vph - capacity_vph), end_alone }
}

/** d3: delay by a queue of `queue` vehicles at the start of the period. */
export function initialQueueDelay(volume_vph: number, capacity_vph: number, queue: number, period_h = ANALYSIS_PERIOD_H): Seconds {
  if (queue === 0 || volume_vph === 0) return 0
  const { clears_after_h: t, end, end_alone } = initialQueue(volume_vph, capacity_vph, queue, period_h)
  const area = (t * (queue + end - end_alone)) / 2 + (end ** 2 - end_alone ** 2) / (2 * capacity_vph) - queue ** 2 / (2 * capacity_vph)
  return (3600 / (volume_vph * period_h)) * area
}

/** d1 + d2 + d3 of a lane group with one green per cycle. */
export function controlDelay(service: Service, options: RandomTerm & { on_green?: number; queue?: number } = {}): Seconds {
  const capacity = capacityOf(service)
  return (
    uniformDelay(service, options.on_green) +
    incrementalDelay(service.volume_vph, capacity, options) +
    initialQueueDelay(service.volume_vph, capacity, options.queue ?? 0, options.period_h)
  )
}
