// People with roles.
import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { ROLES, type Person } from '../../plans/ports/people.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { keepAnswer, sendAnswer } from '../http/idempotency.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import { hashPassword } from '../security/secrets.ts'
import type { Service } from '../server.ts'

const RoleSchema = Type.Enum(ROLES)
const PersonSchema = Type.Object({ id: Type.String(), login: Type.String(), name: Type.String(), role: RoleSchema, disabled: Type.Boolean(), version: Type.Integer() })
const Password = Type.String({ minLength: 12, maxLength: 1000, description: 'At least 12 characters' })
const Parameters = Type.Object({ person: Type.String({ minLength: 1, maxLength: 100 }) })

/** Without the hash of the password. */
const shown = ({ id, login, name, role, disabled, version }: Person): Omit<Person, 'password_hash'> => ({ id, login, name, role, disabled, version })

export function peopleRoutes(server: FastifyInstance, { store, clock }: Service): void {
  route(server, {
    method: 'GET', url: '/people', id: 'listPeople', tag: 'people', summary: 'Everybody with a login', access: { role: 'administrator' }, answers: { 200: Type.Object({ items: Type.Array(PersonSchema) }) },
    handler: async () => ({ items: (await store.people.list()).map(shown) }),
  })
  route(server, {
    method: 'GET', url: '/people/:person', id: 'getPerson', tag: 'people', summary: 'One person', access: { role: 'administrator' }, params: Parameters, answers: { 200: PersonSchema },
    handler: async (request, reply) => {
      const person = await find(store, request.params.person)
      return unchanged(request, reply, person.version) ? reply.send() : shown(person)
    },
  })
  route(server, {
    method: 'GET', url: '/names', id: 'listNames', tag: 'people', summary: 'Who is behind the ids', access: { role: 'viewer' }, description: 'Plans, approvals and the audit name people by their id; names alone are told here, to whoever may see those.',
    answers: { 200: Type.Object({ items: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })) }) },
    handler: async () => ({ items: (await store.people.list()).map(({ id, name }) => ({ id, name })) }),
  })
  route(server, {
    method: 'POST', url: '/people', id: 'addPerson', tag: 'people', summary: 'Give somebody a login', access: { role: 'administrator' }, idempotent: true,
    body: Type.Object({ login: Type.String({ minLength: 1, maxLength: 200 }), name: Type.String({ minLength: 1, maxLength: 200 }), role: RoleSchema, password: Type.Optional(Password) }, { additionalProperties: false }),
    example: { login: 'wang.fang', name: '王芳', role: 'engineer' },
    answers: { 201: PersonSchema },
    handler: async (request, reply) => {
      const { login, name, role, password } = request.body
      const password_hash = password === undefined ? undefined : await hashPassword(password)
      const answer = await store.tx(async (stores) => {
        const added = await stores.people.put({ id: randomUUID(), login, name, role, disabled: false, version: 0, ...(password_hash === undefined ? {} : { password_hash }) }, 0)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'person.add', subject_kind: 'person', subject: added.id, detail: { login, role } })
        const made = { status: 201, headers: { location: `/api/v1/people/${added.id}`, etag: etagOf(added.version) }, body: shown(added) }
        await keepAnswer(request, stores, made)
        return made
      })
      return sendAnswer(reply, answer)
    },
  })
  route(server, {
    method: 'PATCH', url: '/people/:person', id: 'changePerson', tag: 'people', summary: 'Change name, role, password, or shut somebody out', access: { role: 'administrator' }, versioned: true, params: Parameters,
    description: 'A change of role or password, or shutting out, ends all sessions of the person.',
    body: Type.Partial(Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), role: RoleSchema, password: Password, disabled: Type.Boolean() }), { additionalProperties: false }),
    example: { role: 'approver' },
    answers: { 200: PersonSchema },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const { password, ...change } = request.body
      const password_hash = password === undefined ? undefined : await hashPassword(password)
      const person = await store.tx(async (stores) => {
        const before = await find(stores, request.params.person)
        const after = { ...before, ...change, ...(password_hash === undefined ? {} : { password_hash }) }
        if (before.role === 'administrator' && !before.disabled && (after.role !== 'administrator' || after.disabled)) await refuseLast(stores, before.id)
        const stored = await stores.people.put(after, expected)
        if (after.role !== before.role || after.disabled || password !== undefined) await stores.people.closeSessions(before.id)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'person.change', subject_kind: 'person', subject: before.id, detail: { ...change, ...(password === undefined ? {} : { password: 'changed' }) } })
        return stored
      })
      reply.header('etag', etagOf(person.version))
      return shown(person)
    },
  })
}

async function find({ people }: Pick<Service['store'], 'people'>, id: string): Promise<Person> {
  const person = await people.byId(id)
  if (person === undefined) throw new GreenwaveError('request.unknown', `There is nobody with the id ${JSON.stringify(id)}`)
  return person
}

/** Somebody must be able to let others in. */
async function refuseLast({ people }: Pick<Service['store'], 'people'>, id: string): Promise<void> {
  const others = (await people.list()).some((person) => person.id !== id && person.role === 'administrator' && !person.disabled)
  if (!others) throw new GreenwaveError('request.invalid', 'This is the last administrator; make somebody else one first')
}
