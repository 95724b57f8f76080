// Everything the microsimulation is validated against, in the order of the page.
import { controlDelays } from './control-delay.ts'
import type { Phenomenon } from './figures.ts'
import { permissiveLefts } from './permissive-left.ts'
import { platoonsAndFlow } from './platoons.ts'
import { queueDischarge } from './queue-discharge.ts'
import { streets } from './streets.ts'
import { unsignalised } from './unsignalised.ts'

export const PHENOMENA: readonly Phenomenon[] = [...queueDischarge, ...platoonsAndFlow, ...controlDelays, ...permissiveLefts, ...unsignalised, ...streets]
