// What is wrong, as one refusal.
import { GreenwaveError } from '../../model/errors.ts'

/** Throws plan.refused with the first sentence, and how many more there are. */
export function refuseSentences([first, ...more]: readonly string[]): void {
  if (first !== undefined) throw new GreenwaveError('plan.refused', more.length === 0 ? first : `${first} (and ${more.length} more)`)
}
