import { GreenwaveError } from '../../model/errors.ts'
import type { ApiKey, PeopleStore, Person, Session } from '../../plans/ports/people.ts'
import type { Sql } from './database.ts'
import { documentOf, present, requireInserted, textOf, written } from './rows.ts'

const PERSON = 'id, login, name, role, password_hash, disabled, version'
const KEY = 'id, secret_hash, name, scopes, created_by, created_at, expires_at, revoked_at'
const personOf = (row: Person): Person => present<Person>(row as never)
const keyOf = (row: ApiKey & { scopes: unknown }): ApiKey => present<ApiKey>({ ...row, scopes: documentOf(row.scopes as never) } as never)

async function findPerson(sql: Sql, column: 'id' | 'login', value: string): Promise<Person | undefined> {
  const [row] = await sql.query<Person>(`SELECT ${PERSON} FROM person WHERE ${column} = $1`, [value])
  return row === undefined ? undefined : personOf(row)
}

export const peopleStore = (sql: Sql): PeopleStore => ({
  list: async () => (await sql.query<Person>(`SELECT ${PERSON} FROM person ORDER BY login`)).map(personOf),
  byLogin: (login) => findPerson(sql, 'login', login),
  byId: (id) => findPerson(sql, 'id', id),
  put: ({ id, login, name, role, password_hash, disabled }, expected) => sql.atomically(async (own) => {
    const namesake = await findPerson(own, 'login', login)
    if (namesake !== undefined && namesake.id !== id) throw new GreenwaveError('store.conflict', `the login "${login}" is taken`)
    const rows = await own.query<Person>(expected === 0
      ? `INSERT INTO person (${PERSON}) VALUES ($1, $2, $3, $4, $5, $6, $7::integer + 1) ON CONFLICT DO NOTHING RETURNING ${PERSON}`
      : `UPDATE person SET login = $2, name = $3, role = $4, password_hash = $5, disabled = $6, version = version + 1 WHERE id = $1 AND version = $7 RETURNING ${PERSON}`,
    [id, login, name, role, password_hash ?? null, disabled, expected])
    return personOf(await written(own, rows, `person "${id}"`, expected, { from: 'person', where: 'id = $1', key: [id] }))
  }),
  async openSession({ token_hash, person, created_at, expires_at }) {
    await sql.query('DELETE FROM session WHERE expires_at <= $1', [created_at])
    const rows = await sql.query(
      'INSERT INTO session (token_hash, person, created_at, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING token_hash', [token_hash, person, created_at, expires_at],
    )
    requireInserted(rows, 'the session')
  },
  async session(token_hash, now) {
    const [row] = await sql.query<Session & Person>(`
      SELECT s.token_hash, s.person, s.created_at, s.expires_at, p.id, p.login, p.name, p.role, p.password_hash, p.disabled, p.version
      FROM session s JOIN person p ON p.id = s.person WHERE s.token_hash = $1 AND s.expires_at > $2 AND NOT p.disabled`, [token_hash, now])
    if (row === undefined) return undefined
    const { person, created_at, expires_at } = row
    const { id, login, name, role, password_hash, disabled, version } = row
    return { session: { token_hash, person, created_at, expires_at }, person: personOf({ id, login, name, role, ...(password_hash === undefined ? {} : { password_hash }), disabled, version }) }
  },
  async closeSession(token_hash) {
    await sql.query('DELETE FROM session WHERE token_hash = $1', [token_hash])
  },
  async closeSessions(person) {
    await sql.query('DELETE FROM session WHERE person = $1', [person])
  },
  keys: async () => (await sql.query<ApiKey & { scopes: unknown }>(`SELECT ${KEY} FROM api_key ORDER BY created_at, id`)).map(keyOf),
  async key(id) {
    const [row] = await sql.query<ApiKey & { scopes: unknown }>(`SELECT ${KEY} FROM api_key WHERE id = $1`, [id])
    return row === undefined ? undefined : keyOf(row)
  },
  async putKey({ id, secret_hash, name, scopes, created_by, created_at, expires_at, revoked_at }) {
    await sql.query(`
      INSERT INTO api_key (${KEY}) VALUES ($1, $2, $3, $4::json, $5, $6, $7, $8)
      ON CONFLICT (id) DO UPDATE SET secret_hash = $2, name = $3, scopes = $4::json, created_by = $5, created_at = $6, expires_at = $7, revoked_at = $8`,
    [id, secret_hash, name, textOf(scopes), created_by, created_at, expires_at ?? null, revoked_at ?? null])
  },
})
