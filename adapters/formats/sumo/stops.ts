// Bus stops and other halts: where on which lane, and for how long.
import type { Notes } from './notes.ts'
import type { Router } from './router.ts'
import type { StopPlace } from './vehicle-table.ts'
import type { XmlElement } from './xml-element.ts'

interface Halt {
  link: number
  lane: number
  position_m: number
}

/** Attributes by which a <stop> names a place defined before. */
const PLACES = ['busStop', 'trainStop', 'containerStop', 'parkingArea', 'chargingStation']

export class StopReader {
  readonly #router: Router
  readonly #notes: Notes
  readonly #halts = new Map<string, Halt>()

  constructor(router: Router, notes: Notes) {
    this.#router = router
    this.#notes = notes
  }

  define(element: XmlElement): void {
    const id = element.getText('id')
    if (this.#halts.has(id)) throw element.error('input.duplicate', `${element.name} "${id}" is there twice`)
    this.#halts.set(id, this.#halt(element, element.getText('lane')))
  }

  /** Undefined where the stop has no duration that we could know. */
  read(element: XmlElement): StopPlace | undefined {
    const halt = this.#where(element)
    const duration = element.findTime('duration')
    if (duration !== undefined && duration >= 0) return { ...halt, duration_s: duration }
    if (duration !== undefined) throw element.error('input.value', `duration is ${duration}; it must be at least 0`)
    if (element.findText('duration') !== undefined) throw element.error('input.value', `duration is "${element.findText('duration')}"; it must be a time`)
    this.#notes.count('stop until', 'not-understood', element.place(), (n) => `${n} stop(s) have no duration (they end at a time or at an event); they are left out`)
    return undefined
  }

  #where(element: XmlElement): Halt {
    for (const kind of PLACES) {
      const id = element.findText(kind)
      if (id === undefined) continue
      const halt = this.#halts.get(id)
      if (halt === undefined) throw element.error('input.reference', `${kind} "${id}" does not exist`)
      return halt
    }
    const lane = element.findText('lane')
    if (lane !== undefined) return this.#halt(element, lane)
    const edge = element.findText('edge')
    if (edge !== undefined) return this.#halt(element, `${edge}_0`)
    throw element.error('input.value', 'the stop names no lane, edge or bus stop')
  }

  #halt(element: XmlElement, laneId: string): Halt {
    const cut = laneId.lastIndexOf('_')
    const link = this.#router.indexOf.get(laneId.slice(0, cut))
    const lane = Number(laneId.slice(cut + 1))
    const length = link === undefined ? undefined : this.#router.edges[link]?.lanes[lane]?.length
    if (link === undefined || length === undefined) throw element.error('input.reference', `lane "${laneId}" does not exist in the network`)
    const end = element.findNumber('endPos') ?? length
    // Negative positions count back from the end of the lane.
    return { link, lane, position_m: Math.min(length, Math.max(0, end < 0 ? length + end : end)) }
  }
}
