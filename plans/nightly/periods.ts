// The day cut into periods by what the last comparable days were like, and what each period's traffic is.
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { MovementId } from '../../model/network.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { formatTimeOfDay, type TimeOfDay } from '../../model/units.ts'
import { listDayPeriods, type PeriodOptions, type SlotVolumes } from '../../optimizer/periods/index.ts'
import { medianVolumes } from '../median-volumes.ts'
import { QUARTER_S, quarterVolumes } from '../schedule-scenario.ts'
import type { Slot } from '../workflow/schedules.ts'
import type { NightInput } from './input.ts'
import type { NightRules } from './rules.ts'

export interface NightPeriod {
  /** `07:00-09:15`. */
  id: string
  /** When it is in force. */
  slots: Slot[]
  /** What it is planned and simulated for: itself, of a period around midnight its longer part. */
  start_s: TimeOfDay
  end_s: TimeOfDay
  /** The median of the comparable days. */
  demand: Demand
  /** Each of the last comparable days by itself, newest first. */
  days: { day: string; demand: Demand }[]
}

const DAY_S = 86_400

export type PeriodsInput = Pick<NightInput, 'graph' | 'corridor' | 'scenario' | 'day_type' | 'days' | 'movements'>

export interface NightPeriods { periods: NightPeriod[]; sentences: string[] }

/** Periods of which most was measured; of the others a sentence. */
export function listNightPeriods(input: PeriodsInput, rules: NightRules, options: Partial<PeriodOptions> = {}): NightPeriods {
  const { graph, corridor, scenario, day_type } = input
  const days = input.days.slice(0, rules.most_days)
  const own = new Set(input.movements)
  const fallback = quarterVolumes(graph, scenario)
  const volumes = medianVolumes(days.map((day) => day.volumes), fallback)
  const slots = volumes.map((slot) => (slot === undefined ? undefined : new Map([...slot].filter(([movement]) => own.has(movement)))))
  const divided = listDayPeriods({ graph, corridor, running: runningPatterns(scenario.timing, DAY_S / 2), slots, slot_s: QUARTER_S }, options)
  const periods: NightPeriod[] = []
  const sentences: string[] = []
  for (const { id: name, start_s, end_s } of divided.periods) {
    const part = longerPart(start_s, end_s)
    const quarters = quartersOf(part)
    if (quarters.filter((quarter) => volumes[quarter] !== undefined).length * 2 <= quarters.length) {
      sentences.push(`${name}: too little was measured then; what runs stays.`)
      continue
    }
    periods.push({
      ...part, id: `${formatTimeOfDay(part.start_s)}-${formatTimeOfDay(part.end_s)}`, demand: demandOf(input, part, volumes),
      slots: end_s <= DAY_S ? [{ day_type, start_s, end_s }] : [{ day_type, start_s, end_s: DAY_S }, { day_type, start_s: 0, end_s: end_s - DAY_S }],
      days: days.slice(0, rules.agreeing.of).map((day) => ({ day: day.day, demand: demandOf(input, part, medianVolumes([day.volumes], volumes)) })),
    })
  }
  return { periods, sentences }
}

function longerPart(start_s: TimeOfDay, end_s: TimeOfDay): { start_s: TimeOfDay; end_s: TimeOfDay } {
  if (end_s <= DAY_S) return { start_s, end_s }
  return DAY_S - start_s >= end_s - DAY_S ? { start_s, end_s: DAY_S } : { start_s: 0, end_s: end_s - DAY_S }
}

const quartersOf = ({ start_s, end_s }: { start_s: TimeOfDay; end_s: TimeOfDay }): number[] => Array.from({ length: Math.round((end_s - start_s) / QUARTER_S) }, (_, i) => Math.round(start_s / QUARTER_S) + i)

type Volumes = readonly SlotVolumes[]

/** Means over the quarters of the span, as one interval; vehicles as the network has them. */
function demandOf({ scenario }: Pick<NightInput, 'scenario'>, { start_s, end_s }: { start_s: TimeOfDay; end_s: TimeOfDay }, volumes: Volumes): Demand {
  const sums = new Map<MovementId, { sum: number; quarters: number }>()
  for (const quarter of quartersOf({ start_s, end_s })) {
    for (const [movement, volume] of volumes[quarter] ?? []) {
      const own = sums.get(movement) ?? { sum: 0, quarters: 0 }
      sums.set(movement, { sum: own.sum + volume, quarters: own.quarters + 1 })
    }
  }
  const types = scenario.demand.vehicle_types
  return {
    ...emptyDemand(), ...(types.length === 0 ? {} : { vehicle_types: types }), intervals: [{ id: 'measured', start_s, end_s }],
    volumes: [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([movement, { sum, quarters }]) => ({ movement, volume_vph: [Math.round((10 * sum) / quarters) / 10] })),
  }
}
