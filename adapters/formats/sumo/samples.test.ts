// On real networks: every program of every sample must come out of our model exactly as SUMO shows it.
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../../../model/compile.ts'
import { resolveCorridor } from '../../../model/corridor.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import { validateDemand } from '../../../model/validate-demand.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateNetwork } from '../../../model/validate.ts'
import { sharedData, sharedDataNote } from '../../../test/shared-data.ts'
import { plainState } from './columns.ts'
import { letterAt, linkDisplays } from './display.ts'
import { importSumo } from './import-sumo.ts'
import type { SumoProgram } from './net-document.ts'
import { Notes } from './notes.ts'
import { readConfig } from './read-config.ts'
import { ProgramReader } from './read-programs.ts'
import { deriveSignal } from './signal-from-programs.ts'
import { readXml } from './xml-stream.ts'

const SAMPLES = ['cologne1/cologne1.sumocfg', 'cologne3/cologne3.sumocfg', 'ingolstadt1/ingolstadt1.sumocfg', 'bologna-acosta/run.sumocfg', 'bologna-pasubio/run.sumocfg']
const sample = (name: string): string => sharedData(`sumo/${name}`) ?? ''

async function programsIn(files: readonly string[]): Promise<SumoProgram[]> {
  const reader = new ProgramReader(new Notes())
  for (const file of files) {
    await readXml(file, {
      root() {},
      open(element) {
        if (element.name === 'tlLogic') reader.openProgram(element)
        if (element.name === 'phase') reader.openPhase(element)
      },
      close(name) {
        if (name === 'tlLogic') reader.closeProgram()
      },
    })
  }
  return reader.programs
}

/** Seconds in which the letters differ from the program's, as "time: expected shown". */
function differences(program: SumoProgram, shown: (t: number) => string): string[] {
  const found: string[] = []
  let start = program.offset
  for (const { duration, state } of program.phases) {
    for (let t = start + 0.5; t < start + duration; t++) if (shown(t) !== plainState(state)) found.push(`${t}: ${state} ${shown(t)}`)
    start += duration
  }
  return found
}

describe.skipIf(sharedDataNote !== '')(`sample networks${sharedDataNote}`, () => {
  for (const name of SAMPLES) {
    it(`${name}: every second of every program is the source's`, async () => {
      const config = await readConfig(sample(name))
      const { scenario } = await importSumo(sample(name))
      const { network, timing } = scenario
      validateNetwork(network)
      validateDemand(network, scenario.demand)
      validateTiming(network, timing)
      const programs = await programsIn([config.net, ...config.additional])
      expect(programs.length).toBeGreaterThan(0)
      for (const program of programs) {
        const pattern = timing.plans.find(({ id }) => id === program.id)?.patterns.find(({ signal }) => signal === program.tl) ?? expect.fail(`no pattern of ${program.tl}`)
        const signal = network.signals.find(({ id }) => id === program.tl) ?? expect.fail(`no signal ${program.tl}`)
        const [compiled, links] = [compileSignal(signal, pattern), linkDisplays(network, signal)]
        expect(differences(program, (t) => links.map((link) => letterAt(compiled, link, t)).join('')), `${program.tl} ${program.id}`).toEqual([])
      }
    })
  }

  it('cologne3 has a corridor through its three signals', async () => {
    const { scenario } = await importSumo(sample('cologne3/cologne3.sumocfg'))
    const [corridor] = scenario.scenario.corridors
    expect(corridor?.intersections).toHaveLength(3)
    const resolved = resolveCorridor(new RoadGraph(scenario.network), corridor ?? expect.fail('no corridor'))
    expect(resolved.outbound?.legs).toHaveLength(2)
    expect(resolved.inbound?.legs).toHaveLength(2)
  })

  it('every eighth of 88 recorded lights with 17 hourly programs is shown exactly', async () => {
    const byLight = new Map<string, SumoProgram[]>()
    for (const program of await programsIn([sample('ingolstadt-recorded/2023-06-20_tlLogics_24h.tll.xml')])) {
      byLight.set(program.tl, [...(byLight.get(program.tl) ?? []), program])
    }
    expect(byLight.size).toBe(88)
    for (const [id, programs] of [...byLight].filter((_, i) => i % 8 === 0)) {
      const links = programs[0]?.phases[0]?.state.length ?? 0
      const derived = deriveSignal({ id, nodes: ['n'], foes: () => false, links: Array.from({ length: links }, (_, index) => ({ index, kind: 'vehicle', approach: String(index), paths: [] })) }, programs, new Notes())
      for (const program of programs) {
        const compiled = compileSignal(derived.signal, derived.patterns.get(program.id) ?? expect.fail('no pattern'))
        expect(differences(program, (t) => Array.from({ length: links }, (_, i) => letterAt(compiled, { groups: derived.links.get(i) ?? [], rest: 'r' }, t)).join(''))).toEqual([])
      }
    }
  })
})
