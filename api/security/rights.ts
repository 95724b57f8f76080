// Who is asking, and whether they may.
import { GreenwaveError } from '../../model/errors.ts'
import { ROLES, type Role, type Scope } from '../../plans/ports/people.ts'

export type Principal =
  | { kind: 'person'; id: string; name: string; role: Role }
  | { kind: 'key'; id: string; name: string; scopes: readonly Scope[] }

/** What a route asks for. `scope` beside `role`: a machine with that scope may as well. */
export interface Access {
  /** The least role; `public` for what anybody may see, `published` for what an administrator has published. */
  role: Role | 'public' | 'published'
  scope?: Scope['do']
}

/** In the words of the audit. */
export const actorOf = (who: Principal): string => (who.kind === 'person' ? who.id : `key:${who.id}`)

export const hasRole = (role: Role, least: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(least)

/** Throws `request.unauthenticated`, `request.forbidden`. Which feed, screen or cabinet a scope names is compared with the address. */
export function authorise(who: Principal | undefined, access: Access, parameters: Record<string, string>, published: boolean): void {
  if (access.role === 'public' || (access.role === 'published' && published)) return
  if (who === undefined) throw new GreenwaveError('request.unauthenticated', 'This needs a login or a key')
  const least = access.role === 'published' ? 'viewer' : access.role
  if (who.kind === 'person') {
    if (hasRole(who.role, least)) return
    throw new GreenwaveError('request.forbidden', `This needs the role ${least}; ${who.name} has the role ${who.role}`)
  }
  if (access.scope !== undefined && who.scopes.some((scope) => scope.do === access.scope && fits(scope, parameters))) return
  throw new GreenwaveError('request.forbidden', `The key ${JSON.stringify(who.name)} may not do this${access.scope === undefined ? '' : ` here; it needs the scope "${access.scope}" for it`}`)
}

function fits(scope: Scope, parameters: Record<string, string>): boolean {
  switch (scope.do) {
    case 'feed': return parameters['feed'] === scope.feed
    case 'screen': return parameters['screen'] === scope.screen
    case 'cabinet': return parameters['network'] === scope.network && parameters['signal'] === scope.signal
    case 'metrics': return true
  }
}
