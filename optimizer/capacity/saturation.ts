// Saturation flow of one lane, veh/h: HCM 7 equation 19-8 with the factors of chapter 19. Widths in metres (the
// manual's limits of 10 and 12.9 ft), grade as rise over run, heavy vehicles as a share.
import { feetFromMetres, type Metres, type VehiclesPerHour } from '../../model/units.ts'

/** Base saturation flow of metropolitan areas of 250 000 and more, pc/h/ln: HCM 7 exhibit 19-11. */
export const BASE_SATURATION_VPH = 1900

/** A protected left turn takes 1.05 and a protected right 1.18 times the headway of a through car: HCM 7, 19-14 and 19-13. */
export const TURN_EQUIVALENT = { 'through': 1, 'left': 1.05, 'right': 1.18, 'u-turn': 1.18 } as const

export interface LaneConditions {
  width_m?: Metres
  heavy_share?: number
  grade?: number
  /** Parking manoeuvres per hour beside the lane group; absent = no parking lane. */
  parking_per_h?: number
  buses_stopping_per_h?: number
  central_business_district?: boolean
  /** Lanes of the group. */
  lanes?: number
  turn?: keyof typeof TURN_EQUIVALENT
}

/** f_w: narrow lanes slow drivers, wide ones hardly help. */
export function widthFactor(width_m: Metres): number {
  const feet = feetFromMetres(width_m)
  return feet < 10 ? 0.96 : feet < 12.9 ? 1 : 1.04
}

/** f_HVg: heavy vehicles and grade together, in per cent inside the formula. */
export function heavyGradeFactor(heavy_share: number, grade: number): number {
  const [heavy, percent] = [heavy_share * 100, grade * 100]
  const loss = percent >= 0 ? 0.78 * heavy + 0.31 * percent * percent : 0.79 * heavy + 2.07 * percent
  return (100 - loss) / 100
}

/** f_p: parking beside a group of n lanes; at most 180 manoeuvres an hour count. */
export const parkingFactor = (lanes: number, manoeuvres_per_h: number): number =>
  Math.max(0.05, (lanes - 0.1 - (18 * Math.min(180, manoeuvres_per_h)) / 3600) / lanes)

/** f_bb: buses that stop within the group; at most 250 an hour count. */
export const busFactor = (lanes: number, buses_per_h: number): number => Math.max(0.05, (lanes - (14.4 * Math.min(250, buses_per_h)) / 3600) / lanes)

/** f_LU: drivers do not fill parallel lanes evenly: HCM 7 exhibit 19-15. */
export function utilisationFactor(turn: LaneConditions['turn'], lanes: number): number {
  if (lanes <= 1) return 1
  if (turn === 'left' || turn === 'u-turn') return 0.971
  if (turn === 'right') return 0.885
  return lanes === 2 ? 0.952 : 0.908
}

/** Veh/h of one lane, from the base flow and whatever is known about the lane. */
export function laneSaturation(conditions: LaneConditions = {}, base_vph: VehiclesPerHour = BASE_SATURATION_VPH): VehiclesPerHour {
  const { lanes = 1, turn = 'through' } = conditions
  return (
    base_vph *
    (conditions.width_m === undefined ? 1 : widthFactor(conditions.width_m)) *
    heavyGradeFactor(conditions.heavy_share ?? 0, conditions.grade ?? 0) *
    (conditions.parking_per_h === undefined ? 1 : parkingFactor(lanes, conditions.parking_per_h)) *
    busFactor(lanes, conditions.buses_stopping_per_h ?? 0) *
    (conditions.central_business_district === true ? 0.9 : 1) *
    utilisationFactor(turn, lanes) / TURN_EQUIVALENT[turn]
  )
}
