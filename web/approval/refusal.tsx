// Why a step was refused, beside the button that asked for it.
import { Said, type Sentence } from '../shell/parts/said.tsx'
import type { Taken } from './asking.ts'

/** `also`: what else was refused; shown where the step itself was not. */
export function Refusal({ of, also }: { of: Pick<Taken, 'refusal'>; also?: Sentence | undefined }) {
  const said = of.refusal ?? also
  return said === undefined ? null : <p role="alert" class="ap-refusal"><Said {...said} /></p>
}
