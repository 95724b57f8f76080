// Watches a controller until its lamps have followed a plan, or it is clear that they don't: it may say itself that it will not.
import type { LiveSample, Observation, WriteSet } from '../../../model/device/device.ts'
import type { GroupId } from '../../../model/signal.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { watchLamps } from '../watch.ts'
import type { Settings } from './config.ts'
import type { SnmpSession } from './session.ts'
import { REFUSED, sampleLamps } from './status.ts'

/** Between two looks, beside their two requests: about two a second. */
export const LOOK_EVERY_S = 0.3
/** By adding alone, a sixth of a cycle each time, coming into step takes up to six cycles; controllers near their minimums add less. */
const PATIENCE_CYCLES = 12

export const looksAt = (session: SnmpSession, settings: Settings, context: DriverContext): ((signal: AbortSignal) => Promise<LiveSample & { free: number | undefined }>) => {
  const groups: GroupId[] = context.signal.groups.map(({ id }) => id)
  return (signal) => sampleLamps(session, settings, groups, () => context.now(), signal)
}

export async function observeSlot({ timing, slot }: WriteSet, cycles: number, look: ReturnType<typeof looksAt>, context: DriverContext, signal: AbortSignal): Promise<Observation> {
  let refusal: string | undefined
  const sample = async (aborted: AbortSignal): Promise<LiveSample> => {
    const seen = await look(aborted)
    const word = REFUSED[seen.free ?? 0]
    if (word === undefined) return seen
    refusal = `the controller refuses the plan and runs free: ${word} (localFreeStatus ${seen.free})`
    return { ...seen, mode: 'fault' }
  }
  const observed = await watchLamps({ timing, slot, cycles, sample, every_s: LOOK_EVERY_S, patience_cycles: PATIENCE_CYCLES }, context, signal)
  return refusal === undefined ? observed : { ...observed, mode: 'free', sentences: [refusal] }
}
