// A scenario folder into a validated Scenario. Every complaint names the file, the element and the value.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Demand } from '../../../model/demand.ts'
import type { Network } from '../../../model/network.ts'
import type { Plan } from '../../../model/plan.ts'
import type { Scenario, ScenarioDocument, Timing } from '../../../model/scenario.ts'
import { validateDemand } from '../../../model/validate-demand.ts'
import { validateTiming } from '../../../model/validate-timing.ts'
import { validateScenario } from '../../../model/validate-scenario.ts'
import { validateNetwork } from '../../../model/validate.ts'

const SCENARIO_FILES = ['scenario.json', 'network.json', 'demand.json', 'timing.json'] as const

export interface ReadScenario {
  scenario: Scenario
  /** SHA-256 of each file by name, for the provenance of a plan. */
  hashes: Record<string, string>
}

/** Reads and validates a scenario folder. Throws GreenwaveError (input.*, network.*). */
export async function readScenario(folder: string): Promise<ReadScenario> {
  const hashes: Record<string, string> = {}
  const document = async <T>(name: (typeof SCENARIO_FILES)[number], format: string): Promise<T> => {
    const path = join(folder, name)
    const text = await readText(path)
    hashes[name] = createHash('sha256').update(text).digest('hex')
    return parseDocument<T>(text, path, format)
  }
  const scenario = await document<ScenarioDocument>('scenario.json', 'greenwave.scenario/1')
  const network = await document<Network>('network.json', 'greenwave.network/1')
  const demand = await document<Demand>('demand.json', 'greenwave.demand/1')
  const timing = await document<Timing>('timing.json', 'greenwave.timing/1')
  return { scenario: checkScenario({ scenario, network, demand, timing }, (name) => join(folder, name)), hashes }
}

/** What came as a document instead of a folder. Throws GreenwaveError (input.*, network.*) naming the part as its file. */
export function parseScenario(document: unknown): Scenario {
  const parts = (typeof document === 'object' && document !== null ? document : {}) as Record<string, unknown>
  const part = <T>(name: string): T => requireFormat<T>(parts[name], `${name}.json`, `greenwave.${name}/1`)
  return checkScenario({ scenario: part('scenario'), network: part('network'), demand: part('demand'), timing: part('timing') }, (name) => name)
}

function checkScenario(whole: Scenario, fileOf: (name: (typeof SCENARIO_FILES)[number]) => string): Scenario {
  const { scenario, network, demand, timing } = whole
  requireLists(scenario, ['corridors', 'periods'], fileOf('scenario.json'))
  requireLists(network, ['nodes', 'links', 'movements', 'connections', 'signals'], fileOf('network.json'))
  requireLists(demand, ['intervals', 'volumes', 'vehicle_types', 'routes'], fileOf('demand.json'))
  requireLists(timing, ['plans', 'schedule'], fileOf('timing.json'))
  guarded(fileOf('scenario.json'), (file) => validateScenario(scenario, file))
  guarded(fileOf('network.json'), (file) => validateNetwork(network, file))
  guarded(fileOf('demand.json'), (file) => validateDemand(network, demand, file))
  guarded(fileOf('timing.json'), (file) => validateTiming(network, timing, file))
  return whole
}

/** Reads a plan file. Throws GreenwaveError (input.*). */
export async function readPlan(path: string): Promise<Plan> {
  const plan = parseDocument<Plan>(await readText(path), path, 'greenwave.plan/1')
  requireLists(plan, ['intersections'], path)
  return plan
}

async function readText(path: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`
    throw new GreenwaveError('input.unreadable', reason, { file: path }, error)
  }
  if (text.trim() === '') throw new GreenwaveError('input.empty', 'the file is empty (0 bytes of content)', { file: path })
  return text
}

function parseDocument<T>(text: string, path: string, format: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw jsonError(text, path, error as Error)
  }
  return requireFormat(value, path, format)
}

function requireFormat<T>(value: unknown, path: string, format: string): T {
  const found = typeof value === 'object' && value !== null ? (value as { format?: unknown }).format : undefined
  if (found !== format) {
    throw new GreenwaveError('input.format', `format is ${JSON.stringify(found) ?? 'absent'}, expected "${format}"`, { file: path })
  }
  return value as T
}

/** JSON's own tokens and white space; the first character that none of them fits is where a file stops being JSON. */
const JSON_TOKEN = /[\s,:[\]{}]+|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

function jsonError(text: string, path: string, error: Error): GreenwaveError {
  let at = 0
  for (JSON_TOKEN.lastIndex = 0; JSON_TOKEN.test(text);) at = JSON_TOKEN.lastIndex
  const line = text.slice(0, at).split('\n').length
  const unclosedString = text[at] === '"'
  if (at >= text.length || unclosedString || error.message.includes('end of JSON')) {
    return new GreenwaveError('input.truncated', 'the JSON ends before it is complete', { file: path, line }, error)
  }
  const excerpt = text.slice(at, at + 20).split('\n')[0] ?? ''
  return new GreenwaveError('input.syntax', `this is no JSON at "${excerpt}"`, { file: path, line }, error)
}

function requireLists(document: object, keys: readonly string[], file: string): void {
  for (const key of keys) {
    const value = (document as Record<string, unknown>)[key]
    if (!Array.isArray(value)) throw new GreenwaveError('input.value', `"${key}" is ${value === undefined ? 'absent' : typeof value}; it must be a list`, { file })
  }
}

/** A file edited by hand may lack whole fields; that is the file's fault and said as such. */
function guarded(file: string, validate: (file: string) => unknown): void {
  try {
    validate(file)
  } catch (error) {
    if (error instanceof TypeError) throw new GreenwaveError('input.value', `a field is absent or has the wrong type (${error.message})`, { file }, error)
    throw error
  }
}
