// Field units of a UTDF file: feet and mph unless [Network] Metric is 1 (metres and km/h). Time is in seconds.
import { GreenwaveError } from '../../../model/errors.ts'
import { metresFromFeet, mpsFromKmh, mpsFromMph } from '../../../model/units.ts'
import type { UtdfDocument } from './document.ts'

export interface FieldUnits {
  metric: boolean
  length: (value: number) => number
  speed: (value: number) => number
  /** Default lane width, m. */
  lane_width_m: number
  /** Default speed where the file gives none, m/s: 30 mph or 50 km/h, the usual urban limits. */
  default_speed_mps: number
}

export function readUnits(document: UtdfDocument): FieldUnits {
  const setting = (name: string): { value: string; line: number } | undefined => document.network?.get(name)
  const metric = setting('metric')?.value === '1'
  const length = metric ? (value: number): number => value : metresFromFeet
  const width = setting('defwidth')
  const wide = width === undefined || width.value === '' ? (metric ? 3.6 : 12) : Number(width.value)
  if (!Number.isFinite(wide) || wide <= 0) throw new GreenwaveError('input.value', `DefWidth is "${width?.value}"`, { file: document.file, ...(width === undefined ? {} : { line: width.line }) })
  if (document.network === undefined) {
    document.notes.push({ kind: 'assumed', place: { file: document.file }, message: 'there is no [Network] section: feet and miles per hour are assumed' })
  }
  return { metric, length, speed: metric ? mpsFromKmh : mpsFromMph, lane_width_m: length(wide), default_speed_mps: metric ? mpsFromKmh(50) : mpsFromMph(30) }
}
