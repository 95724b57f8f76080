// People, keys, repeated requests and the audit in memory.
import { chainEntry } from '../ports/chain.ts'
import { KEEP_REQUESTS_S, REQUEST_LEASE_S, takenOver } from '../ports/idempotency.ts'
import type { AuditLog, IdempotencyStore, PeopleStore } from '../ports/index.ts'
import { compareKeys } from '../ports/pages.ts'
import { given, kept, keyOf, requireFree, requireVersion, type Access } from './memory-tables.ts'
import { listPage } from './memory-workflow.ts'

export const memoryPeople = (access: Access): PeopleStore => ({
  list: () => access(({ people }) => [...people.values()].sort((a, b) => compareKeys([a.login], [b.login])).map(given)),
  byLogin: (login) => access(({ people }) => given([...people.values()].find((person) => person.login === login))),
  byId: (id) => access(({ people }) => given(people.get(id))),
  put: (person, expected) => access(({ people }) => {
    requireVersion(`person "${person.id}"`, people.get(person.id)?.version ?? 0, expected)
    requireFree(`the login "${person.login}"`, [...people.values()].some((other) => other.login === person.login && other.id !== person.id))
    const next = kept({ ...person, version: expected + 1 })
    people.set(person.id, next)
    return given(next)
  }),
  openSession: (session) => access(({ sessions }) => {
    for (const old of sessions.values()) if (old.expires_at <= session.created_at) sessions.delete(old.token_hash)
    requireFree('the session', sessions.has(session.token_hash))
    sessions.set(session.token_hash, kept(session))
  }),
  session: (token_hash, now) => access(({ sessions, people }) => {
    const session = sessions.get(token_hash)
    const person = session === undefined ? undefined : people.get(session.person)
    return session === undefined || person === undefined || person.disabled || session.expires_at <= now ? undefined : given({ session, person })
  }),
  closeSession: (token_hash) => access(({ sessions }) => { sessions.delete(token_hash) }),
  closeSessions: (person) => access(({ sessions }) => {
    for (const session of sessions.values()) if (session.person === person) sessions.delete(session.token_hash)
  }),
  keys: () => access(({ keys }) => [...keys.values()].sort((a, b) => compareKeys([a.created_at, a.id], [b.created_at, b.id])).map(given)),
  key: (id) => access(({ keys }) => given(keys.get(id))),
  putKey: (key) => access(({ keys }) => { keys.set(key.id, kept(key)) }),
})

export const memoryIdempotency = (access: Access): IdempotencyStore => ({
  begin: ({ key, actor, route, body_hash, now }) => access(({ requests }) => {
    for (const [old, { begun_at }] of requests) if (begun_at <= now - KEEP_REQUESTS_S) requests.delete(old)
    const name = keyOf(actor, route, key)
    const known = requests.get(name)
    if (known === undefined || (known.answer === undefined && Math.abs(known.begun_at - now) > REQUEST_LEASE_S)) {
      requests.set(name, { body_hash, begun_at: now })
      return 'new'
    }
    if (known.body_hash !== body_hash) return 'other'
    return known.answer === undefined ? 'running' : given(known.answer)
  }),
  finish: ({ key, actor, route, begun_at }, answer) => access(({ requests }) => {
    const name = keyOf(actor, route, key)
    const known = requests.get(name)
    if (known?.begun_at !== begun_at || known.answer !== undefined) throw takenOver(key)
    requests.set(name, { ...known, answer: kept(answer) })
  }),
  abandon: ({ key, actor, route, begun_at }) => access(({ requests }) => {
    const name = keyOf(actor, route, key)
    const known = requests.get(name)
    if (known?.begun_at === begun_at && known.answer === undefined) requests.delete(name)
  }),
})

export const memoryAudit = (access: Access): AuditLog => ({
  append: (entry) => access(({ audit }) => {
    const next = kept(chainEntry(kept(entry), audit.at(-1)))
    audit.push(next)
    return given(next)
  }),
  list: ({ subject, actor }, page) => access(({ audit }) => listPage(
    audit.filter((entry) => (subject ?? entry.subject) === entry.subject && (actor ?? entry.actor) === entry.actor), page, ({ seq }) => [seq], { like: [0], newest: true },
  )),
  async *all() {
    for (let seq = 0; ;) {
      const piece = await access(({ audit }) => audit.slice(seq, seq + 1000).map(given))
      if (piece.length === 0) return
      yield piece
      seq += piece.length
    }
  },
})
