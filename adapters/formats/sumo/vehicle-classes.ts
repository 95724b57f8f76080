// What SUMO 1.15 assumes of a vehicle class where a type doesn't say: documentation page "Vehicle Type Parameter
// Defaults" (lengths and gaps in m, accelerations in m/s2, top speeds in m/s).
export interface ClassDefaults {
  length: number
  minGap: number
  accel: number
  decel: number
  maxSpeed: number
}

const of = (length: number, minGap: number, accel: number, decel: number, kmh: number): ClassDefaults => ({ length, minGap, accel, decel, maxSpeed: kmh / 3.6 })

const PASSENGER = of(5, 2.5, 2.6, 4.5, 200)
const RAIL: Record<string, ClassDefaults> = {
  tram: of(22, 2.5, 1, 3, 80),
  rail_urban: of(109.5, 2.5, 1, 3, 100),
  subway: of(109.5, 2.5, 1, 3, 100),
  rail: of(135, 2.5, 0.25, 1.3, 160),
  rail_electric: of(200, 2.5, 0.5, 1.3, 220),
  rail_fast: of(200, 2.5, 0.5, 1.3, 330),
}

const CLASSES: Record<string, ClassDefaults> = {
  ...RAIL,
  pedestrian: of(0.215, 0.25, 1.5, 2, 5.4),
  bicycle: of(1.6, 0.5, 1.2, 3, 20),
  moped: of(2.1, 2.5, 1.1, 7, 45),
  motorcycle: of(2.2, 2.5, 6, 10, 200),
  emergency: of(6.5, 2.5, 2.6, 4.5, 200),
  delivery: of(6.5, 2.5, 2.6, 4.5, 200),
  truck: of(7.1, 2.5, 1.3, 4, 130),
  trailer: of(16.5, 2.5, 1, 4, 130),
  bus: of(12, 2.5, 1.2, 4, 85),
  coach: of(14, 2.5, 2, 4, 100),
}

/** Desired speeds scatter by this much around the limit where a type doesn't say; 0 on rails. */
export const SPEED_DEVIATION = 0.1

export const classDefaults = (name: string): ClassDefaults => (Object.hasOwn(CLASSES, name) ? (CLASSES[name] ?? PASSENGER) : PASSENGER)

export const isRail = (name: string): boolean => Object.hasOwn(RAIL, name)

/** Whether a vehicle class may use a lane with these permissions. "ignoring" may use any. */
export function mayUse(vehicleClass: string, lane: { allow?: string[]; disallow?: string[] }): boolean {
  if (vehicleClass === 'ignoring') return true
  if (lane.allow !== undefined) return lane.allow.includes(vehicleClass) || lane.allow.includes('all')
  if (lane.disallow !== undefined) return !lane.disallow.includes(vehicleClass) && !lane.disallow.includes('all')
  return true
}
