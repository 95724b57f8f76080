// Reads <tlLogic> and its phases, which stand in networks and in additional files alike.
import type { XmlElement } from './xml-element.ts'
import type { Notes } from './notes.ts'
import type { SumoPhase, SumoProgram } from './net-document.ts'

const STATES = /^[rRyYgGusoO]+$/
/** Signals that decide their own durations while they run; their written durations are taken as fixed. */
const ADAPTIVE = new Set(['NEMA', 'rail_signal', 'rail_crossing', 'swarm', 'off'])

/** Collects programs; feed it every <tlLogic> and <phase> and tell it when a <tlLogic> closes. */
export class ProgramReader {
  readonly programs: SumoProgram[] = []
  readonly #seen = new Set<string>()
  readonly #notes: Notes
  #current: { program: SumoProgram; element: XmlElement } | undefined

  constructor(notes: Notes) {
    this.#notes = notes
  }

  openProgram(element: XmlElement): void {
    const tl = element.getText('id')
    const id = element.findText('programID') === undefined ? '0' : element.getText('programID')
    const key = JSON.stringify([tl, id])
    if (this.#seen.has(key)) throw element.error('input.duplicate', `program "${id}" of this traffic light is there twice`)
    this.#seen.add(key)
    const type = element.findText('type') ?? 'static'
    if (ADAPTIVE.has(type)) {
      this.#notes.count(`adaptive ${type}`, 'assumed', element.place(), (n) =>
        `${n} program(s) of type "${type}" are read with the durations of their phases as fixed times`)
    }
    this.#current = { program: { tl, id, type, offset: this.#offset(element), phases: [], place: element.place() }, element }
  }

  #offset(element: XmlElement): number {
    if (element.findText('offset') !== 'begin') return element.findNumber('offset') ?? 0
    this.#notes.add('assumed', element.place(), 'offset "begin" depends on when a simulation starts; 0 s is taken')
    return 0
  }

  openPhase(element: XmlElement): void {
    if (this.#current === undefined) return
    const { program } = this.#current
    const state = element.getText('state')
    if (!STATES.test(state)) {
      throw element.error('input.value', `state "${state}" of traffic light "${program.tl}" holds a character that is none of r, y, g, G, s, u, o, O`)
    }
    const expected = program.phases[0]?.state.length
    if (expected !== undefined && expected !== state.length) {
      throw element.error('input.value', `state "${state}" of traffic light "${program.tl}" has ${state.length} characters, the first phase has ${expected}`)
    }
    if (element.findText('next') !== undefined) {
      this.#notes.count('next', 'not-understood', element.place(), (n) => `${n} phase(s) name a next phase; the written order is taken`)
    }
    program.phases.push(phase(element, state))
  }

  /** A setting of the program that is open; false where none is. */
  openParam(element: XmlElement): boolean {
    if (this.#current === undefined) return false
    const { program } = this.#current
    program.params ??= new Map()
    program.params.set(element.getText('key'), element.findText('value') ?? '')
    return true
  }

  closeProgram(): void {
    if (this.#current === undefined) return
    const { program, element } = this.#current
    this.#current = undefined
    if (program.phases.length === 0) {
      if (program.type === 'off') {
        this.#notes.count('off', 'not-understood', element.place(), (n) => `${n} program(s) of type "off" have no phases; they are left out`)
        return
      }
      throw element.error('network.signal', `traffic light "${program.tl}" has no phases in program "${program.id}"`)
    }
    this.programs.push(program)
  }
}

function phase(element: XmlElement, state: string): SumoPhase {
  const minDur = element.findNumber('minDur', { min: 0 })
  const maxDur = element.findNumber('maxDur', { min: 0 })
  const duration = element.findNumber('duration', { above: 0 }) ?? minDur
  if (duration === undefined || duration <= 0) throw element.error('input.value', 'attribute "duration" is missing; a phase needs a duration above 0 s')
  const name = element.findText('name') === undefined ? undefined : element.getText('name')
  return {
    duration, state, place: element.place(),
    ...(minDur === undefined ? {} : { minDur }),
    ...(maxDur === undefined ? {} : { maxDur }),
    ...(name === undefined || name === '' ? {} : { name }),
  }
}
