// A town to endure: the textbook arterial with a period so short that a simulation takes a moment, a feed, and people of several roles.
import { join } from 'node:path'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Scenario } from '../../model/scenario.ts'
import { PASSWORD } from '../serving.ts'
import type { Fleet } from './fleet.ts'

export const NETWORK = 'town'
export const CORRIDOR = 'textbook-arterial'
export const FEED = 'taxis'

export interface Town {
  scenario: Scenario
  tokens: Record<'administrator' | 'engineer' | 'second' | 'approver', string>
  /** Of machines. */
  feed: string
  cabinets: Map<string, string>
}

export async function settle(fleet: Fleet): Promise<Town> {
  const root = join(import.meta.dirname, '..', '..')
  const { scenario } = await readScenario(join(root.endsWith('dist') ? join(root, '..') : root, 'scenarios', 'textbook-arterial'))
  scenario.network.coordinate_reference = { kind: 'projected', projection: '+proj=tmerc +lat_0=30.75 +lon_0=120.76 +ellps=WGS84' }
  scenario.scenario.coordinate_reference = scenario.network.coordinate_reference
  scenario.scenario.periods[0]!.end_s = scenario.scenario.periods[0]!.start_s + 180
  const logIn = async (login: string): Promise<string> => (await fleet.insist('', 'POST', '/api/v1/sessions', { login, password: PASSWORD }, { authorization: '' })).body['token']!
  const administrator = await logIn('administrator')
  await fleet.insist(administrator, 'PUT', `/api/v1/networks/${NETWORK}`, { scenario: scenario.scenario, network: scenario.network, demand: scenario.demand, timing: scenario.timing }, { 'if-none-match': '*' })
  await fleet.insist(administrator, 'PUT', `/api/v1/feeds/${FEED}`, { network: NETWORK, kind: 'probes', format: 'ndjson', settings: { datum: 'scenario' }, enabled: true }, { 'if-none-match': '*' })
  const tokens: Record<string, string> = { administrator }
  for (const [login, role] of [['engineer', 'engineer'], ['second', 'engineer'], ['approver', 'approver']] as const) {
    await fleet.insist(administrator, 'POST', '/api/v1/people', { login, name: login, role, password: PASSWORD }, { 'idempotency-key': login })
    tokens[login] = await logIn(login)
  }
  const keyFor = async (scope: object): Promise<string> => (await fleet.insist(administrator, 'POST', '/api/v1/keys', { name: 'machine', scopes: [scope] })).body['secret']!
  const cabinets = new Map<string, string>()
  for (const { id } of scenario.network.signals) cabinets.set(id, await keyFor({ do: 'cabinet', network: NETWORK, signal: id }))
  return { scenario, tokens: tokens as Town['tokens'], feed: await keyFor({ do: 'feed', feed: FEED }), cabinets }
}
