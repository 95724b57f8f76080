// The day of a state in spans that lie beside each other: a state may tell of an hour and of a peak that has a part of it, and nothing may count twice.
import type { PeriodState, TrafficState } from '../model/traffic-state.ts'

/** Those that overlap none before them. */
export function periodsApart({ periods }: Pick<TrafficState, 'periods'>): PeriodState[] {
  const apart: PeriodState[] = []
  for (const one of periods) if (apart.every(({ start_s, end_s }) => one.end_s <= start_s || end_s <= one.start_s)) apart.push(one)
  return apart
}
