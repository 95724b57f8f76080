// Logging in and out.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { ROLES, type Person } from '../../plans/ports/people.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { route } from '../http/route.ts'
import { SESSION_COOKIE } from '../security/authenticate.ts'
import { newToken, sha256, verifyPassword } from '../security/secrets.ts'
import { LoginGuard } from '../security/login-guard.ts'
import type { Service } from '../server.ts'

const Me = Type.Object({
  id: Type.String(), name: Type.String(), kind: Type.Union([Type.Literal('person'), Type.Literal('key')]), role: Type.Optional(Type.Enum(ROLES)),
})

/** Without a token and with no seconds it takes the cookie away. */
export const sessionCookie = (token: string, seconds: number, secure: boolean): string => `${SESSION_COOKIE}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure ? '; Secure' : ''}`

/** Of somebody who has proven who it is. `detail` goes into the audit. */
export async function openSession({ people, audit }: Pick<Stores, 'people' | 'audit'>, person: Person, { now, hours, detail }: { now: number; hours: number; detail: Record<string, unknown> }): Promise<{ token: string; expires_at: number }> {
  const { secret, hash } = newToken()
  const expires_at = now + hours * 3600
  await people.openSession({ token_hash: hash, person: person.id, created_at: now, expires_at })
  await audit.append({ time_s: now, actor: person.id, action: 'session.open', subject_kind: 'person', subject: person.id, detail })
  return { token: secret, expires_at }
}

export function sessionRoutes(server: FastifyInstance, { store, clock, settings }: Service): void {
  const guard = new LoginGuard(clock)
  route(server, {
    method: 'POST', url: '/sessions', id: 'logIn', tag: 'people', summary: 'Log in with name and password', access: { role: 'public' },
    description: 'Answers a token for `Authorization: Bearer`, and sets it as a cookie. After five wrong passwords a login waits.',
    body: Type.Object({ login: Type.String({ minLength: 1, maxLength: 200 }), password: Type.String({ minLength: 1, maxLength: 1000 }) }, { additionalProperties: false }),
    example: { login: 'engineer', password: 'a long enough password' },
    answers: { 201: Type.Object({ token: Type.String(), expires_at: Type.String({ format: 'date-time' }), person: Me }) },
    handler: async ({ body, ip }, reply) => {
      guard.check(body.login, ip)
      const person = await store.people.byLogin(body.login)
      if (!(await verifyPassword(body.password, person?.password_hash)) || person === undefined || person.disabled) {
        guard.failed(body.login, ip)
        throw new GreenwaveError('request.unauthenticated', 'Name or password is wrong')
      }
      guard.passed(body.login)
      const { token, expires_at } = await store.tx((stores) => openSession(stores, person, { now: clock.now(), hours: settings.session_hours, detail: {} }))
      reply.status(201).header('set-cookie', sessionCookie(token, settings.session_hours * 3600, settings.secure)).header('cache-control', 'no-store')
      return { token, expires_at: new Date(expires_at * 1000).toISOString(), person: { id: person.id, name: person.name, kind: 'person' as const, role: person.role } }
    },
  })
  route(server, {
    method: 'DELETE', url: '/sessions/current', id: 'logOut', tag: 'people', summary: 'Log out', access: { role: 'viewer' }, answers: { 204: Type.Null() },
    handler: async (request, reply) => {
      const token = tokenOf(request.headers.authorization, request.headers.cookie)
      if (token !== undefined) await store.people.closeSession(sha256(token))
      return reply.status(204).header('set-cookie', sessionCookie('', 0, settings.secure)).send()
    },
  })
  route(server, {
    method: 'GET', url: '/me', id: 'whoAmI', tag: 'people', summary: 'Who is asking', access: { role: 'viewer' }, answers: { 200: Me },
    handler: async ({ principal }) => ({ id: principal!.id, name: principal!.name, kind: principal!.kind, ...(principal!.kind === 'person' ? { role: principal!.role } : {}) }),
  })
}

function tokenOf(authorization: string | undefined, cookies: string | undefined): string | undefined {
  return /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]+)`).exec(cookies ?? '')?.[1]
}
