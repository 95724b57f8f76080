// Vehicle types and distributions of types, as SUMO's route and additional files define them.
import { canFollowKrauss } from '../../../model/car-following.ts'
import type { VehicleType } from '../../../model/demand.ts'
import { share } from './hash.ts'
import type { Notes } from './notes.ts'
import { classDefaults, isRail, SPEED_DEVIATION } from './vehicle-classes.ts'
import { parseNumber } from './xml-element.ts'
import type { XmlElement } from './xml-element.ts'

const DEFAULT_TYPE = 'DEFAULT_VEHTYPE'
/** Types that SUMO knows without a definition, with their classes. */
const DEFAULT_CLASSES = new Map([[DEFAULT_TYPE, 'passenger'], ['DEFAULT_PEDTYPE', 'pedestrian'], ['DEFAULT_BIKETYPE', 'bicycle'], ['DEFAULT_TAXITYPE', 'taxi'], ['DEFAULT_RAILTYPE', 'rail']])
const TYPE_PURPOSE = 1
/** Models whose parameters ours can stand for. */
const KNOWN_MODELS = new Set(['Krauss', 'KraussOrig1', 'IDM', 'carFollowing-Krauss', 'carFollowing-IDM'])
const SPEED_FACTOR = /^norm(c?)\(([^,)]+),([^,)]+)(?:,[^)]*)?\)$/

interface Choice {
  type: number
  probability: number
}

export class VehicleTypes {
  readonly list: VehicleType[] = []
  readonly #intelligent = new Set<string>()
  readonly #byId = new Map<string, number>()
  readonly #distributions = new Map<string, Choice[]>()
  readonly #notes: Notes
  #open: { id: string; choices: Choice[] } | undefined

  constructor(notes: Notes) {
    this.#notes = notes
  }

