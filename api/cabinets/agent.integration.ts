// The listener against programs that know nothing of it: curl, openssl's certificates, and the agent as a process of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bundle, configHash, parseBundle, signBundle, timeText } from '../../adapters/controllers/pull/bundle.ts'
import { BODY, CONFIG, KEY, PUBLIC } from '../../adapters/controllers/pull/vectors.ts'
import { cabinetPost } from '../../plans/cabinet-post.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { CabinetDesk } from './desk.ts'
import { CabinetIdentity } from './identity.ts'
import { CabinetListener } from './listener.ts'

const folder = mkdtempSync(join(tmpdir(), 'cabinets-'))
const at = (name: string): string => join(folder, name)
const now = (): number => Date.now() / 1000
const openssl = (...args: string[]): void => { execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' }) }

function certificate(name: string, subject: string): void {
  openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${subject}`)
  writeFileSync(at(`${name}.ext`), 'subjectAltName=DNS:localhost')
  openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-out', `${name}.pem`, '-extfile', `${name}.ext`)
}

const store = memoryStore({ now })
const post = cabinetPost(store)
const desk = new CabinetDesk(store, post)
let listener: CabinetListener
let base: string

async function publish(bundleId: string): Promise<void> {
  const bundle: Bundle = { ...parseBundle(BODY), bundleId, baselineHash: configHash(CONFIG), notBefore: timeText(now() - 60), expiresAt: timeText(now() + 3600) }
  await post.publish({ ...signBundle(bundle, KEY), published_s: now(), watched_until_s: now() + 600 })
  await desk.look()
  listener.looked()
}

beforeAll(async () => {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=authority')
  for (const [name, subject] of [['server', 'localhost'], ['one', 'cab-0001'], ['two', 'cab-0002']] as const) certificate(name, subject)
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'forged.key', '-out', 'forged.pem', '-days', '2', '-subj', '/CN=cab-0001')
  for (const id of ['cab-0001', 'cab-0002']) await store.devices.put({ id, network: 'town', signal: id, protocol: 'pull', settings: {}, enabled: true, version: 0 }, 0)
  await desk.look()
  const identity = new CabinetIdentity({ macKey: () => undefined, key: async () => undefined, now, watch: now })
  listener = new CabinetListener({ desk, post, identity, now, base_s: 60, tls: { cert: readFileSync(at('server.pem')), key: readFileSync(at('server.key')), ca: readFileSync(at('ca.pem')) }, onFailure: () => {} })
  await new Promise<void>((resolve) => { listener.server.listen(0, 'localhost', resolve) })
  base = `https://localhost:${(listener.server.address() as AddressInfo).port}`
  await publish('42')
})

afterAll(async () => {
  await listener.stop()
  rmSync(folder, { recursive: true })
})

/** Not synchronous: the listener lives in this process. */
const curl = (who: string, ...args: string[]): Promise<string> => new Promise((resolve) => {
  const child = spawn('curl', ['-s', '--cacert', at('ca.pem'), '--cert', at(`${who}.pem`), '--key', at(`${who}.key`), '-w', '%{http_code}', ...args])
  let text = ''
  child.stdout.on('data', (bytes: Buffer) => { text += bytes.toString() })
  child.on('close', () => resolve(text))
})

describe('the listener of cabinets', () => {
  it('tells curl a bundle once, and then that nothing changed', async () => {
    const url = `${base}/v1/cabinets/cab-0001/timing`
    const same = ['--etag-save', at('etag'), '--etag-compare', at('etag'), '-o', at('body'), '-D', at('headers'), url]
    expect(await curl('one', ...same)).toBe('200')
    const [header, , signature] = /x-gw-signature: (\S+)/i.exec(readFileSync(at('headers'), 'utf8'))![1]!.split('.') as [string, string, string]
    writeFileSync(at('signed'), Buffer.concat([Buffer.from(`${header}.`), readFileSync(at('body'))]))
    writeFileSync(at('signature'), Buffer.from(signature, 'base64url'))
    openssl('pkey', '-in', keyFile(), '-pubout', '-out', 'public.pem')
    expect(execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'public.pem', '-rawin', '-in', 'signed', '-sigfile', 'signature'], { cwd: folder, encoding: 'utf8' })).toMatch(/Verified Successfully/)
    expect(await curl('one', ...same)).toBe('304')
  })

  it('lets a certificate speak for its own cabinet only, and only one that the authority signed', async () => {
    expect((await curl('two', '-o', at('other'), `${base}/v1/cabinets/cab-0001/timing`))).toBe('401')
    expect((await curl('two', '-o', at('other'), `${base}/v1/cabinets/cab-0002/timing`))).toBe('204')
    expect((await curl('forged', '-o', at('other'), `${base}/v1/cabinets/cab-0001/timing`))).toBe('401')
  })

  it('serves the agent, which takes a bundle once, reports it, and refuses an older one also after a loss of power', async () => {
    writeFileSync(at('hook.mjs'), HOOK)
    writeFileSync(at('agent.json'), JSON.stringify({
      server: base, cabinet: 'cab-0001', keys: { 'test-1': PUBLIC }, state: at('state.json'), base_s: 1, hook: [process.execPath, at('hook.mjs'), at('applied.json')], tls: { cert: at('one.pem'), key: at('one.key'), ca: at('ca.pem') },
    }))
    let agent = startAgent()
    try {
      const told = await reported(({ bundleId, state }) => bundleId === '42' && state === 'STORED')
      expect([told.level, told.config]).toEqual([2, CONFIG])
      expect((JSON.parse(readFileSync(at('applied.json'), 'utf8')) as Bundle).bundleId).toBe('42')
      agent.kill('SIGKILL')
      writeFileSync(at('state.json'), JSON.stringify({ last: '50', hash: 'of another' }))
      agent = startAgent()
      expect((await reported(({ state }) => state === 'REFUSED')).reason).toBe('old-bundle')
    } finally {
      agent.kill('SIGKILL')
    }
  })
})

function keyFile(): string {
  writeFileSync(at('signing.pem'), KEY.key.export({ type: 'pkcs8', format: 'pem' }))
  return at('signing.pem')
}

const startAgent = (): ChildProcess => spawn(process.execPath, [join(import.meta.dirname, '..', '..', 'deploy', 'cabinet-agent.mjs'), at('agent.json')], { stdio: 'ignore' })

interface ToldReport { bundleId: string; state: string; level: number; reason?: string; config?: object }

async function reported(fits: (report: ToldReport) => boolean): Promise<ToldReport> {
  for (let i = 0; i < 200; i++) {
    const { last } = await post.told('cab-0001')
    const report = last === undefined ? undefined : JSON.parse(last.text) as ToldReport
    if (report !== undefined && fits(report)) return report
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
  throw new Error(`no such report; the last is ${(await post.told('cab-0001')).last?.text ?? 'none'}`)
}

/** A controller process in little: keeps what it is given and says so. */
const HOOK = `
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
let held
for await (const line of createInterface({ input: process.stdin })) {
  const { ask, bundle } = JSON.parse(line)
  if (ask === 'apply') { held = bundle.bundleId; writeFileSync(process.argv[2], JSON.stringify(bundle)) }
  const answer = ask === 'config' ? ${JSON.stringify(CONFIG)} : ask === 'status' ? { state: held ? 'STORED' : 'REVERTED', level: held ? 2 : 0, ...(held ? { bundleId: held } : {}) } : {}
  process.stdout.write(JSON.stringify(answer) + '\\n')
}
`
