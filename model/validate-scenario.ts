// What must hold for scenario.json beyond its lists.
import { GreenwaveError } from './errors.ts'
import type { ScenarioDocument } from './scenario.ts'

/** Throws input.value naming the value; returns the document unchanged. */
export function validateScenario(scenario: ScenarioDocument, file = 'scenario.json'): ScenarioDocument {
  const { driving } = scenario
  if (driving !== undefined && driving !== 'field' && driving !== 'sumo') {
    throw new GreenwaveError('input.value', `driving is "${String(driving)}"; it must be "field" or "sumo"`, { file })
  }
  return scenario
}
