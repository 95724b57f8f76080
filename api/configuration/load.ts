// Settings from the file, the environment and the flags, each with where it came from: file < environment < flags.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { GreenwaveError } from '../../model/errors.ts'
import { type Configuration, defaultsFor, environmentName, type Key, type Kind, type Setting, SETTINGS, TIME } from './settings.ts'

export interface Sources {
  /** By the name of the flag. */
  flags: Readonly<Record<string, string | undefined>>
  env: NodeJS.ProcessEnv
  /** Folder in which relative paths begin. */
  folder: string
  /** Named by the user; must then be there. */
  file?: string
}

export interface LoadedConfiguration {
  configuration: Configuration
  /** In words, by setting; `default` for what nobody said. */
  origins: Record<Key, string>
  /** Variables that look like ours and are none. */
  unknown: string[]
}

interface Found {
  value: unknown
  origin: string
  folder: string
}

const FILE = 'greenwave.config.json'

/** Throws `usage`, `input.*` with the setting, the value and where it stood. */
export function loadConfiguration({ flags, env, folder, file: named }: Sources): LoadedConfiguration {
  const wanted = named ?? env['GREENWAVE_CONFIG']
  const path = resolve(folder, wanted ?? FILE)
  const file = wanted !== undefined || existsSync(path) ? readFile(path) : {}
  const configuration = { ...defaultsFor(env) } as unknown as Record<string, unknown>
  const origins = {} as Record<Key, string>
  for (const setting of SETTINGS) {
    const found = fromFlag(setting, flags, folder) ?? fromEnvironment(setting, env, folder) ?? fromFile(setting, file, path)
    origins[setting.key] = found?.origin ?? 'default'
    if (found !== undefined) configuration[setting.key] = valueOf(setting, found)
  }
  const ours = new Set(['GREENWAVE_CONFIG', ...SETTINGS.flatMap(({ key, secret }) => [environmentName(key), ...(secret === true ? [`${environmentName(key)}_FILE`] : [])])])
  return { configuration: configuration as unknown as Configuration, origins, unknown: Object.keys(env).filter((name) => name.startsWith('GREENWAVE_') && !ours.has(name)).sort() }
}

function readFile(path: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new GreenwaveError('input.unreadable', `${path} cannot be read: ${(error as Error).message}`, undefined, error)
  }
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new GreenwaveError('input.syntax', `is no JSON: ${(error as Error).message}`, { file: path }, error)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new GreenwaveError('input.value', 'must be an object of settings', { file: path })
  const known = new Set(['$schema', ...SETTINGS.flatMap(({ key, secret }) => [key, ...(secret === true ? [`${key}_file`] : [])])])
  for (const key of Object.keys(content)) if (!known.has(key)) throw new GreenwaveError('input.value', `${JSON.stringify(key)} is no setting; there are ${[...known].join(', ')}`, { file: path })
  return content as Record<string, unknown>
}

function fromFlag(setting: Setting, flags: Sources['flags'], folder: string): Found | undefined {
  const { flag, secret } = setting
  const value = flag === undefined ? undefined : flags[flag]
  if (value === undefined) return undefined
  if (secret === true) refusePassword(setting, value, `--${flag}`)
  return { value, origin: `flag --${flag}`, folder }
}

function fromEnvironment({ key, secret }: Setting, env: NodeJS.ProcessEnv, folder: string): Found | undefined {
  const name = environmentName(key)
  // An empty variable is as good as none: compose files leave them so.
  const read = (variable: string): string | undefined => (env[variable] === '' ? undefined : env[variable])
  const value = read(name)
  if (value !== undefined) return { value, origin: `environment ${name}`, folder }
  const path = secret === true ? read(`${name}_FILE`) : undefined
  if (path !== undefined) return fromSecretFile(resolve(folder, path), `environment ${name}_FILE`)
  const usual = key === 'database_url' ? read('DATABASE_URL') : undefined
  return usual === undefined ? undefined : { value: usual, origin: 'environment DATABASE_URL', folder }
}

function fromFile(setting: Setting, file: Record<string, unknown>, path: string): Found | undefined {
  const { key, kind, secret } = setting
  const folder = dirname(path)
  const value = file[key]
  if (value !== undefined) {
    if (secret === true && kind.type !== 'address') throw new GreenwaveError('input.value', `${key} must not stand here; use the environment or ${key}_file`, { file: path })
    if (secret === true) refusePassword(setting, String(value), path)
    return { value, origin: `file ${path}`, folder }
  }
  const reference = secret === true ? file[`${key}_file`] : undefined
  if (reference === undefined) return undefined
  if (typeof reference !== 'string') throw new GreenwaveError('input.value', `${key}_file must be a path`, { file: path })
  return fromSecretFile(resolve(folder, reference), `file ${path}`)
}

