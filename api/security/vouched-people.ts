// People for whom an identity provider vouches: who they are here, and with which role.
import { GreenwaveError } from '../../model/errors.ts'
import { ROLES, type Person, type Role } from '../../plans/ports/people.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { sha256 } from './secrets.ts'

export interface RoleMapping {
  /** Name of the claim, or the way to it with dots (`realm_access.roles`). */
  claim: string
  /** Values of the claim, and what they make of a person. */
  roles: Readonly<Record<string, Role>>
}

interface Identity {
  sub: string
  [claim: string]: unknown
}

const LONGEST = 200

/** The highest role that one of the values gives; undefined for none. */
export function roleOf(identity: Identity, { claim, roles }: RoleMapping): Role | undefined {
  const said = valueAt(identity, claim)
  const values: unknown[] = Array.isArray(said) ? said : [said]
  const mapped = values.flatMap((value) => (typeof value === 'string' && Object.hasOwn(roles, value) ? [roles[value]!] : []))
  return ROLES.findLast((role) => mapped.includes(role))
}

/** The whole name first: there are claims with dots in their names. */
function valueAt(identity: Identity, claim: string): unknown {
  if (Object.hasOwn(identity, claim)) return identity[claim]
  let at: unknown = identity
  for (const part of claim.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string, unknown>)[part]
  }
  return at
}

/** Who vouches and for whom, never the login: whoever is called like somebody with a password is somebody else. */
export const vouchedId = (issuer: string, sub: string): string => `oidc-${sha256(`${issuer}\n${sub}`).slice(0, 32)}`

export type Admission = { person: Person } | { refused: GreenwaveError }

/**
 * The person with the role that the provider gives today, made at the first login. A refusal is returned rather than thrown, because what it leaves
 * behind (the audit, the end of older sessions) must stay. Belongs into a transaction.
 */
export async function admit({ people, audit }: Pick<Stores, 'people' | 'audit'>, identity: Identity, issuer: string, mapping: RoleMapping, now: number): Promise<Admission> {
  const id = vouchedId(issuer, identity.sub)
  const known = await people.byId(id)
  const role = roleOf(identity, mapping)
  const note = (action: string, detail: Record<string, unknown>): Promise<unknown> => audit.append({ time_s: now, actor: id, action, subject_kind: 'person', subject: id, detail: { ...detail, by: issuer } })
  if (role === undefined || known?.disabled === true) {
    if (known !== undefined) await people.closeSessions(id)
    await note('session.refuse', { reason: role === undefined ? 'no role' : 'disabled' })
    return { refused: new GreenwaveError('request.forbidden', role === undefined ? `${issuer} gives you no role here (claim ${JSON.stringify(mapping.claim)})` : 'An administrator shut you out') }
  }
  if (known === undefined) {
    const login = await freeLogin(people, wordOf(identity['preferred_username']) ?? wordOf(identity['email']) ?? wordOf(identity.sub) ?? id, id)
    const person = await people.put({ id, login, name: wordOf(identity['name']) ?? login, role, disabled: false, version: 0 }, 0)
    await note('person.add', { login, role })
    return { person }
  }
  if (known.role === role) return { person: known }
  const person = await people.put({ ...known, role }, known.version)
  await people.closeSessions(id)
  await note('person.change', { role })
  return { person }
}

async function freeLogin(people: Stores['people'], wanted: string, id: string): Promise<string> {
  return (await people.byLogin(wanted)) === undefined ? wanted : `${wanted.slice(0, LONGEST - 20)} (${id.slice(0, 13)})`
}

/** Text of a stranger as it may be shown in a line; undefined for none. */
function wordOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const word = value.replaceAll(/\p{C}/gu, '').trim().slice(0, LONGEST)
  return word === '' ? undefined : word
}
