#!/usr/bin/env node
// The cabinet's side of pulled timings, in little: asks, proves, applies through a hook, reports. For those who build controllers; plain Node, nothing else.
// node cabinet-agent.mjs agent.json, with { server, cabinet, keys: { kid: base64url of the public key }, state: file, hook: [command, ...], base_s?,
// hmac_key_file? | tls?: { cert, key, ca } (files) }. The hook gets one JSON document a line and answers each with one line:
//   {"ask":"config"}                -> the cabinet's own configuration (adapters/controllers/pull/README.md): what the baseline hash is over
//   {"ask":"apply","bundle":{...}}  -> {}; the same bundle may come again and changes nothing; plans change at cycle ends
//   {"ask":"status"}                -> {"state","level","reason"?,"etag"? of what it keeps,"clock"?,"lamps"?}; at expiresAt it falls back by itself
import { createHash, createHmac, createPublicKey, randomBytes, verify } from 'node:crypto'
import { spawn } from 'node:child_process'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [BACK_OFF_MOST_S, MOST_BYTES] = [900, 65536]
const WATCHED_S = 10 // Asked to come this often, somebody watches: lamps are reported each time.
const KNOWN_CHECKS = ['minimum-green', 'conflict', 'intergreen', 'sum']

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** RFC 8785 for whole numbers and texts. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new Error(`${value} is no whole number`)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/**
 * The rules by which a cabinet takes a bundle. In: the bytes and their detached JWS as they came; own id; pinned keys { kid: base64url }, two while one
 * follows another; the last bundleId that was taken; own time, ms; own configuration. Out: { bundle } or { refused: why }.
 */
export function accept({ body, jws, cabinet, keys, last, now, config }) {
  const [header = '', detached, signature = ''] = String(jws).split('.')
  let head, bundle
  try { head = JSON.parse(Buffer.from(header, 'base64url').toString()) } catch { return { refused: 'signature-malformed' } }
  if (detached !== '' || head?.alg !== 'EdDSA' || head.b64 !== false || !Array.isArray(head.crit) || head.crit.join() !== 'b64') return { refused: 'signature-malformed' }
  if (!Object.hasOwn(keys, head.kid)) return { refused: 'key-unknown' }
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: keys[head.kid] }, format: 'jwk' })
  if (!verify(null, Buffer.concat([Buffer.from(`${header}.`), Buffer.from(body)]), key, Buffer.from(signature, 'base64url'))) return { refused: 'signature-bad' }
  try { bundle = JSON.parse(body) } catch { return { refused: 'malformed' } }
  if (bundle?.schema !== 'greenwave.timing/1' || !/^(0|[1-9]\d{0,19})$/.test(bundle.bundleId)) return { refused: 'malformed' }
  if (bundle.cabinetId !== cabinet) return { refused: 'other-cabinet' }
  if (BigInt(bundle.bundleId) <= BigInt(last)) return { refused: 'old-bundle' }
  if (!(now >= Date.parse(bundle.notBefore))) return { refused: 'too-early' }
  if (!(now <= Date.parse(bundle.expiresAt))) return { refused: 'expired' }
  if (bundle.baselineHash !== `sha256:${sha256(canonical(config))}`) return { refused: 'baseline' }
  for (const check of bundle.checks ?? []) if (!KNOWN_CHECKS.includes(check)) return { refused: `check-unknown ${check}` }
  for (const { planNo } of bundle.schedule) if (!bundle.plans.some((plan) => plan.planNo === planNo)) return { refused: `plan ${planNo} missing` }
  const faulty = bundle.plans.map((plan) => [plan.planNo, faultOf(plan, config)]).find(([, fault]) => fault !== undefined)
  return faulty === undefined ? { bundle } : { refused: `plan ${faulty.join(': ')}` }
}

