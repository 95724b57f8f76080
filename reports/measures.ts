// What the measures of an evaluation are called, in which unit and with how many decimals they are shown.
import type { PairedDifference } from '../model/evaluation.ts'
import { fixed, percent, plusMinus, signed } from './format.ts'

export interface MeasureName {
  label: string
  /** Empty for shares, which carry their per cent sign. */
  unit: string
  decimals: number
  share?: boolean
}

const MEASURES: Record<string, MeasureName> = {
  corridor_stops: { label: 'Stops, corridor', unit: 'per vehicle', decimals: 2 },
  corridor_delay_s: { label: 'Delay, corridor', unit: 's/veh', decimals: 1 },
  corridor_travel_time_s: { label: 'Travel time, corridor', unit: 's', decimals: 1 },
  stops: { label: 'Stops, all vehicles', unit: 'per vehicle', decimals: 2 },
  delay_s: { label: 'Delay, all vehicles', unit: 's/veh', decimals: 1 },
  travel_time_s: { label: 'Travel time, all vehicles', unit: 's', decimals: 1 },
  control_delay_s: { label: 'Control delay, all vehicles', unit: 's/veh', decimals: 1 },
  corridor_control_delay_s: { label: 'Control delay, corridor', unit: 's/veh', decimals: 1 },
  arrivals_on_green: { label: 'Arrivals on green', unit: '', decimals: 0, share: true },
  split_failure_share: { label: 'Split failures', unit: '', decimals: 1, share: true },
  fuel_g: { label: 'Fuel', unit: 'g/veh', decimals: 1 },
  co2_g: { label: 'CO2', unit: 'g/veh', decimals: 0 },
  insertion_delay_s: { label: 'Waiting to enter', unit: 's/veh', decimals: 1 },
  share_at_most_one_stop: { label: 'At most one stop, corridor', unit: '', decimals: 0, share: true },
  side_street_delay_s: { label: 'Delay, side streets', unit: 's/veh', decimals: 1 },
  completed_share: { label: 'Trips completed', unit: '', decimals: 1, share: true },
}

const OF_DIRECTION: Record<string, string> = { stops: 'Stops', delay_s: 'Delay', travel_time_s: 'Travel time', share_at_most_one_stop: 'At most one stop' }

/** The name of a measure; `outbound.stops`, `corridor.inbound.delay_s` and unknown measures get one made from their parts. */
export function measureName(measure: string): MeasureName {
  const known = MEASURES[measure]
  if (known !== undefined) return known
  const parts = /^(?:corridor[._])?(outbound|inbound)[._](.+)$/.exec(measure)
  if (parts !== null) {
    const [, direction, base] = parts as unknown as [string, string, string]
    const name = measureName(base)
    return { ...name, label: `${OF_DIRECTION[base] ?? name.label}, ${direction}` }
  }
  const unit = measure.endsWith('_s') ? 's' : measure.endsWith('_m') ? 'm' : measure.endsWith('_vph') ? 'veh/h' : ''
  const words = measure.replace(/_(s|m|vph)$/, '').replaceAll(/[_.]+/g, ' ').trim()
  return { label: words.charAt(0).toUpperCase() + words.slice(1), unit, decimals: unit === 'veh/h' ? 0 : unit === '' ? 2 : 1 }
}

/** The same for one movement or crossing: "Delay", not "Delay, all vehicles". */
export function measureNameOfOne(measure: string): MeasureName {
  const name = measureName(measure)
  return { ...name, label: OF_DIRECTION[measure] ?? name.label, unit: measure === 'stops' ? 'per vehicle' : name.unit }
}

export const measureValue = (value: number, name: MeasureName): string =>
  name.share === true ? percent(value, name.decimals) : fixed(value, name.decimals)

/** 'change ± half width' (no half width after one run), both with the decimals of the measure. */
export function measureChange({ difference }: PairedDifference, name: MeasureName): string {
  const scale = name.share === true ? 100 : 1
  const half = difference.ci95 === null ? null : difference.ci95 * scale
  return `${signed(difference.mean * scale, name.decimals)}${plusMinus(half, name.decimals)}${name.share === true ? ' points' : ''}`
}

/** Change in per cent of before; nothing where before was nil, nor for shares, whose change is in points already. */
export const measurePercent = ({ measure, percent: value, before }: PairedDifference): string =>
  before === 0 || !Number.isFinite(value) || measureName(measure).share === true ? '–' : `${signed(value, Math.abs(value) < 10 ? 1 : 0)} %`