function fromSecretFile(path: string, by: string): Found {
  try {
    return { value: readFileSync(path, 'utf8').replace(/\r?\n$/, ''), origin: `${by}, which names ${path}`, folder: dirname(path) }
  } catch (error) {
    throw new GreenwaveError('input.unreadable', `${path}, which ${by} names, cannot be read: ${(error as Error).message}`, undefined, error)
  }
}

/** Files are copied and shown, arguments are seen by everybody on the computer. */
function refusePassword({ key, kind }: Setting, address: string, where: string): void {
  for (const one of kind.type === 'address' ? addressesOf(kind, address) : []) {
    if (!URL.canParse(one)) continue
    const { password, searchParams } = new URL(one)
    const name = environmentName(key)
    if (password !== '' || searchParams.has('password')) throw new GreenwaveError('usage', `${where}: the address has a password in it; give it by ${name}${key === 'database_url' ? ', PGPASSWORD' : ''} or ${name}_FILE`)
  }
}

const addressesOf = ({ many }: Extract<Kind, { type: 'address' }>, text: string): string[] => (many === true ? text.split(',').map((one) => one.trim()) : [text])

function valueOf({ key, kind }: Setting, { value, origin, folder }: Found): unknown {
  const wrong = (must: string): GreenwaveError => new GreenwaveError('input.value', `${key} (${origin}) is ${kind.type === 'address' ? 'no such value' : JSON.stringify(value)}; it must be ${must}`)
  return read(kind, value, folder, wrong)
}

function read(kind: Kind, value: unknown, folder: string, wrong: (must: string) => GreenwaveError): unknown {
  switch (kind.type) {
    case 'whole': {
      const figure = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
      if (typeof figure !== 'number' || !Number.isInteger(figure) || figure < kind.least || figure > kind.most) throw wrong(`a whole number from ${kind.least} to ${kind.most}`)
      return figure
    }
    case 'boolean':
      if (value === true || value === 'true' || value === '1') return true
      if (value === false || value === 'false' || value === '0') return false
      throw wrong('true or false')
    case 'choice':
      if (typeof value !== 'string' || !kind.choices.includes(value)) throw wrong(`one of ${kind.choices.join(', ')}`)
      return value
    case 'choices': {
      const words: unknown[] = typeof value === 'string' ? value.split(',').map((word) => word.trim()) : Array.isArray(value) ? value : []
      if (words.length === 0 || words.some((word) => !kind.choices.includes(word as string))) throw wrong(`some of ${kind.choices.join(', ')}`)
      return kind.choices.filter((choice) => words.includes(choice))
    }
    case 'mapping': {
      const map = typeof value === 'string' ? parsed(value) : value
      if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0 || Object.values(map).some((word) => !kind.choices.includes(word as string))) throw wrong(`an object such as {"a value": "${kind.choices[0]!}"}, of ${kind.choices.join(', ')}`)
      return map
    }
    case 'address':
      if (typeof value !== 'string' || !addressesOf(kind, value).every((one) => URL.canParse(one) && kind.protocols.includes(new URL(one).protocol))) throw wrong(`an address such as ${kind.example}`)
      return value
    case 'time':
      if (typeof value !== 'string' || !TIME.test(value)) throw wrong('a time such as 02:30')
      return value
    default:
      if (typeof value !== 'string' || value.trim() === '') throw wrong('text')
      return kind.type === 'path' ? resolve(folder, value) : value
  }
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** For people: without what must not be seen. */
export function shownValue({ key, kind, secret }: Setting, configuration: Configuration): string {
  const value = configuration[key]
  if (value === undefined) return '–'
  if (kind.type === 'address') return addressesOf(kind, String(value)).map(withoutPassword).join(', ')
  if (kind.type === 'mapping') return JSON.stringify(value)
  return secret === true ? '(set)' : String(value)
}

function withoutPassword(address: string): string {
  const url = new URL(address)
  if (url.password !== '') url.password = '***'
  if (url.searchParams.has('password')) url.searchParams.set('password', '***')
  return url.href
}
