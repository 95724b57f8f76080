// How well arrivals meet the green: platoon ratio and arrival type of the HCM.

/** Share of arrivals on green over share of green: 1 for random arrivals. */
export const platoonRatio = (arrivals_on_green: number, green_share: number): number => arrivals_on_green / green_share

/** Platoon ratio up to which each type reaches: HCM 2000; 6 is all above. */
const UP_TO = [0.5, 0.85, 1.15, 1.5, 2]

/** 1, nearly all arrive on red, to 6, exceptionally good progression; 3 is random. */
export function arrivalType(platoon_ratio: number): number {
  const found = UP_TO.findIndex((limit) => platoon_ratio <= limit)
  return found < 0 ? 6 : found + 1
}
