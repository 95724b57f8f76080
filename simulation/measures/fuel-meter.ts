// Fuel and CO2 of every vehicle so far, g. Speed of the step and its change over the step, as SUMO takes them.
import { DRIVING, GONE, type World } from '../kernel/world.ts'
import { findConsumption, type Consumption } from './fuel.ts'

export class FuelMeter {
  readonly fuel: Float64Array
  readonly co2: Float64Array
  readonly #w: World
  readonly #before: Float64Array
  /** By type of vehicle; undefined where no model covers it. */
  readonly #models: (Consumption | undefined)[]
  readonly #type: Uint16Array
  /** All before this vehicle have left. */
  #first = 0

  constructor(w: World) {
    this.#w = w
    const model = w.input.options.fuel ?? 'circles'
    this.#models = w.input.vehicle_types.map((type) => findConsumption(model, type))
    this.#type = Uint16Array.from(w.trips.type)
    this.fuel = new Float64Array(w.n)
    this.co2 = new Float64Array(w.n)
    this.#before = new Float64Array(w.n)
    for (let v = 0; v < w.n; v++) if (this.#models[this.#type[v]!] === undefined) this.fuel[v] = this.co2[v] = NaN
  }

  /** A vehicle that enters drives at its speed already. */
  start(v: number): void {
    this.#before[v] = this.#w.spd[v]!
  }

  /** Once a step, after all have moved and before others enter. */
  step(): void {
    const w = this.#w
    const { dt, spd, state } = w
    while (this.#first < w.n && state[this.#first] === GONE) this.#first++
    let seen = 0
    for (let v = this.#first; v < w.n && seen < w.driving; v++) {
      if (state[v] !== DRIVING) continue
      seen++
      const speed = spd[v]!
      const model = this.#models[this.#type[v]!]
      if (model === undefined) continue
      const a = (speed - this.#before[v]!) / dt
      this.#before[v] = speed
      const fuel = model.fuel(speed, a)
      this.fuel[v] = this.fuel[v]! + fuel * dt
      this.co2[v] = this.co2[v]! + (model.co2_per_g === undefined ? model.co2(speed, a) : fuel * model.co2_per_g) * dt
    }
  }
}
