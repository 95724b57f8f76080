// The part of SUMO 1.15 that TraCI shows of traffic lights: a clock that goes by steps, programs that count their time while they are not shown, and what
// becomes of them when somebody sets them. Without vehicles, and without lamps that are set one by one. Times are milliseconds, as in SUMO.
import { Faults } from '../../emulator/faults.ts'

export interface SumoPhase {
  duration_ms: number
  least_ms: number
  most_ms: number
  state: string
  next: number[]
  name: string
}

export interface SumoProgram {
  id: string
  /** 0 = fixed time, the only one that is driven here. */
  type: number
  phases: SumoPhase[]
  parameters: [string, string][]
}

interface RunningProgram extends SumoProgram {
  phase: number
  next_switch_ms: number
}

interface Light {
  /** As SUMO tells them: in the order of their names. */
  programs: Map<string, RunningProgram>
  current: string
  /** What it says runs; another than `current` only under the fault of a false echo. */
  told: string
}

/** SUMO's no, in its words. */
export class SumoRefusal extends Error {}

export const phase = (duration_s: number, state: string): SumoPhase => ({ duration_ms: duration_s * 1000, least_ms: duration_s * 1000, most_ms: duration_s * 1000, state, next: [], name: '' })

export class EmulatedSumo {
  readonly step_ms: number
  readonly faults = new Faults()
  /** Called at the end of every step with the time at which it began. */
  onStep: (began_ms: number) => void = () => undefined
  #time_ms = 0
  #runs = 0
  readonly #net: ReadonlyMap<string, SumoProgram>
  readonly #lights = new Map<string, Light>()

  /** In: the program of each light in the network. */
  constructor(net: ReadonlyMap<string, SumoProgram>, step_ms = 1000) {
    this.#net = net
    this.step_ms = step_ms
    this.restart()
  }

  /** A SUMO whose only client goes away ends; whoever looks after it starts it anew. */
  restart(): void {
    this.#time_ms = 0
    this.#runs++
    this.#lights.clear()
    for (const [id, program] of this.#net) this.#lights.set(id, { programs: new Map([[program.id, begun(program, 0, 0)]]), current: program.id, told: program.id })
  }

  get time_ms(): number { return this.#time_ms }
  get runs(): number { return this.#runs }
  get lights(): string[] { return [...this.#lights.keys()].sort() }

  /** Throws SumoRefusal. */
  light(id: string): Light {
    const found = this.#lights.get(id)
    if (found === undefined) throw new SumoRefusal(`Traffic light '${id}' is not known`)
    return found
  }

  /** The program that a light shows. */
  shown(id: string): Readonly<RunningProgram> {
    const light = this.light(id)
    return light.programs.get(light.current) as RunningProgram
  }

  state(id: string): string {
    const { phases, phase: index } = this.shown(id)
    return (phases[index] as SumoPhase).state
  }

  programs(id: string): RunningProgram[] {
    return [...this.light(id).programs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** Switches that are due happen when a step begins; the step ends a step's length later. Programs that are not shown go on too. */
  step(): void {
    for (const { programs } of this.#lights.values()) {
      for (const program of programs.values()) {
        while (program.next_switch_ms <= this.#time_ms) {
          program.phase = (program.phase + 1) % program.phases.length
          program.next_switch_ms += Math.max(this.step_ms, (program.phases[program.phase] as SumoPhase).duration_ms)
        }
      }
    }
    const began_ms = this.#time_ms
    this.#time_ms += this.step_ms
    this.onStep(began_ms)
  }

  /** A name that is not known is stored and shown at once. Of one that is known the phases are replaced in place: its clock and its parameters stay. */
  setProgram(id: string, program: SumoProgram, at: number): void {
    const light = this.light(id)
    const known = light.programs.get(program.id)
    if (this.faults.ignores_writes) return
    if (known !== undefined) {
      known.phases = program.phases
      known.phase = at
      return
    }
    light.programs.set(program.id, begun(program, at, this.#time_ms))
    if (this.#isDeaf) return
    light.current = program.id
    light.told = program.id
  }

  /** Says yes to commands and does nothing. */
  get #isDeaf(): boolean {
    return this.faults.ack_without_effect || this.faults.echo_without_effect
  }

  /** Shown at once, wherever in its cycle it is. */
  switchTo(id: string, program: string): void {
    const light = this.light(id)
    if (this.faults.refuses_commands) throw new SumoRefusal('no')
    if (!light.programs.has(program)) throw new SumoRefusal(`Can not switch tls '${id}' to program '${program}';\n The program is not known.`)
    if (this.faults.echo_without_effect) light.told = program
    if (this.#isDeaf) return
    light.current = program
    light.told = program
  }

  /** The phase begins anew, whole. */
  setPhase(id: string, index: number): void {
    const program = this.shown(id) as RunningProgram
    const found = program.phases[index]
    if (found === undefined) throw new SumoRefusal(`The phase index ${index} is not in the allowed range [0,${program.phases.length - 1}].`)
    if (this.#isDeaf) return
    program.phase = index
    program.next_switch_ms = this.#time_ms + found.duration_ms
  }

  /** How long the phase still lasts from now on. */
  setRemaining(id: string, duration_ms: number): void {
    const program = this.shown(id) as RunningProgram
    if (this.#isDeaf) return
    program.next_switch_ms = this.#time_ms + duration_ms
  }
}

const begun = (program: SumoProgram, at: number, time_ms: number): RunningProgram =>
  ({ ...structuredClone(program), phase: at, next_switch_ms: time_ms + (program.phases[at] as SumoPhase).duration_ms })
