// Words of the command line that several benches understand.
import type { DrivingModel } from './check-case.ts'


/** "idm 0.5" or "krauss 1". Throws for anything else. */
export function readModel(text: string): DrivingModel {
  const [model, step] = text.trim().split(' ')
  if ((model !== 'idm' && model !== 'krauss') || !(Number(step) > 0)) throw new Error(`"${text}" is no model and step; write for instance "idm 0.5"`)
  return { model, step_s: Number(step) }
}
