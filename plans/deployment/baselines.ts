// What is accepted to stand in a controller, and whether it still does: a change that nobody can explain is somebody else's.
import type { Baseline, Identity } from '../../model/device/device.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { DeviceRecord } from '../ports/controllers.ts'
import { atOnce } from './at-once.ts'
import type { Deployer } from './deployer.ts'

const NEVER = new AbortController().signal
/** Values that are named in an alarm; the rest are counted. */
const NAMED = 20

/** Asks the controller now. Throws `controller.*`. */
export async function readDevice({ desk }: Deployer, device: DeviceRecord, signal = NEVER): Promise<{ identity: Identity; baseline: Baseline }> {
  const adapter = await desk.open(device, () => {})
  try {
    return { identity: await adapter.identify(signal), baseline: await adapter.readConfig(signal) }
  } finally {
    await adapter.close()
  }
}

/** Reads the controller, and what is found is right from now on. */
export async function acceptBaseline(deployer: Deployer, device: DeviceRecord, by: string, reason: string, signal = NEVER): Promise<Baseline> {
  const { baseline } = await readDevice(deployer, device, signal)
  const { store, clock } = deployer.desk
  await store.tx(async (stores) => {
    const before = await stores.devices.accepted(device.id)
    await stores.devices.accept(device.id, { baseline, by, at: clock.now() })
    await stores.audit.append({ time_s: clock.now(), actor: by, action: 'controller.accept', subject_kind: 'controller', subject: device.id, detail: { baseline_hash: baseline.hash, before: before?.baseline.hash ?? null, reason } })
  })
  return baseline
}

export interface BaselineChange {
  device: string
  sentence: string
  /** Ids of values that are others now. */
  changed: string[]
}

export interface BaselineComparison {
  changes: BaselineChange[]
  /** Controllers that hold what we sent, which is not what was accepted: they are compared once it is gone again. */
  ours: string[]
}

/** Reads every controller of which a baseline was accepted, and raises an alarm for each that holds something else. */
export async function compareBaselines(deployer: Deployer, network: string, signal = NEVER): Promise<BaselineComparison> {
  const { store, clock, rules } = deployer.desk
  const ours = new Set((await store.deployments.open(network)).map(({ device }) => device))
  const enabled = (await store.devices.list(network)).filter((device) => device.enabled)
  const devices = enabled.filter(({ id }) => !ours.has(id))
  const found = await atOnce(devices, rules.members_at_once, async (device): Promise<BaselineChange | undefined> => {
    const accepted = await store.devices.accepted(device.id)
    if (accepted === undefined) return undefined
    try {
      const { baseline } = await readDevice(deployer, device, signal)
      if (baseline.hash === accepted.baseline.hash) return undefined
      const [old, now] = [accepted.baseline.image, baseline.image]
      const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((id) => old[id] !== now[id])
      return { device: device.id, changed, sentence: `controller ${device.id} holds ${changed.length} values that are not those accepted: ${changed.slice(0, NAMED).join(', ')}${changed.length > NAMED ? ' and more' : ''}` }
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      return { device: device.id, changed: [], sentence: `controller ${device.id} could not be compared: ${error.message}` }
    }
  })
  const changes = found.filter((one) => one !== undefined)
  for (const { device, sentence, changed } of changes) {
    await store.tx(async (stores) => {
      const time_s = clock.now()
      await stores.audit.append({ time_s, actor: 'greenwave', action: 'controller.changed', subject_kind: 'controller', subject: device, detail: { sentence, changed: changed.slice(0, NAMED) } })
      await stores.events.append({ time_s, kind: 'controller.changed', network, body: { device, sentence, changed: changed.slice(0, NAMED) } })
    })
  }
  return { changes, ours: enabled.flatMap(({ id }) => (ours.has(id) ? [id] : [])) }
}
