// What a controller does now: run mode, plan, stage and lamps, and what of it proves that a plan has its effect.
import type { DeviceMode, Lamp, LampTiming, LiveSample, Observation, WriteSet } from '../../../model/device/device.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { watchLamps } from '../watch.ts'
import { addressOf } from './codec.ts'
import type { Settings } from './config.ts'
import { type Facts, planFacts } from './facts.ts'
import type { Session } from './session.ts'

const MODES: Readonly<Record<number, DeviceMode>> = {
  0x11: 'fixed', 0x12: 'free', 0x13: 'coordinated', 0x14: 'free', 0x15: 'manual', 0x21: 'fixed', 0x22: 'free', 0x23: 'coordinated', 0x24: 'free', 0x25: 'manual', 0x31: 'flash', 0x32: 'all-red', 0x33: 'dark',
}
const LAMPS: Readonly<Record<number, Lamp>> = {
  0x10: 'red', 0x11: 'red-flashing', 0x20: 'green', 0x21: 'green-flashing', 0x30: 'yellow', 0x31: 'yellow-flashing', 0x40: 'red-yellow',
}
const DOOR = '13.1.3.0'

export interface Reader {
  session: Session
  settings: Settings
  context: DriverContext
}

/** Run mode, plan and stage; with `lamp_groups`, their lamps. */
export async function readStatus({ session, settings: { intersection }, context }: Reader, lamp_groups: ReadonlyMap<string, number>, signal: AbortSignal): Promise<LiveSample> {
  const [mode, plan, stage] = [2, 3, 4].map((attribute) => `13.2.${attribute}.${intersection}`) as [string, string, string]
  const lamps = [...lamp_groups].map(([group, number]) => ({ group, id: `3.3.1.${number}` }))
  const found = await session.read([mode, plan, stage, ...lamps.map(({ id }) => id)].map(addressOf), signal)
  const byte = (id: string): number | undefined => found.get(id)?.[0]
  const [active, shown] = [byte(plan), byte(stage)]
  return {
    time_s: context.now(), mode: MODES[byte(mode) ?? 0] ?? 'unknown', lamps: lamps.map(({ group, id }) => ({ group, lamp: LAMPS[byte(id) ?? 0] ?? 'unknown' })),
    ...(active === undefined || active === 0 ? {} : { active_slot: active }), ...(shown === undefined || shown === 0 ? {} : { stage: shown }),
  }
}

/** Whether the cabinet stands open; false where the controller has no contact at its door. */
export async function isDoorOpen({ session, settings: { profile } }: Reader, signal: AbortSignal): Promise<boolean> {
  const told = (await session.read([addressOf(DOOR)], signal)).get(DOOR)?.[0]
  return told !== undefined && told !== profile.door_closed
}

/** Level 5 by lamps; where they can't be read, level 4 by the stages: each of the chain in its time. */
export async function observePlan(reader: Reader, facts: Facts, lamp_groups: ReadonlyMap<string, number>, { slot, timing, items }: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
  if (reader.settings.profile.lamps) return watchLamps({ slot, timing, cycles, sample: (aborted) => readStatus(reader, lamp_groups, aborted) }, reader.context, signal)
  const plan = planFacts(Object.fromEntries(items.map(({ id, new: value }) => [id, value])), slot, facts.order)
  const stages = plan?.stages ?? []
  const numbers = [...new Set(stages.map(({ stage }) => stage))]
  const asLamps = async (aborted: AbortSignal): Promise<LiveSample> => {
    const status = await readStatus(reader, new Map(), aborted)
    return { ...status, lamps: numbers.map((stage): LiveSample['lamps'][number] => ({ group: `stage ${stage}`, lamp: status.stage === stage ? 'green' : 'red' })) }
  }
  const seen = await watchLamps({ slot, timing: stageTiming(timing, stages, plan?.offset ?? 0), cycles, sample: asLamps }, reader.context, signal)
  return { ...seen, level: seen.level === 5 ? 4 : seen.level, greens: [], sentences: [...seen.sentences, 'its lamps can\'t be read: what is known is which stage it tells to run'] }
}

/** Stages as if they were lamps: green from the begin of one to the begin of the next. */
function stageTiming({ cycle }: LampTiming, stages: readonly { stage: number; seconds: number }[], offset_s: number): LampTiming {
  const groups = new Map<string, [number, number][]>()
  let at = 0
  for (const { stage, seconds } of stages) {
    const windows = groups.get(`stage ${stage}`) ?? []
    groups.set(`stage ${stage}`, [...windows, [at, at + seconds * 10]])
    at += seconds * 10
  }
  return { cycle, offset: offset_s * 10, groups: [...groups].map(([group, greens]) => ({ group, greens, yellow: 0, red_clearance: 0 })) }
}