/** Own checks: sum, own minimums and clearances, no conflict in a stage or from one to the next, the last and the first too. */
export function faultOf({ cycleS, offsetS, stages }, { groups, conflicts, intergreens, stages: own }) {
  const sum = stages.reduce((total, { greenS, yellowS, allRedS }) => total + greenS + yellowS + allRedS, 0)
  if (sum !== cycleS || !(offsetS >= 0 && offsetS < cycleS)) return `stages of ${sum} s, cycle ${cycleS} s, offset ${offsetS} s`
  const greenIn = stages.map(({ stageNo }) => own.find((stage) => stage.stageNo === stageNo)?.groups)
  if (greenIn.includes(undefined)) return 'a stage that this cabinet does not have'
  const conflict = (a, b) => conflicts.some((pair) => a !== b && pair.includes(a) && pair.includes(b))
  for (let i = 0; i < stages.length; i++) {
    const [here, next] = [greenIn[i], greenIn[(i + 1) % stages.length]]
    if (here.some((a) => here.some((b) => conflict(a, b)))) return `conflicting greens in stage ${stages[i].stageNo}`
    const ending = groups.filter(({ group }) => here.includes(group) && !next.includes(group))
    if (ending.length > 0 && stages[i].yellowS !== Math.max(...ending.map(({ yellowS }) => yellowS))) return `yellow of ${stages[i].yellowS} s after stage ${stages[i].stageNo}`
    for (const { group: from, yellowS, allRedS } of ending) for (const to of next.filter((one) => !here.includes(one) && conflict(one, from))) {
      const [given, needed] = [stages[i].yellowS + stages[i].allRedS, intergreens.find((one) => one.from === from && one.to === to)?.seconds ?? yellowS + allRedS]
      if (given < needed) return `${given} s from group ${from} to ${to}, not ${needed} s`
    }
    for (const { group, minGreenS } of groups.filter((one) => next.includes(one.group) && !here.includes(one.group))) {
      let green = 0
      for (let k = (i + 1) % stages.length; ; k = (k + 1) % stages.length) {
        green += stages[k].greenS
        if (!greenIn[(k + 1) % stages.length].includes(group)) break
        green += stages[k].yellowS + stages[k].allRedS
      }
      if (green < minGreenS) return `group ${group} green for ${green} s, least ${minGreenS} s`
    }
  }
  return undefined
}

/** What must survive a loss of power: written beside, forced to the disk, then put in place. */
export function keep(file, state) {
  const synced = (name, flags, text) => {
    const opened = openSync(name, flags, 0o600)
    if (text) writeSync(opened, text)
    fsyncSync(opened)
    closeSync(opened)
  }
  synced(`${file}.new`, 'w', JSON.stringify(state))
  renameSync(`${file}.new`, file)
  synced(dirname(file), 'r')
}

/** A missing file is a new cabinet; a broken one is not, and stops the agent: it would take old bundles again. */
export function recall(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { last: '0' }
}

/** RFC 9110 has no word for it: time, nonce, method, path and body under the key that was installed. */
export function authorization({ cabinet, key, method, path, body = '', now = Date.now() }) {
  const [time, nonce] = [Math.floor(now / 1000), randomBytes(16).toString('base64url')]
  const mac = createHmac('sha256', Buffer.from(key, 'base64url')).update([time, nonce, method, path, sha256(body)].join('\n')).digest('base64url')
  return `GW-HMAC-SHA256 cabinet=${cabinet},time=${time},nonce=${nonce},mac=${mac}`
}

/** The phase spreads a city's cabinets over the period, the same at each start. */
export const phaseOf = (cabinet, base_s) => createHash('sha256').update(cabinet).digest().readUInt32BE(0) % base_s
export const nextPollS = (base_s, random = Math.random()) => base_s * (0.8 + 0.4 * random)
export const backOffS = (failures, random = Math.random()) => random * Math.min(BACK_OFF_MOST_S, 5 * 2 ** Math.min(failures, 10))

class Hook {
  constructor([command, ...args]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.child.on('exit', () => { process.exitCode = 1; process.exit() })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
  }

  async ask(question) {
    this.child.stdin.write(`${JSON.stringify(question)}\n`)
    return JSON.parse((await this.lines.next()).value)
  }
}

class Agent {
  constructor(settings) {
    const { tls, hmac_key_file } = this.settings = { base_s: 60, ...settings }
    this.key = hmac_key_file && readFileSync(hmac_key_file, 'utf8').trim()
    this.tls = tls && Object.fromEntries(Object.entries(tls).map(([name, file]) => [name, readFileSync(file)]))
    this.state = recall(settings.state)
    this.hook = new Hook(settings.hook)
  }

