// Logging in through an identity provider. Browsers go through these addresses; what they get at the end is the session cookie.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import { LOGIN_S } from '../../adapters/identity/provider.ts'
import type { Store } from '../../plans/ports/store.ts'
import { BASE, route } from '../http/route.ts'
import { admit } from '../security/vouched-people.ts'
import type { Identity, Service } from '../server.ts'
import { openSession, sessionCookie } from './sessions.ts'

const START = '/sessions/oidc'
/** The page of the browser knows by it that the cookie lets it in. */
const ENTERED = '/#entered'

/** Comes back from the provider's site, which a strict cookie would not. Over TLS no other host of the domain can set it. */
const loginCookieName = (secure: boolean): string => (secure ? '__Host-greenwave_login' : 'greenwave_login')
const loginCookie = (sealed: string, seconds: number, secure: boolean): string => `${loginCookieName(secure)}=${sealed}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure ? '; Secure' : ''}`
const Word = Type.Optional(Type.String({ maxLength: 4000 }))

export function identityRoutes(server: FastifyInstance, { store, clock, settings, identity }: Service): void {
  const { secure, session_hours: hours } = settings
  route(server, {
    method: 'GET', url: '/sessions/ways', id: 'listLoginWays', tag: 'people', summary: 'Ways to log in', access: { role: 'public' },
    answers: { 200: Type.Object({ password: Type.Boolean(), identity_provider: Type.Optional(Type.Object({ issuer: Type.String(), start: Type.String({ description: 'Where to send the browser' }) })) }) },
    handler: async () => ({ password: true, ...(identity === undefined ? {} : { identity_provider: { issuer: identity.issuer, start: `${BASE}${START}` } }) }),
  })
  route(server, {
    method: 'GET', url: START, id: 'startOidcLogin', tag: 'people', summary: 'Log in through the identity provider', access: { role: 'public' },
    description: 'Sends the browser to the identity provider (OpenID Connect, authorization code with PKCE). 404 where none is set up.',
    answers: { 303: Type.Null({ description: 'At the identity provider' }) },
    handler: async (_request, reply) => {
      const { address, sealed } = await required(identity).provider.begin()
      return reply.status(303).headers({ 'location': address, 'cache-control': 'no-store', 'set-cookie': loginCookie(sealed, LOGIN_S, secure) }).send()
    },
  })
  route(server, {
    method: 'GET', url: `${START}/callback`, id: 'finishOidcLogin', tag: 'people', summary: 'Back from the identity provider', access: { role: 'public' },
    description: 'Where the identity provider sends the browser back to. Sets the session cookie of the person, who is made at the first login with the role that the provider\'s claim gives; without one nobody is let in.',
    query: Type.Object({ state: Word, code: Word, error: Word, iss: Word }), answers: { 303: Type.Null({ description: 'Logged in; at the page' }) },
    handler: async ({ query, headers }, reply) => {
      const { provider, issuer, mapping } = required(identity)
      // Whatever comes of it, this login is over.
      reply.headers({ 'cache-control': 'no-store', 'set-cookie': loginCookie('', 0, secure) })
      const claims = await provider.finish(query, cookieNamed(loginCookieName(secure), headers.cookie), (state) => firstTime(store, state, clock.now()))
      const now = clock.now()
      const outcome = await store.tx(async (stores) => {
        const admission = await admit(stores, claims, issuer, mapping, now)
        return 'refused' in admission ? admission : openSession(stores, admission.person, { now, hours, detail: { by: issuer } })
      })
      if ('refused' in outcome) throw outcome.refused
      // A second of the same name: Fastify keeps both.
      return reply.status(303).header('set-cookie', sessionCookie(outcome.token, hours * 3600, secure)).header('location', ENTERED).send()
    },
  })
}

function required(identity: Identity | undefined): Identity {
  if (identity === undefined) throw new GreenwaveError('request.unknown', 'No identity provider is set up here; log in with a password')
  return identity
}

/** At any process on this store. */
async function firstTime({ idempotency }: Store, state: string, now: number): Promise<boolean> {
  const entry = { key: state, actor: 'nobody', route: `${BASE}${START}/callback`, now }
  if ((await idempotency.begin({ ...entry, body_hash: '' })) !== 'new') return false
  await idempotency.finish({ ...entry, begun_at: now }, { status: 303, headers: {}, body: null })
  return true
}

const cookieNamed = (name: string, header = ''): string | undefined => header.split(';').map((part) => part.trim()).find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1)
