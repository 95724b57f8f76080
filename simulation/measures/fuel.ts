// Fuel and CO2 from speed and acceleration, per type of vehicle.
// For decisions: the reduced models of the CIRCLES consortium (Khoudari et al. 2023, arXiv 2310.06297; coefficients v3.1),
// fitted to Autonomie, which idle as vehicles do. For checks against SUMO: HBEFA3 as SUMO 1.15 computes it; its petrol cars
// idle at several times what is measured, so it must not be quoted for savings.
// Level road; v in m/s, a in m/s2, result in g/s.
import type { VehicleType } from '../../model/demand.ts'

export type FuelModel = 'circles' | 'hbefa3'

/** Grams per second at a speed and an acceleration. */
export interface Consumption {
  fuel(v: number, a: number): number
  co2(v: number, a: number): number
  /** Where CO2 is a fixed multiple of fuel. */
  readonly co2_per_g?: number
  /** Of the fuel, g/L. */
  readonly density: number
}

const PETROL = { co2_per_g: 3.135, density: 742 }
const DIESEL = { co2_per_g: 3.18, density: 836 }

/** Coefficients by the letters of the paper; `car` has b, v_c and a fuel cut, trucks a floor h. */
interface Coefficients {
  idle: number
  b: [number, number, number]
  c: [c0: number, c1: number, c3: number]
  p: [number, number, number]
  q: [number, number]
  car?: { vc: number; a: [a0: number, a1: number, a3: number] }
  floor?: [number, number]
  petrol: boolean
}

/** Of a vehicle of 1543, 1743, 5943 and 25104 kg. */
const CIRCLES: Record<'compact' | 'midsize' | 'van' | 'tractor', Coefficients> = {
  compact: {
    idle: 0.0972, b: [3.3605, 41.6037, 0.00021189], c: [0.15918, 0.013463, 3.1889e-5], p: [0.047828, 0.086975, 6.825e-8], q: [0.0025557, 0.019099],
    car: { vc: 5.04, a: [-0.26981, -0.0023996, -2.9215e-4] }, petrol: true,
  },
  midsize: {
    idle: 0.1271, b: [3.9218, 48.9891, 0.00013964], c: [0.19829, 0.021122, 2.7801e-5], p: [0.23956, 0.0080592, 0.0027737], q: [0, 0.050556],
    car: { vc: 5.07, a: [-0.15742, -3.7876e-4, -2.2957e-4] }, petrol: true,
  },
  van: {
    idle: 0.1923, b: [1.2639, 14.9616, 0.00049533], c: [0.24292, 0.03827, 1.8703e-4], p: [0.65006, 0.33381, 0.0025519], q: [0.36738, 0.042944],
    floor: [0, 0.031719], petrol: false,
  },
  tractor: {
    idle: 0.2384, b: [2.4229, 8.4463, 0.00026269], c: [0.59448, 0.082609, 2.7278e-4], p: [0.20476, 1.1962, 0.019119], q: [0, 0.14424],
    floor: [0.49109, 0.025152], petrol: false,
  },
}

/** Slower and gentler than this is standing. */
const STANDING = { v: 0.1, a: 0.01 }

export function circles(kind: keyof typeof CIRCLES): Consumption {
  const { idle, b, c, p, q, car, floor, petrol } = CIRCLES[kind]
  const fuel = (v: number, wanted: number): number => {
    if (v < STANDING.v && Math.abs(wanted) < STANDING.a) return idle
    const a = Math.min(wanted, b[0], v > 0 ? b[1] / v - b[2] * v * v : Infinity)
    const linear = p[0] + p[1] * v + p[2] * v * v
    const square = q[0] + q[1] * v
    const gained = square > 0 ? Math.max(a, -linear / (2 * square)) : Math.max(a, 0)
    const f = c[0] + c[1] * v + c[2] * v * v * v + linear * a + square * gained * gained
    if (car !== undefined) {
      if (v <= car.vc) return Math.max(f, idle)
      return a <= car.a[0] + car.a[1] * v + car.a[2] * v * v * v ? 0 : Math.max(f, 0)
    }
    return Math.max(f, floor![0] + floor![1] * v)
  }
  const { co2_per_g, density } = petrol ? PETROL : DIESEL
  return { fuel, co2: (v, a) => co2_per_g * fuel(v, a), co2_per_g, density }
}