  request(method, what, headers, body = '') {
    const { server, cabinet } = this.settings
    const url = new URL(`/v1/cabinets/${cabinet}/${what}`, server)
    const own = { ...headers, ...(this.key && { authorization: authorization({ cabinet, key: this.key, method, path: url.pathname, body }) }) }
    return new Promise((resolve, reject) => {
      const asked = (url.protocol === 'https:' ? https : http).request(url, { method, headers: own, timeout: 40_000, ...this.tls }, (answer) => {
        let [t1, body] = [Date.now(), Buffer.alloc(0)]
        answer.on('error', reject)
        answer.on('data', (chunk) => { if ((body = Buffer.concat([body, chunk])).length > MOST_BYTES) answer.destroy(new Error('an answer that is too large')) })
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body, skewMs: Math.round((t0 + t1) / 2 - Date.parse(answer.headers.date)) }))
      })
      const t0 = Date.now()
      asked.on('timeout', () => asked.destroy(new Error('no answer')))
      asked.on('error', reject)
      asked.end(body)
    })
  }

  /** One poll; says after how many seconds to come again. Throws where the server could not be asked. */
  async poll() {
    const answer = await this.request('GET', 'timing', this.etag ? { 'if-none-match': this.etag } : {})
    const config = await this.hook.ask({ ask: 'config' })
    let refused
    if (answer.status === 200) {
      const hash = sha256(answer.body)
      // After a restart it gets what it had: that is applied again, because power may have gone just before it was.
      const last = hash === this.state.hash ? String(BigInt(this.state.last) - 1n) : this.state.last
      const taken = accept({ body: answer.body, jws: answer.headers['x-gw-signature'], cabinet: this.settings.cabinet, keys: this.settings.keys, last, now: Date.now(), config })
      // Remembered before it is applied: whatever happens between, nothing older is taken.
      if (taken.bundle) {
        keep(this.settings.state, this.state = { last: taken.bundle.bundleId, hash })
        await this.hook.ask({ ask: 'apply', bundle: taken.bundle })
      } else if (hash !== this.state.hash) refused = { bundleId: /"bundleId":"(\d{1,20})"/.exec(answer.body)?.[1] ?? '0', state: 'REFUSED', level: 0, reason: taken.refused }
      this.etag = answer.headers.etag
    } else if (![204, 304].includes(answer.status)) throw Object.assign(new Error(`status ${answer.status}`), { after_s: Number(answer.headers['retry-after']) || 0 })
    const next = Number(answer.headers['x-gw-next-poll']) || this.settings.base_s
    await this.report(config, refused, next <= WATCHED_S || answer.status === 204, answer.skewMs)
    return nextPollS(next)
  }

  async report(config, refused, watched, skewMs) {
    const { lamps, ...status } = { bundleId: this.state.last, ...await this.hook.ask({ ask: 'status' }), ...refused }
    const hash = sha256(canonical(config))
    const said = JSON.stringify([status.bundleId, status.state, status.level, status.reason, hash])
    if (said === this.reported && !watched) return
    const report = { ...status, clock: { skewMs, source: 'http-date', ...status.clock }, ...(lamps ? { lamps } : {}), ...(hash === this.told ? {} : { config }) }
    const answer = await this.request('POST', 'report', { 'content-type': 'application/json' }, JSON.stringify(report))
    if (answer.status === 202) [this.reported, this.told] = [said, hash]
  }

  async run() {
    const { cabinet, base_s } = this.settings
    for (let failures = 0, wait_s = phaseOf(cabinet, base_s); ;) {
      await new Promise((resolve) => { setTimeout(resolve, wait_s * 1000) })
      try { [wait_s, failures] = [await this.poll(), 0] } catch (error) {
        process.stderr.write(`${error.message}\n`)
        wait_s = Math.max(error.after_s ?? 0, backOffS(failures++))
      }
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await new Agent(JSON.parse(readFileSync(process.argv[2], 'utf8'))).run()
