// Logins of the people of the demo town, with passwords made up at the first start and kept where its owner alone can read them.
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROLES, type Role } from '../../plans/ports/people.ts'

/** Password by role; the role is the login. */
export type DemoLogins = Record<Role, string>

export interface KnownLogins {
  path: string
  logins: DemoLogins
}

/** Those of an earlier start, or new ones. A file that can't be understood is written anew: the passwords in the store follow it. */
export function demoLogins(directory: string): KnownLogins {
  const path = join(directory, 'demo-logins.json')
  const known = readLogins(path)
  if (known !== undefined) return { path, logins: known }
  const logins = Object.fromEntries(ROLES.map((role) => [role, randomBytes(9).toString('base64url')])) as DemoLogins
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  rmSync(draft, { force: true })
  writeFileSync(draft, `${JSON.stringify(logins, undefined, 1)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(draft, path)
  return { path, logins }
}

function readLogins(path: string): DemoLogins | undefined {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    return ROLES.every((role) => typeof found[role] === 'string' && found[role].length >= 12) ? (found as DemoLogins) : undefined
  } catch {
    return undefined
  }
}
