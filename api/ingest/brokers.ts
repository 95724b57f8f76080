// Brokers of MQTT that the operator names, with what lets one in: feeds name a broker, so that who may change feeds can neither read a password nor send it elsewhere.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'

export interface BrokerAccess {
  url: string
  username?: string
  password?: string
  ca?: string
}

const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:']
const KEYS = ['url', 'username', 'password_file', 'ca_file']

/** A JSON object of brokers by name: `url`, `username`, `password_file`, `ca_file`, paths from where it lies. Throws `input.*` with the place. */
export function readBrokers(file: string): Map<string, BrokerAccess> {
  const content = objectOf(parse(read(file, file), file), file, 'the file')
  return new Map(Object.entries(content).map(([name, value]) => {
    const entry = objectOf(value, file, `broker ${JSON.stringify(name)}`)
    const refuse = (sentence: string): GreenwaveError => new GreenwaveError('input.value', sentence, { file, element: `broker ${JSON.stringify(name)}` })
    for (const [key, one] of Object.entries(entry)) if (!KEYS.includes(key) || typeof one !== 'string') throw refuse(`${key} is none of ${KEYS.join(', ')}, or no text`)
    const { url = '', username, password_file, ca_file } = entry as Record<string, string | undefined>
    const why = faultOfAddress(url)
    if (why !== undefined) throw refuse(why)
    const fromFile = (path: string): string => read(resolve(dirname(file), path), file)
    return [name, {
      url, ...(username === undefined ? {} : { username }), ...(password_file === undefined ? {} : { password: fromFile(password_file).replace(/\r?\n$/, '') }), ...(ca_file === undefined ? {} : { ca: fromFile(ca_file) }),
    }]
  }))
}

export interface MqttFeed {
  access: BrokerAccess
  topics: string[]
  client_id: string
}

/** What a feed says of its broker; undefined for feeds that come another way. Throws `request.invalid` where it can't be followed. */
export function mqttOf({ id, kind, settings: { broker, topics, client_id } }: FeedRecord, brokers: ReadonlyMap<string, BrokerAccess>): MqttFeed | undefined {
  if (broker === undefined) return undefined
  const refuse = (sentence: string): GreenwaveError => new GreenwaveError('request.invalid', `The feed ${JSON.stringify(id)} ${sentence}`)
  if (kind !== 'probes') throw refuse(`is of ${kind}; only probes are read from brokers`)
  if (typeof broker !== 'string') throw refuse('has a broker that is no text')
  const access = brokers.get(broker)
  const why = access === undefined ? faultOfAddress(broker) : undefined
  if (why !== undefined) throw refuse(`names the broker ${JSON.stringify(broker)}, which is not among those of the operator: ${why}`)
  if (!Array.isArray(topics) || topics.length === 0 || topics.some((topic) => typeof topic !== 'string' || topic === '')) throw refuse('needs topics, for example ["probes/#"]')
  if (client_id !== undefined && (typeof client_id !== 'string' || client_id === '')) throw refuse('has a client_id that is no text')
  return { access: access ?? { url: broker }, topics: topics as string[], client_id: client_id ?? `greenwave-${id}` }
}

function faultOfAddress(url: string): string | undefined {
  if (!URL.canParse(url) || !PROTOCOLS.includes(new URL(url).protocol)) return 'it is no address such as mqtts://host:8883'
  const { username, password } = new URL(url)
  return username === '' && password === '' ? undefined : 'a name or password must not stand in the address'
}

function read(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new GreenwaveError('input.unreadable', `cannot be read: ${(error as Error).message}`, { file: path === named ? path : `${path}, which ${named} names,` }, error)
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GreenwaveError('input.syntax', `is no JSON: ${(error as Error).message}`, { file }, error)
  }
}

function objectOf(value: unknown, file: string, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new GreenwaveError('input.value', `${what} must be an object`, { file })
  return value as Record<string, unknown>
}
