// Forward only: a migration that was published is never changed, the next one has the next number.
import { sql as tables } from './0001-tables.ts'
import { sql as settings } from './0002-settings.ts'
import { sql as content } from './0003-content.ts'
import { sql as looks } from './0004-looks.ts'
import { sql as latest } from './0005-latest.ts'
import { sql as controllers } from './0006-controllers.ts'

export interface Migration {
  number: number
  name: string
  sql: string
}

export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'tables', sql: tables }, { number: 2, name: 'settings', sql: settings }, { number: 3, name: 'content', sql: content }, { number: 4, name: 'looks', sql: looks },
  { number: 5, name: 'latest', sql: latest }, { number: 6, name: 'controllers', sql: controllers },
]
