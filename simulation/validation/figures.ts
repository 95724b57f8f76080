// What a measurement of the validation suite says: figures, each with its unit and, where the literature or physics give
// one, the range it must lie in.
import type { SimulationOptions } from '../input.ts'

/** How drivers drive in a measurement. */
export type Driving = Pick<SimulationOptions, 'model' | 'step_s' | 'rules'>

export interface Figure {
  name: string
  unit: string
  value: number
  /** Decimals that are shown. */
  digits: number
  /** What it must lie between, both included; absent = told, not judged. */
  target?: readonly [least: number, most: number]
}

export interface Phenomenon {
  title: string
  /** How it is measured, in plain words. */
  how: string
  /** Where the targets come from. */
  source: string
  /** Whether the other driving models are told beside the one that is judged. */
  compared: boolean
  measure: (driving: Driving) => Figure[]
}

/** What everything is judged with. */
export const JUDGED: Driving = { model: 'idm', step_s: 0.5 }
/** Told beside it, without judgement. */
export const TOLD: readonly Driving[] = [{ model: 'krauss', step_s: 1 }, { model: 'krauss', step_s: 0.5 }]

export const nameOf = ({ model, step_s }: Driving): string => `${model === 'idm' ? 'IDM' : 'Krauss'} ${step_s} s`

const isMet = ({ value, target }: Figure): boolean => target === undefined || (value >= target[0] && value <= target[1])

export const shown = ({ value, digits }: Figure): string => value.toFixed(digits)

export const targetOf = ({ target, digits }: Figure): string =>
  target === undefined ? '' : target[0] === target[1] ? target[0].toFixed(digits) : `${target[0].toFixed(digits)} to ${target[1].toFixed(digits)}`

/** The figures that miss their target, in words. */
export const listMisses = (figures: readonly Figure[]): string[] =>
  figures.filter((figure) => !isMet(figure)).map((figure) => `${figure.name}: ${figure.value.toFixed(figure.digits + 1)} ${figure.unit}, target ${targetOf(figure)}`)

export const isMissed = (figure: Figure): boolean => !isMet(figure)

/** Something that must never happen, counted. */
export const never = (name: string, count: number): Figure => ({ name, unit: '', value: count, digits: 0, target: [0, 0] })

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length

/** Standard error of a mean. */
export function standardError(values: readonly number[]): number {
  const m = mean(values)
  return Math.sqrt(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1) / values.length)
}

/** Slope of y over x by least squares. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)]
  return x.reduce((sum, xi, i) => sum + (xi - mx) * (y[i]! - my), 0) / x.reduce((sum, xi) => sum + (xi - mx) ** 2, 0)
}
