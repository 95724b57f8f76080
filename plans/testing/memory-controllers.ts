// Controllers and deployments in memory.
import { GreenwaveError } from '../../model/errors.ts'
import { CLOSED_STATES, type DeploymentRecord, type DeploymentState, type DeploymentStore, type DeviceLock, type DeviceStore } from '../ports/index.ts'
import { chainWire } from '../ports/wire-chain.ts'
import { compareKeys, type SortKey } from '../ports/pages.ts'
import { given, kept, requireFree, requireVersion, without, type Access } from './memory-tables.ts'
import { listPage } from './memory-workflow.ts'

export const memoryDevices = (access: Access): DeviceStore => ({
  list: (network) => access(({ devices }) => [...devices.values()].filter((one) => !one.removed && (network ?? one.network) === one.network)
    .sort((a, b) => compareKeys([a.id], [b.id])).map((one) => given(without(one, 'removed')))),
  get: (id) => access(({ devices }) => {
    const found = devices.get(id)
    return found === undefined || found.removed ? undefined : given(without(found, 'removed'))
  }),
  put: (device, expected) => access(({ devices }) => {
    const old = devices.get(device.id)
    requireVersion(`controller "${device.id}"`, old === undefined || old.removed ? 0 : old.version, expected)
    const next = kept({ ...device, version: (old?.version ?? 0) + 1 })
    devices.set(device.id, { ...next, removed: false })
    return given(next)
  }),
  remove: (id, expected) => access(({ devices, accepted }) => {
    const old = devices.get(id)
    requireVersion(`controller "${id}"`, old === undefined || old.removed ? 0 : old.version, expected)
    if (old === undefined) throw new GreenwaveError('store.conflict', `there is no controller "${id}"`)
    devices.set(id, { ...old, removed: true })
    accepted.delete(id)
  }),
  accepted: (id) => access(({ accepted }) => given(accepted.get(id))),
  accept: (id, baseline) => access(({ accepted }) => { accepted.set(id, kept(baseline)) }),
  writes: (id) => access(({ deviceWrites }) => given(deviceWrites.get(id) ?? { writes: 0 })),
  countWrite: (id, day) => access(({ deviceWrites }) => {
    const old = deviceWrites.get(id) ?? { writes: 0 }
    deviceWrites.set(id, { ...old, day, writes: old.day === day ? old.writes + 1 : 1 })
  }),
  noteChange: (id, changed_s) => access(({ deviceWrites }) => { deviceWrites.set(id, { ...deviceWrites.get(id) ?? { writes: 0 }, changed_s }) }),
  lock: ({ device, deployment, owner, until_s, now, force = false }) => access(({ deviceLocks }) => {
    const old = deviceLocks.get(device)
    const own = !force && old !== undefined && old.deployment === deployment && old.owner === owner
    if (!own && !force && old !== undefined && old.until_s > now) return undefined
    const lock: DeviceLock = { device, deployment, owner, until_s, token: own ? old.token : (old?.token ?? 0) + 1 }
    deviceLocks.set(device, lock)
    return given(lock)
  }),
  holder: (device) => access(({ deviceLocks }) => given(deviceLocks.get(device))),
  unlock: ({ device, token }) => access(({ deviceLocks }) => {
    const old = deviceLocks.get(device)
    if (old?.token === token) deviceLocks.set(device, { ...old, until_s: 0 })
  }),
})

const ageKey = ({ created_at, id }: DeploymentRecord): SortKey => [created_at, id]

export const memoryDeployments = (access: Access): DeploymentStore => ({
  list: (filter, page) => access(({ deployments }) => listPage(
    [...deployments.values()].filter((one) => (['network', 'device', 'run', 'plan', 'state'] as const).every((field) => (filter[field] ?? one[field]) === one[field])), page, ageKey, { like: [0, ''], newest: true },
  )),
  get: (id) => access(({ deployments }) => given(deployments.get(id))),
  open: (network) => access(({ deployments }) => [...deployments.values()]
    .filter((one) => (network ?? one.network) === one.network && !(CLOSED_STATES as readonly DeploymentState[]).includes(one.state))
    .sort((a, b) => compareKeys(ageKey(a), ageKey(b))).map(given)),
  insert: (record) => access(({ deployments }) => {
    requireFree(`deployment "${record.id}"`, deployments.has(record.id))
    deployments.set(record.id, kept(record))
  }),
  update: (record, expected) => access(({ deployments }) => {
    const old = deployments.get(record.id)
    requireVersion(`deployment "${record.id}"`, old?.version ?? 0, expected)
    if (old === undefined) throw new GreenwaveError('store.conflict', `there is no deployment "${record.id}"`)
    deployments.set(record.id, kept({ ...record, version: expected + 1, created_at: old.created_at }))
  }),
  appendWire: (deployment, entries) => access(({ wire }) => {
    const old = wire.get(deployment) ?? []
    const next = [...old, ...chainWire(deployment, kept(entries), old.at(-1))]
    wire.set(deployment, next)
    const last = next.at(-1)
    return last === undefined ? undefined : { seq: last.seq, hash: last.hash }
  }),
  wire: (deployment, seq, limit) => access(({ wire }) => (wire.get(deployment) ?? []).filter((one) => one.seq > seq).slice(0, limit).map(given)),
})
