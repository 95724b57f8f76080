// The plan as an additional file that plain SUMO loads beside the imported network: one <tlLogic> per planned signal.
// SUMO runs the program loaded last, and additional files are loaded after the network, so nothing has to switch it on.
// Position in the cycle = (time - offset) mod cycle, with local zero at the start of the first phase.
import { GreenwaveError } from '../../../model/errors.ts'
import type { CompiledSignal, Plan } from '../../../model/plan.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { Network } from '../../../model/network.ts'
import { compileSignal } from '../../../model/compile.ts'
import type { Pattern, Signal } from '../../../model/signal.ts'
import { displayPhases, linkDisplays } from './display.ts'
import { tag, XML_HEAD } from './write-xml.ts'

const PROGRAM_ID = 'greenwave'

/** In: the scenario that the plan was made for, and the plan. Out: the text of the additional file. */
export function exportSumoAdditional(scenario: Pick<Scenario, 'network'>, plan: Pick<Plan, 'intersections'>): string {
  return additionalFile(scenario.network, plan.intersections.map((intersection): CompiledSignal => ({
    signal: intersection.id, cycle_s: intersection.cycle_s, offset_s: intersection.offset_s, groups: intersection.signal_groups,
  })))
}

/** The same for patterns, such as those of the running plan. */
export function exportSumoPatterns(network: Network, patterns: readonly Pattern[], programId = PROGRAM_ID): string {
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  return additionalFile(network, patterns.map((pattern) => compileSignal(getSignal(signals, pattern.signal), pattern)), programId)
}

function getSignal(signals: ReadonlyMap<string, Signal>, id: string): Signal {
  const signal = signals.get(id)
  if (signal === undefined) throw new GreenwaveError('input.reference', `the network has no signal "${id}"`)
  return signal
}

/** Additional file from compiled signals. */
function additionalFile(network: Network, compiled: readonly CompiledSignal[], programId = PROGRAM_ID): string {
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  const programs = compiled.map((one) => programOf(network, getSignal(signals, one.signal), one, programId))
  return `${XML_HEAD}<additional>\n${programs.join('')}</additional>\n`
}

function programOf(network: Network, signal: Signal, compiled: CompiledSignal, programId: string): string {
  const links = linkDisplays(network, signal)
  if (links.length === 0) {
    throw new GreenwaveError('plan.refused', `signal ${signal.id} has no link indices of SUMO; export the network too`)
  }
  const head = tag('tlLogic', { id: signal.source_id, type: 'static', programID: programId, offset: compiled.offset_s }, false)
  const phases = displayPhases(compiled, links).map(({ duration_s, state }) => `        ${tag('phase', { duration: duration_s, state })}\n`)
  return `    ${head}\n${phases.join('')}    </tlLogic>\n`
}
