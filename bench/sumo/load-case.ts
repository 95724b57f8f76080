// Finds a case by its name: public networks, generated corridors, networks drawn from a seed.
import { CITYFLOW_NETS, cityflowCase } from './cityflow-net.ts'
import { CORRIDORS, corridorCase } from './corridors.ts'
import type { CheckCase } from './check-case.ts'
import { holdoutCase, isHoldout } from './holdout.ts'
import { publicCase } from './public-nets.ts'

/** Undefined where the samples do not hold it. Networks that have to be built are written to `folder`. */
export function loadCase(name: string, data: string, folder: string): Promise<CheckCase | undefined> {
  if (CORRIDORS.includes(name)) return corridorCase(name, folder)
  if (isHoldout(name)) return holdoutCase(name, folder)
  if (CITYFLOW_NETS.includes(name)) return cityflowCase(name, data, folder)
  return publicCase(name, data)
}
