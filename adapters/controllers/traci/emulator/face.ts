// A light of the emulated SUMO as the suites see a controller: what its lamps really did, its programs as timings with numbers, and another hand.
// Each connection belongs to one group; numbers are those of the adapter's README: programs of the network and of others from 1 on, gw1 is 101.
import type { AsRunGreen, Lamp, LampTiming, Tenths } from '../../../../model/device/device.ts'
import { modulo, type Instant } from '../../../../model/units.ts'
import type { RigDevice } from '../../conformance.ts'
import type { Faults } from '../../emulator/faults.ts'
import { phase, type EmulatedSumo, type SumoPhase, type SumoProgram } from './sumo.ts'

const LAMPS: Record<string, Lamp> = { G: 'green', g: 'green', y: 'yellow', r: 'red' }
const OWN = 100
const GREENS_KEPT = 64
const tenths = (ms: number): Tenths => Math.round(ms / 100)

/** Of a fixed time timing: a phase a change of lamps, from local zero on. */
export function programOf(id: string, { cycle, groups }: LampTiming, links: readonly string[]): SumoProgram {
  const letter = (group: string, at: Tenths): string => {
    const { greens = [], yellow = 0 } = groups.find((one) => one.group === group) ?? {}
    if (greens.some(([start, end]) => modulo(at - start, cycle) < end - start)) return 'G'
    return greens.some(([, end]) => modulo(at - end, cycle) < yellow) ? 'y' : 'r'
  }
  const phases: SumoPhase[] = []
  let from = 0
  for (let at = 1; at <= cycle; at++) {
    const [before, now] = [from, at].map((time) => links.map((group) => letter(group, time)).join(''))
    if (at < cycle && before === now) continue
    phases.push(phase((at - from) / 10, before as string))
    from = at
  }
  return { id, type: 0, phases, parameters: [] }
}

export class LightFace implements RigDevice {
  readonly faults: Faults
  readonly #sumo: EmulatedSumo
  readonly #light: string
  readonly #links: readonly string[]
  readonly #starts_at: Instant
  readonly #greens = new Map<string, AsRunGreen[]>()

  /** `links`: the group of each connection. `starts_at`: instant of time 0 of the simulation. */
  constructor(sumo: EmulatedSumo, light: string, links: readonly string[], starts_at: Instant) {
    this.#sumo = sumo
    this.#light = light
    this.#links = links
    this.#starts_at = starts_at
    this.faults = sumo.faults
    sumo.onStep = (began_ms) => this.#record(began_ms / 1000 + starts_at)
  }

  cycle(): { slot: number } { return { slot: this.#slot(this.#sumo.shown(this.#light).id) } }

  timing(slot: number): LampTiming | undefined {
    const program = this.#sumo.programs(this.#light).find(({ id }) => this.#slot(id) === slot)
    if (program === undefined) return undefined
    const starts = program.phases.map((_, i) => tenths(program.phases.slice(0, i).reduce((sum, { duration_ms }) => sum + duration_ms, 0)))
    const cycle = tenths(program.phases.reduce((sum, { duration_ms }) => sum + duration_ms, 0))
    const runs = (group: string, letters: string): [Tenths, Tenths][] => {
      const shown = program.phases.map(({ state }) => letters.includes(state[this.#links.indexOf(group)] ?? ''))
      const first = shown.findIndex((on, i) => on && shown.at(i - 1) !== true)
      if (first < 0) return shown[0] === true ? [[0, cycle]] : []
      const found: [Tenths, Tenths][] = []
      for (let k = 0; k < shown.length; k++) {
        const i = (first + k) % shown.length
        if (shown[i] !== true) continue
        const length = tenths((program.phases[i] as SumoPhase).duration_ms)
        if (k > 0 && shown.at(i - 1) === true) (found.at(-1) as [Tenths, Tenths])[1] += length
        else found.push([starts[i] as Tenths, (starts[i] as Tenths) + length])
      }
      return found
    }
    const groups = [...new Set(this.#links)].map((group) => { const [yellow] = runs(group, 'y'); return { group, greens: runs(group, 'Gg'), yellow: yellow === undefined ? 0 : yellow[1] - yellow[0], red_clearance: 0 } })
    return { cycle, offset: 0, groups }
  }

  /** Another client stores a program under a name of its own, whatever the number, and lets the one that ran go on. */
  store(_slot: number, timing: LampTiming): void {
    const { id } = this.#sumo.shown(this.#light)
    this.#sumo.setProgram(this.#light, programOf('other', timing, this.#links), 0)
    this.#sumo.switchTo(this.#light, id)
  }

  lamps(): { group: string; lamp: Lamp }[] {
    const state = this.#sumo.state(this.#light)
    return [...new Set(this.#links)].map((group) => ({ group, lamp: LAMPS[state[this.#links.indexOf(group)] ?? ''] ?? 'unknown' }))
  }

  greens(): AsRunGreen[] { return [...this.#greens.values()].flat() }

  #slot(program: string): number {
    const own = /^gw(\d+)$/.exec(program)
    return own === null ? 1 + this.#sumo.programs(this.#light).filter(({ id }) => !id.startsWith('gw')).findIndex(({ id }) => id === program) : OWN + Number(own[1])
  }

  /** What a step showed, it showed all along. */
  #record(began_s: Instant): void {
    const ended_s = this.#starts_at + this.#sumo.time_ms / 1000
    for (const { group, lamp } of this.lamps()) {
      const known = this.#greens.get(group) ?? []
      this.#greens.set(group, known)
      if (lamp !== 'green') continue
      const last = known.at(-1)
      if (last !== undefined && last.end_s === began_s) last.end_s = ended_s
      else known.push({ group, start_s: began_s, end_s: ended_s })
      if (known.length > GREENS_KEPT) known.shift()
    }
  }
}
