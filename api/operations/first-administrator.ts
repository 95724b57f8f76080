// Somebody must be able to let others in: the first start makes an administrator, whose password is told once.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GreenwaveError } from '../../model/errors.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { Store } from '../../plans/ports/store.ts'
import { hashPassword } from '../security/secrets.ts'

const SHORTEST = 12

export interface FirstAdministrator {
  login: string
  /** Chosen by whoever set the service up. */
  password?: string
  clock: Clock
  /** Tells a password that was made up; called before it is kept, so that it can't get lost, and taken back where somebody else was quicker. */
  tell: (login: string, password: string) => { keep: () => void; takeBack: () => void }
}

/** Undefined when there is one already; else with the password that was made up, if one was. Several processes may start at once. Throws `usage` for a password that is too short. */
export async function ensureAdministrator(store: Store, { login, password: chosen, clock, tell }: FirstAdministrator): Promise<{ made_up?: string } | undefined> {
  if (await hasAdministrator(store)) return undefined
  if (chosen !== undefined && chosen.length < SHORTEST) throw new GreenwaveError('usage', `admin_password has ${chosen.length} characters; it must have at least ${SHORTEST}`)
  const password = chosen ?? randomBytes(15).toString('base64url')
  const password_hash = await hashPassword(password)
  const told = chosen === undefined ? tell(login, password) : undefined
  try {
    const made = await store.tx(async (stores) => {
      if (await hasAdministrator(stores)) return false
      const taken = await stores.people.byLogin(login)
      if (taken !== undefined) throw new GreenwaveError('usage', `there is no administrator, and the login ${JSON.stringify(login)} is somebody else's; set admin_login to another one`)
      const person = await stores.people.put({ id: randomUUID(), login, name: 'Administrator', role: 'administrator', password_hash, disabled: false, version: 0 }, 0)
      await stores.audit.append({ time_s: clock.now(), actor: 'greenwave', action: 'person.add', subject_kind: 'person', subject: person.id, detail: { login, role: 'administrator', first: true } })
      return true
    })
    if (made) told?.keep()
    else told?.takeBack()
    return made ? (chosen === undefined ? { made_up: password } : {}) : undefined
  } catch (error) {
    told?.takeBack()
    throw error
  }
}

const hasAdministrator = async ({ people }: Pick<Store, 'people'>): Promise<boolean> => (await people.list()).some(({ role, disabled }) => role === 'administrator' && !disabled)

/** Into a file that its owner alone can read: a log is read by many. Answers the path. */
export function firstLoginFile(directory: string): { path: string; tell: FirstAdministrator['tell'] } {
  const path = join(directory, 'first-login.json')
  return {
    path,
    tell(login, password) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const draft = `${path}.${process.pid}`
      rmSync(draft, { force: true })
      writeFileSync(draft, `${JSON.stringify({ login, password }, undefined, 1)}\n`, { mode: 0o600, flag: 'wx' })
      return { keep: () => renameSync(draft, path), takeBack: () => rmSync(draft, { force: true }) }
    },
  }
}
