// TraCI from SUMO's side: what a client sends, and what SUMO 1.15 answers, byte for byte (test/controllers/sumo-emulator.integration.ts asks both the same).
// Imports nothing of the adapter.
import { SumoRefusal, type EmulatedSumo, type SumoPhase, type SumoProgram } from './sumo.ts'

/** A client that can't be understood: SUMO ends the connection. */
export class NotTraci extends Error {}

export interface ClientCommand {
  id: number
  body: Buffer
}

/** Commands of a message, which comes without its length. */
export function commandsOf(message: Buffer): ClientCommand[] {
  const commands: ClientCommand[] = []
  for (let at = 0; at < message.length;) {
    const [head, length] = message[at] === 0 ? [5, at + 5 <= message.length ? message.readInt32BE(at + 1) : 0] : [1, message[at] as number]
    if (length < head + 1 || at + length > message.length) throw new NotTraci(`a command of ${length} bytes`)
    commands.push({ id: message[at + head] as number, body: message.subarray(at + head + 1, at + length) })
    at += length
  }
  return commands
}

/** Takes values from a command one after the other. */
class Taker {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  #next(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new NotTraci(`${length} bytes wanted at ${this.#at} of ${this.#bytes.length}`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  byte(): number { return this.#next(1).readUInt8() }
  int(): number { return this.#next(4).readInt32BE() }
  double(): number { return this.#next(8).readDoubleBE() }
  string(): string { return this.#next(this.int()).toString('utf8') }
  bytes(length: number): number[] { return [...this.#next(length)] }

  typed(type: number, otherwise: string): void {
    if (this.byte() !== type) throw new SumoRefusal(otherwise)
  }
}

const [INT, DOUBLE, STRING, STRINGS, COMPOUND] = [0x09, 0x0b, 0x0c, 0x0e, 0x0f]
const byte = (value: number): Buffer => Buffer.of(value)
const int = (value: number): Buffer => { const out = Buffer.alloc(4); out.writeInt32BE(value); return out }
const double = (value: number): Buffer => { const out = Buffer.alloc(8); out.writeDoubleBE(value); return out }
const string = (value: string): Buffer => Buffer.concat([int(Buffer.byteLength(value)), Buffer.from(value)])
const anInt = (value: number): Buffer => Buffer.concat([byte(INT), int(value)])
const aDouble = (value: number): Buffer => Buffer.concat([byte(DOUBLE), double(value)])
const aString = (value: string): Buffer => Buffer.concat([byte(STRING), string(value)])
const someStrings = (values: readonly string[]): Buffer => Buffer.concat([byte(STRINGS), int(values.length), ...values.map(string)])
const compound = (items: readonly Buffer[]): Buffer => Buffer.concat([byte(COMPOUND), int(items.length), ...items])

/** What is subscribed comes with the long form of a length, whatever the length; all else with the short one where it can. */
const long = (id: number, ...parts: Buffer[]): Buffer => { const body = Buffer.concat(parts); return Buffer.concat([byte(0), int(body.length + 6), byte(id), body]) }
function short(id: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return body.length + 2 > 0xff ? long(id, body) : Buffer.concat([byte(body.length + 2), byte(id), body])
}
const status = (id: number, result: number, text = ''): Buffer => short(id, byte(result), string(text))

interface Subscription {
  id: number
  object: string
  variables: number[]
  until_s: number
}

/** One client's conversation: it keeps what was subscribed. */
export class SumoSession {
  readonly #sumo: EmulatedSumo
  readonly #subscriptions: Subscription[] = []

  constructor(sumo: EmulatedSumo) {
    this.#sumo = sumo
  }

  /** The answer to one command. Throws NotTraci. */
  answer({ id, body }: ClientCommand): Buffer {
    const taker = new Taker(body)
    try {
      switch (id) {
        case 0x00: return Buffer.concat([status(id, 0), short(id, int(20), string('SUMO 1.15.0'))])
        case 0x02: return this.#step(taker.double())
        case 0x03: case 0x7f: return status(id, 0)
        case 0xa2: case 0xab: {
          const [variable, object] = [taker.byte(), taker.string()]
          const value = this.#get(id, variable, object)
          return Buffer.concat([status(id, 0), short(id + 0x10, byte(variable), string(object), value)])
        }
        case 0xc2: this.#set(taker); return status(id, 0)
        case 0xd2: case 0xdb: return this.#subscribe(id, taker)
        default: throw new NotTraci(`command 0x${id.toString(16)}`)
      }
    } catch (error) {
      if (error instanceof SumoRefusal) return status(id, 0xff, error.message)
      throw error
    }
  }

  #step(until_s: number): Buffer {
    do this.#sumo.step()
    while (this.#sumo.time_ms < until_s * 1000)
    const told = this.#subscriptions.filter(({ until_s: last }) => this.#sumo.time_ms <= last * 1000).map((one) => this.#told(one))
    return Buffer.concat([status(0x02, 0), int(told.length), ...told])
  }

  #get(id: number, variable: number, object: string): Buffer {
    const sumo = this.#sumo
    if (id === 0xab) {
      if (variable !== 0x66) throw new SumoRefusal(`Get Simulation Variable: unsupported variable 0x${variable.toString(16)} specified`)
      return aDouble(sumo.time_ms / 1000)
    }
    switch (variable) {
      case 0x00: return someStrings(sumo.lights)
      case 0x20: return aString(sumo.state(object))
      case 0x28: return anInt(sumo.shown(object).phase)
      case 0x29: return aString(sumo.light(object).told)
      case 0x2b: return compound(sumo.programs(object).map(programValue))
      case 0x2d: return aDouble(sumo.shown(object).next_switch_ms / 1000)
      default: throw new SumoRefusal(`Get TLS Variable: unsupported variable 0x${variable.toString(16)} specified`)
    }
  }

  #set(taker: Taker): void {
    const [variable, light] = [taker.byte(), taker.string()]
    this.#sumo.light(light)
    switch (variable) {
      case 0x22: taker.typed(INT, 'The phase index must be given as an integer.'); this.#sumo.setPhase(light, taker.int()); return
      case 0x23: taker.typed(STRING, 'The program must be given as a string.'); this.#sumo.switchTo(light, taker.string()); return
      case 0x24: taker.typed(DOUBLE, 'The phase duration must be given as a double.'); this.#sumo.setRemaining(light, Math.round(taker.double() * 1000)); return
      case 0x2c: {
        const [program, at] = takenProgram(taker)
        if (this.#sumo.faults.refuses_writes) throw new SumoRefusal('no')
        this.#sumo.setProgram(light, program, at)
        return
      }
      default: throw new SumoRefusal(`Change TLS State: unsupported variable 0x${variable.toString(16)} specified`)
    }
  }

  #subscribe(id: number, taker: Taker): Buffer {
    const [, until_s, object] = [taker.double(), taker.double(), taker.string()]
    const one = { id, object, variables: taker.bytes(taker.byte()), until_s }
    const known = id === 0xdb || this.#sumo.lights.includes(object)
    if (known) this.#subscriptions.push(one)
    return Buffer.concat([known ? status(id, 0) : status(id, 0xff, `Could not add subscription. Traffic light '${object}' is not known`), this.#told(one)])
  }

  #told({ id, object, variables }: Subscription): Buffer {
    const values = variables.map((variable) => {
      try {
        return Buffer.concat([byte(variable), byte(0), this.#get(id - 0x30, variable, object)])
      } catch (error) {
        if (error instanceof SumoRefusal) return Buffer.concat([byte(variable), byte(0xff), aString(error.message)])
        throw error
      }
    })
    return long(id + 0x10, string(object), byte(variables.length), ...values)
  }
}

function programValue({ id, type, phases, phase, parameters }: SumoProgram & { phase: number }): Buffer {
  const phaseValue = ({ duration_ms, state, least_ms, most_ms, next, name }: SumoPhase): Buffer =>
    compound([aDouble(duration_ms / 1000), aString(state), aDouble(least_ms / 1000), aDouble(most_ms / 1000), compound(next.map(anInt)), aString(name)])
  return compound([aString(id), anInt(type), anInt(phase), compound(phases.map(phaseValue)), compound(parameters.map(someStrings))])
}

/** What stands in command 0x2c: the program, and the phase that it begins with. */
function takenProgram(taker: Taker): [program: SumoProgram, at: number] {
  const items = (): number => { taker.typed(COMPOUND, 'A compound object is needed for setting a new program.'); return taker.int() }
  const text = (): string => { taker.typed(STRING, 'a string is needed'); return taker.string() }
  const seconds = (): number => { taker.typed(DOUBLE, 'a double is needed'); return Math.round(taker.double() * 1000) }
  const whole = (): number => { taker.typed(INT, 'an integer is needed'); return taker.int() }
  if (items() !== 5) throw new SumoRefusal('5 items are needed')
  const [id, type, at] = [text(), whole(), whole()]
  const phases = Array.from({ length: items() }, (): SumoPhase => {
    items()
    const [duration_ms, state, least_ms, most_ms] = [seconds(), text(), seconds(), seconds()]
    return { duration_ms, state, least_ms, most_ms, next: Array.from({ length: items() }, whole), name: text() }
  })
  const parameters = Array.from({ length: items() }, (): [string, string] => { taker.typed(STRINGS, 'a list is needed'); taker.int(); return [taker.string(), taker.string()] })
  return [{ id, type, phases, parameters }, at]
}