type Polynomial = readonly [f0: number, f1: number, f3: number, f4: number, f5: number]

/** CO2, then fuel, of the emission classes that SUMO gives its vehicle classes most often. */
const HBEFA3 = {
  PC_G_EU4: { co2: [9449, 938.4, -467.1, 28.26, 0], fuel: [3014, 299.3, -149, 9.014, 0], petrol: true },
  PC_G_EU6: { co2: [8273, 845.1, -401.1, 25.08, 0], fuel: [2639, 269.6, -127.9, 8.001, 0], petrol: true },
  PC_D_EU6: { co2: [3946, 661.8, 149.8, 0, 0.2041], fuel: [1241, 208.2, 47.1, 0, 0.06419], petrol: false },
  LDV_D_EU6: { co2: [3374, 880.2, 308.9, 0, 0.2798], fuel: [1061, 276.9, 97.17, 0, 0.088], petrol: false },
  HDV_D_EU6: { co2: [23530, 7227, 1889, 0, 0], fuel: [7400, 2273, 594.2, 0, 0], petrol: false },
  HDV: { co2: [26570, 7076, 1753, 0, 0], fuel: [8358, 2226, 551.4, 0, 0], petrol: false },
  Bus: { co2: [19030, 6475, 2073, 0, 0], fuel: [6016, 2049, 656.6, 0, 0], petrol: false },
} as const satisfies Record<string, { co2: Polynomial; fuel: Polynomial; petrol: boolean }>

export type Hbefa3Class = keyof typeof HBEFA3

/** Nothing is burnt above this speed while braking harder than rolling resistance does, m/s. */
const COASTS_ABOVE = 0.5

/** Deceleration below which the engine is dragged along, m/s2; measured on SUMO 1.15. Slope in degrees, up positive. */
function coastingLimit(v: number, slope_deg: number): number {
  const level = v >= 2.78 ? -(0.108 + 0.01298 * v) : -0.05187 * v
  return slope_deg === 0 ? level : Math.min(0, level - 0.0981 * slope_deg)
}

export function hbefa3(emissionClass: Hbefa3Class, slope_deg = 0): Consumption {
  const { co2, fuel, petrol } = HBEFA3[emissionClass]
  const of = ([f0, f1, f3, f4, f5]: Polynomial) => (v: number, a: number): number => {
    if (v > COASTS_ABOVE && a < coastingLimit(v, slope_deg)) return 0
    // The polynomials are in mg/s after division by 3.6.
    return Math.max(0, f0 + f1 * a * v + f3 * v + f4 * v * v + f5 * v * v * v) / 3600
  }
  return { fuel: of(fuel), co2: of(co2), density: petrol ? PETROL.density : DIESEL.density }
}

/** The model of a type; undefined where none covers it (CIRCLES knows no bus; neither knows two-wheelers or rail). */
export function findConsumption(model: FuelModel, { vehicle_class }: Pick<VehicleType, 'vehicle_class'>): Consumption | undefined {
  if (model === 'circles') {
    const kind = ({ passenger: 'midsize', private: 'midsize', taxi: 'midsize', hov: 'midsize', ignoring: 'midsize', delivery: 'van', truck: 'tractor', trailer: 'tractor' } as const)[vehicle_class]
    return kind === undefined ? undefined : circles(kind)
  }
  const kind = ({ passenger: 'PC_G_EU4', private: 'PC_G_EU4', taxi: 'PC_G_EU4', hov: 'PC_G_EU4', ignoring: 'PC_G_EU4', delivery: 'LDV_D_EU6', truck: 'HDV_D_EU6', trailer: 'HDV_D_EU6', bus: 'Bus', coach: 'Bus' } as const)[vehicle_class]
  return kind === undefined ? undefined : hbefa3(kind)
}
