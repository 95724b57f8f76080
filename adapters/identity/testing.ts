// A small identity provider for tests: everybody who asks is let in at once, and its tokens can be told to lie.
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose'

export const CLIENT = { client_id: 'greenwave', client_secret: 'a secret: with / signs + in it' }

export interface TestIssuer {
  issuer: string
  /** Of the next tokens; later ones win over the usual. */
  claims: JWTPayload
  /** How the next tokens are signed. */
  signs: 'well' | 'none' | 'another key' | 'shared secret'
  /** Requests by path. */
  asked: Record<string, number>
  /** As a browser does: follows the address to the provider, and returns what it is sent back to. */
  visit(address: string): Promise<URL>
  close(): Promise<void>
}

interface Grant {
  nonce: string
  challenge: string
  redirect: string
}

/** Its clock is the caller's. */
export async function startIssuer(now: () => number): Promise<TestIssuer> {
  const [good, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')])
  const key = { ...await exportJWK(good.publicKey), kid: 'one', alg: 'ES256', use: 'sig' }
  const grants = new Map<string, Grant>()
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body, location }) => {
      response.writeHead(status, { 'content-type': 'application/json', ...(location === undefined ? {} : { location }) })
      response.end(JSON.stringify(body ?? {}))
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const it: TestIssuer = {
    issuer, claims: {}, signs: 'well', asked: {},
    visit: async (address) => new URL((await fetch(address, { redirect: 'manual' })).headers.get('location') ?? 'about:blank'),
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: object; location?: string }> {
    const { pathname, searchParams } = new URL(request.url!, issuer)
    it.asked[pathname] = (it.asked[pathname] ?? 0) + 1
    switch (pathname) {
      case '/.well-known/openid-configuration': return { status: 200, body: { issuer, authorization_endpoint: `${issuer}/enter`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` } }
      case '/keys': return { status: 200, body: { keys: [key] } }
      case '/enter': return { status: 302, location: grant(searchParams) }
      case '/token': return redeem(new URLSearchParams(await textOf(request)), request.headers.authorization)
      default: return { status: 404 }
    }
  }

  function grant(asked: URLSearchParams): string {
    const code = randomUUID()
    grants.set(code, { nonce: asked.get('nonce')!, challenge: asked.get('code_challenge')!, redirect: asked.get('redirect_uri')! })
    const back = new URL(asked.get('redirect_uri')!)
    back.searchParams.set('code', code)
    back.searchParams.set('state', asked.get('state')!)
    return back.href
  }

  async function redeem(form: URLSearchParams, authorization: string | undefined): Promise<{ status: number; body: object }> {
    const [id, secret] = Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64').toString().split(':').map((part) => new URLSearchParams(`x=${part}`).get('x'))
    if (id !== CLIENT.client_id || secret !== CLIENT.client_secret) return { status: 401, body: { error: 'invalid_client' } }
    const code = form.get('code') ?? ''
    const granted = grants.get(code)
    grants.delete(code)
    const proven = granted?.challenge === createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url') && granted.redirect === form.get('redirect_uri')
    return proven ? { status: 200, body: { token_type: 'Bearer', access_token: 'x', id_token: await tokenOf(granted.nonce) } } : { status: 400, body: { error: 'invalid_grant' } }
  }

  function tokenOf(nonce: string): Promise<string> {
    const claims = { iss: issuer, aud: CLIENT.client_id, sub: 'u-1', iat: now(), exp: now() + 300, nonce, ...it.claims }
    if (it.signs === 'none') return Promise.resolve(new UnsecuredJWT(claims).encode())
    if (it.signs === 'shared secret') return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(Buffer.from(CLIENT.client_secret))
    const [by, kid]: [CryptoKey, string] = it.signs === 'well' ? [good.privateKey, 'one'] : [other.privateKey, 'two']
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(by)
  }
  return it
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of request) text += String(piece)
  return text
}
