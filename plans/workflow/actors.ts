// Who may take which step. The store is asked each time: a right that was taken away is gone at once.
import { GreenwaveError } from '../../model/errors.ts'
import { ROLES, type Role } from '../ports/people.ts'
import type { Stores } from '../ports/store.ts'

/** What greenwave does by itself stands under this name; it never approves. */
export const SERVICE_ACTOR = 'greenwave'

/** Throws `request.forbidden` unless the actor is a person of at least that role, or greenwave itself where that is allowed. */
export async function requireActor(stores: Pick<Stores, 'people'>, actor: string, least: Role, step: string, service: 'service' | 'people only' = 'service'): Promise<void> {
  if (actor === SERVICE_ACTOR) {
    if (service === 'service') return
    throw new GreenwaveError('request.forbidden', `${step} needs a person; greenwave does not do it by itself`)
  }
  const person = await stores.people.byId(actor)
  if (person === undefined || person.disabled) throw new GreenwaveError('request.forbidden', `${step} needs a person who may log in; "${actor}" is none`)
  if (ROLES.indexOf(person.role) < ROLES.indexOf(least)) throw new GreenwaveError('request.forbidden', `${step} needs the role ${least}; ${person.name} has the role ${person.role}`)
}