  openType(element: XmlElement): void {
    const id = element.getText('id')
    if (this.#byId.has(id) || this.#distributions.has(id)) throw element.error('input.duplicate', `vehicle type "${id}" is there twice`)
    const index = this.#add(readType(element, id, this.#notes))
    if (element.findText('carFollowModel')?.endsWith('IDM') === true) this.#intelligent.add(id)
    this.#open?.choices.push({ type: index, probability: element.findNumber('probability', { min: 0 }) ?? 1 })
  }

  openDistribution(element: XmlElement): void {
    const id = element.getText('id')
    if (this.#byId.has(id) || this.#distributions.has(id)) throw element.error('input.duplicate', `vehicle type "${id}" is there twice`)
    const probabilities = element.listWords('probabilities').map((word) => parseNumber(word))
    const choices = element.listWords('vTypes').map((name, i): Choice => {
      const type = this.#byId.get(name)
      if (type === undefined) throw element.error('input.reference', `vehicle type "${name}" does not exist`)
      const probability = probabilities[i] ?? 1
      if (!(probability >= 0)) throw element.error('input.value', `probability of "${name}" is ${probability}; it must be at least 0`)
      return { type, probability }
    })
    this.#open = { id, choices }
  }

  closeDistribution(element: XmlElement | undefined): void {
    if (this.#open === undefined) return
    const { id, choices } = this.#open
    this.#open = undefined
    if (choices.reduce((sum, { probability }) => sum + probability, 0) > 0) this.#distributions.set(id, choices)
    else if (element !== undefined) throw element.error('input.value', `the distribution of vehicle types "${id}" has no type with a probability above 0`)
  }

  /** Type of one vehicle. A distribution is sampled by the vehicle's id, so the answer never changes. */
  resolve(element: XmlElement, vehicle: string): number {
    const name = element.findText('type') ?? DEFAULT_TYPE
    const known = this.#byId.get(name)
    if (known !== undefined) return known
    const choices = this.#distributions.get(name)
    if (choices !== undefined) return choose(choices, share(vehicle, TYPE_PURPOSE))
    const usual = DEFAULT_CLASSES.get(name)
    if (usual !== undefined) return this.#add(typeOf(name, usual))
    throw element.error('input.reference', `vehicle type "${name}" does not exist`)
  }

  /**
   * By which model most of these vehicles follow: Krauss's, SUMO's own, unless their types say IDM or one of them follows too closely for it.
   * In: the types of the demand, and the type of each vehicle.
   */
  followingOf(types: readonly VehicleType[], used: readonly number[]): 'idm' | 'krauss' {
    const intelligent = used.filter((type) => this.#intelligent.has(types[type]?.id ?? '')).length
    const named = used.length > 0 ? 2 * intelligent > used.length : types.length > 0 && types.every(({ id }) => this.#intelligent.has(id))
    return named || !canFollowKrauss(types) ? 'idm' : 'krauss'
  }

  #add(type: VehicleType): number {
    this.#byId.set(type.id, this.list.length)
    this.list.push(type)
    return this.list.length - 1
  }
}

function choose(choices: readonly Choice[], at: number): number {
  const total = choices.reduce((sum, { probability }) => sum + probability, 0)
  let left = at * total
  for (const { type, probability } of choices) {
    left -= probability
    if (left < 0) return type
  }
  return choices.at(-1)?.type ?? 0
}

function typeOf(id: string, vehicleClass: string): VehicleType {
  const defaults = classDefaults(vehicleClass)
  return {
    id, vehicle_class: vehicleClass, length_m: defaults.length, min_gap_m: defaults.minGap,
    accel_mps2: defaults.accel, decel_mps2: defaults.decel, max_speed_mps: defaults.maxSpeed,
    speed_factor: 1, speed_deviation: isRail(vehicleClass) ? 0 : SPEED_DEVIATION, headway_s: 1, sigma: 0.5, share: 0,
  }
}

function readType(element: XmlElement, id: string, notes: Notes): VehicleType {
  const type = typeOf(id, element.findText('vClass') === undefined ? 'passenger' : element.getText('vClass'))
  const model = element.findText('carFollowModel')
  if (model !== undefined && !KNOWN_MODELS.has(model)) {
    notes.count(`model ${model}`, 'assumed', element.place(), (n) => `${n} vehicle type(s) follow the model "${model}"; they drive by ours`)
  }
  type.length_m = element.findNumber('length', { above: 0 }) ?? type.length_m
  type.min_gap_m = element.findNumber('minGap', { min: 0 }) ?? type.min_gap_m
  type.accel_mps2 = element.findNumber('accel', { above: 0 }) ?? type.accel_mps2
  type.decel_mps2 = element.findNumber('decel', { above: 0 }) ?? type.decel_mps2
  type.max_speed_mps = element.findNumber('maxSpeed', { above: 0 }) ?? type.max_speed_mps
  type.headway_s = element.findNumber('tau', { above: 0 }) ?? type.headway_s
  type.sigma = Math.min(1, element.findNumber('sigma', { min: 0 }) ?? type.sigma)
  readSpeedFactor(element, type)
  return type
}

/** "1.1", "norm(1.1,0.1)" or "normc(1.1,0.1,0.2,2.0)". */
function readSpeedFactor(element: XmlElement, type: VehicleType): void {
  const text = element.findText('speedFactor')
  const distribution = text === undefined ? null : SPEED_FACTOR.exec(text.replaceAll(' ', ''))
  if (distribution === null) {
    type.speed_factor = element.findNumber('speedFactor', { above: 0 }) ?? type.speed_factor
  } else {
    const [mean, deviation] = [parseNumber(distribution[2] ?? ''), parseNumber(distribution[3] ?? '')]
    if (mean === undefined || deviation === undefined || mean <= 0 || deviation < 0) {
      throw element.error('input.value', `speedFactor is "${text}"; it must be a number or a distribution of positive speeds`)
    }
    type.speed_factor = mean
    type.speed_deviation = deviation
  }
  type.speed_deviation = element.findNumber('speedDev', { min: 0 }) ?? type.speed_deviation
}
