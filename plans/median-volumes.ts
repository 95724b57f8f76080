// The median of days, quarter of an hour by quarter of an hour.
import type { MovementId } from '../model/network.ts'
import type { SlotVolumes } from '../optimizer/periods/index.ts'
import { medianOf } from './nightly/figures.ts'

/** veh/h by movement and quarter of an hour of one day; null where nothing was counted. */
export type DayVolumes = ReadonlyMap<MovementId, readonly (number | null)[]>

/** By quarter of an hour, as many as \`fallback\` has; what no day tells is as it has it. Undefined where no day tells anything of that quarter. */
export const medianVolumes = (days: readonly DayVolumes[], fallback: readonly SlotVolumes[]): SlotVolumes[] => fallback.map((standing, quarter) => {
  const known = new Map<MovementId, number[]>()
  for (const day of days) {
    for (const [movement, own] of day) {
      const volume = own[quarter] ?? null
      if (volume !== null) known.set(movement, [...known.get(movement) ?? [], volume])
    }
  }
  if (known.size === 0) return undefined
  return new Map([...standing ?? [], ...[...known].map(([movement, values]) => [movement, medianOf(values)!] as const)])
})
