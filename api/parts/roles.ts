// Which roles a process can have on its database.
import { GreenwaveError } from '../../model/errors.ts'
import type { Configuration } from '../configuration/settings.ts'
import { ROLES } from './part.ts'

/** Throws `usage` for roles that the store can't be shared for. */
export function requireRoles({ roles, database_url, data }: Pick<Configuration, 'roles' | 'database_url' | 'data'>): void {
  if (database_url !== undefined || roles.length === ROLES.length) return
  throw new GreenwaveError('usage', `roles is ${roles.join(',')}, but the embedded database in ${data} belongs to one process: nobody else could do ${ROLES.filter((role) => !roles.includes(role)).join(' and ')}; name a PostgreSQL with --db, or leave roles out`)
}
