// What becomes of a file that is broken on purpose: a scenario that holds together, or a refusal that says why. For fuzz tests.
import { compileSignal } from '../model/compile.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Scenario } from '../model/scenario.ts'
import { validateDemand } from '../model/validate-demand.ts'
import { validateTiming } from '../model/validate-timing.ts'
import { validateNetwork } from '../model/validate.ts'

export type ImportOutcome = 'scenario' | 'refused'

/** Imports, validates everything and compiles the first plan. Throws whatever is not a refusal of the input (exit code 3). */
export async function importOutcome(load: () => Promise<{ scenario: Scenario }>): Promise<ImportOutcome> {
  try {
    const { scenario: { network, demand, timing } } = await load()
    validateNetwork(network)
    validateDemand(network, demand)
    validateTiming(network, timing)
    const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
    for (const pattern of timing.plans[0]?.patterns ?? []) compileSignal(signals.get(pattern.signal)!, pattern)
    return 'scenario'
  } catch (error) {
    if (error instanceof GreenwaveError && error.exitCode === 3) return 'refused'
    throw error
  }
}

/** The refusal that the work ends in. Throws where it goes through or fails otherwise. */
export async function importRefusal(work: Promise<unknown>): Promise<GreenwaveError> {
  const reason: unknown = await work.then(() => 'the import went through', (error: unknown) => error)
  if (reason instanceof GreenwaveError && reason.exitCode === 3) return reason
  throw new Error(`not refused: ${String(reason)}`, { cause: reason })
}
