// Whether people may log in through an identity provider, and through which: all of it or nothing.
import { isGuarded, type ProviderSettings } from '../../adapters/identity/provider.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { RoleMapping } from '../security/vouched-people.ts'
import { OIDC_CALLBACK, type Configuration } from './settings.ts'

/** Undefined where none is named. Throws `usage` for one that could let nobody in, or anybody. */
export function oidcOf(configuration: Configuration): { settings: ProviderSettings; mapping: RoleMapping } | undefined {
  const { oidc_issuer: issuer, oidc_client_id: client_id, oidc_client_secret: client_secret, oidc_redirect: redirect, oidc_roles: roles, oidc_scope: scope, oidc_role_claim: claim } = configuration
  const needed = { oidc_issuer: issuer, oidc_client_id: client_id, oidc_client_secret: client_secret, oidc_redirect: redirect, oidc_roles: roles }
  const missing = Object.entries(needed).filter(([, value]) => value === undefined).map(([name]) => name)
  if (missing.length === Object.keys(needed).length) return undefined
  if (issuer === undefined || client_id === undefined || client_secret === undefined || redirect === undefined || roles === undefined) throw new GreenwaveError('usage', `login through an identity provider needs ${missing.join(', ')} too`)
  for (const [name, address] of [['oidc_issuer', issuer], ['oidc_redirect', redirect]] as const) {
    if (!isGuarded(address)) throw new GreenwaveError('usage', `${name} is ${address}; it must be an https address, or one of this computer`)
  }
  if (new URL(redirect).pathname !== OIDC_CALLBACK) throw new GreenwaveError('usage', `oidc_redirect is ${redirect}; its path must be ${OIDC_CALLBACK}`)
  if (!scope.split(' ').includes('openid')) throw new GreenwaveError('usage', `oidc_scope is ${JSON.stringify(scope)}; openid must be among it`)
  return { settings: { issuer, client_id, client_secret, redirect, scope }, mapping: { claim, roles } }
}
