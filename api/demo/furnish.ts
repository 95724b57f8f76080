// What the demo town needs in the store: its network, its feed, people of every role, and one corridor in which greenwave may deploy by itself.
import { randomUUID } from 'node:crypto'
import type { Instant } from '../../model/units.ts'
import type { Person, Role } from '../../plans/ports/people.ts'
import type { Store } from '../../plans/ports/store.ts'
import { giveStandingApproval } from '../../plans/workflow/index.ts'
import { type NetworkSettings, networkSetting } from '../known-settings.ts'
import { hashPassword, sha256, verifyPassword } from '../security/secrets.ts'
import type { DemoLogins } from './logins.ts'
import { DEMO_NETWORK, demoTown } from './town.ts'

export const DEMO_FEED = 'simulated-probes'
/** The other two corridors are left to their approver. */
const LEFT_TO_GREENWAVE = 'nanhu-avenue'
const STANDING_S = 90 * 86_400

/** Everything may be there already, from an earlier start. Answers the town's zone, which stays that of the first start. */
export async function furnish(store: Store, { logins, time_zone, now }: { logins: DemoLogins; time_zone: string; now: Instant }): Promise<{ time_zone: string }> {
  const before = await store.networks.get(DEMO_NETWORK)
  const zone = before?.time_zone ?? time_zone
  await store.networks.put(DEMO_NETWORK, demoTown(zone), 'greenwave', before?.version ?? 0)
  if (await store.feeds.get(DEMO_FEED) === undefined) {
    await store.feeds.put({ id: DEMO_FEED, network: DEMO_NETWORK, kind: 'probes', format: 'csv', settings: { datum: 'wgs84', simulated: true }, enabled: true }, 0)
  }
  for (const role of ['viewer', 'engineer', 'approver'] as const) await ensurePerson(store, role, logins[role])
  await leaveToGreenwave(store, now)
  await loosenLimits(store)
  return { time_zone: zone }
}

async function ensurePerson(store: Store, role: Role, password: string): Promise<Person> {
  const known = await store.people.byLogin(role)
  if (known !== undefined && await verifyPassword(password, known.password_hash)) return known
  const person = known ?? { id: randomUUID(), login: role, name: role[0]!.toUpperCase() + role.slice(1), role, disabled: false, version: 0 }
  return store.people.put({ ...person, password_hash: await hashPassword(password) }, person.version)
}

/** Once: whoever withdraws it means it. */
async function leaveToGreenwave(store: Store, now: Instant): Promise<void> {
  const { items } = await store.audit.list({ subject: `${DEMO_NETWORK}/${LEFT_TO_GREENWAVE}` }, { limit: 1 })
  const administrator = (await store.people.list()).find(({ role, disabled }) => role === 'administrator' && !disabled)
  if (items.length > 0 || administrator === undefined) return
  await giveStandingApproval(store, { network: DEMO_NETWORK, corridor: LEFT_TO_GREENWAVE, actor: administrator.id, now, until_s: now + STANDING_S, note: 'the demo town leaves this corridor to greenwave' })
}

/** A street that nobody ever coordinated may change by as much as it takes, as its nights may; no rules for a real town. Whoever has set other ones keeps them. */
async function loosenLimits(store: Store): Promise<void> {
  const name = networkSetting(DEMO_NETWORK)
  if (await store.settings.get(name) === undefined) await store.settings.put(name, { holidays: [], working_days: [], write_limits: { cycle_change_s: 60, green_change: 2 } } satisfies NetworkSettings, 0)
}

/** A viewer's session whose token was made before the store was open. */
export async function openViewerSession(store: Store, token: string, now: Instant, expires_at: Instant): Promise<void> {
  const viewer = await store.people.byLogin('viewer')
  if (viewer !== undefined) await store.people.openSession({ token_hash: sha256(token), person: viewer.id, created_at: now, expires_at })
}
