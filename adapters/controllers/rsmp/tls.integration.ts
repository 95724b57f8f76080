// Both ends prove themselves, by certificates that OpenSSL made.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type HeldSite, holdSite } from './listener.ts'

const folder = mkdtempSync(join(tmpdir(), 'rsmp-'))
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const openssl = (...args: string[]): void => { execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }) }
const SECRETS: Record<string, string> = { 'rsmp-tls-cert': 'centre.pem', 'rsmp-tls-key': 'centre.key', 'rsmp-tls-ca': 'ca.pem' }
let port = 0
let held: HeldSite

beforeAll(async () => {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=authority')
  openssl('req', '-x509', ...key, '-keyout', 'forged.key', '-out', 'forged.pem', '-days', '2', '-subj', '/CN=site-1')
  for (const [name, subject] of [['centre', 'localhost'], ['one', 'site-1'], ['two', 'site-2']] as const) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`)
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', `${name}.pem`)
  }
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  port = (free.address() as AddressInfo).port
  free.close()
  await once(free, 'close')
  const record = { id: 'd', network: 'n', signal: '1', protocol: 'rsmp', enabled: true, version: 1, settings: { site: 'site-1', port, tls: 'mutual', groups: [] } }
  held = holdSite(record, { now: () => Date.now() / 1000, wait: (seconds) => sleep(seconds * 1000), secret: (name) => { const file = SECRETS[name]; return file === undefined ? undefined : read(file) } })
  await held.site.listening
})

afterAll(() => {
  held.release()
  rmSync(folder, { recursive: true })
})

/** What a site with that certificate is told when it says that it is site-1. */
async function introduce(name: string | undefined): Promise<string> {
  const own = name === undefined ? {} : { cert: read(`${name}.pem`), key: read(`${name}.key`) }
  const socket = connect({ port, host: '127.0.0.1', ca: read('ca.pem'), servername: 'localhost', checkServerIdentity: () => undefined, ...own })
  socket.write('{"mType":"rSMsg","type":"Version","mId":"00000000-0000-4000-8000-000000000009","RSMP":[{"vers":"3.2.2"}],"siteId":[{"sId":"site-1"}],"SXL":"1.2.1"}\f')
  const told = await new Promise<string>((resolve) => { socket.setEncoding('utf8').once('data', resolve).once('error', () => resolve('turned away')).once('close', () => resolve('turned away')) })
  socket.destroy()
  return told.split('\f')[0] as string
}

it('lets in the site that its certificate names, and nobody else', async () => {
  expect(await introduce(undefined)).toBe('turned away')
  expect(await introduce('forged')).toBe('turned away')
  expect(JSON.parse(await introduce('two'))).toMatchObject({ type: 'MessageNotAck', rea: 'the certificate is of another site' })
  expect(JSON.parse(await introduce('one'))).toMatchObject({ type: 'MessageAck' })
})
