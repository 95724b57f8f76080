// What must hold for scenario.json beyond its lists.
import { GreenwaveError } from './errors.ts'
import type { ScenarioDocument } from './scenario.ts'

/** Throws input.value naming the value; returns the document unchanged. */
export function validateScenario(scenario: ScenarioDocument, file = 'scenario.json'): ScenarioDocument {
  const { driving, car_following } = scenario
  if (driving !== undefined && driving !== 'field' && driving !== 'sumo') {
    throw new GreenwaveError('input.value', `driving is "${String(driving)}"; it must be "field" or "sumo"`, { file })
  }
  if (car_following !== undefined && car_following !== 'idm' && car_following !== 'krauss') {
    throw new GreenwaveError('input.value', `car_following is "${String(car_following)}"; it must be "idm" or "krauss"`, { file })
  }
  return scenario
}
