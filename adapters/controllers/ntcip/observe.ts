// Watches a controller until its lamps have followed a plan, or it is clear that they don't.
import { AsRunRecorder, judgeLamps } from '../../../model/device/as-run.ts'
import type { Observation, VerifyLevel, WriteSet } from '../../../model/device/device.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { Signal } from '../../../model/signal.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import type { Settings } from './config.ts'
import type { SnmpSession } from './session.ts'
import { REFUSED, sampleLamps, type Status } from './status.ts'

/** Between two samples, beside the requests themselves: so that an edge is told within half a second. */
const STEP_S = 0.3
/** A plan begins at a cycle end of the old one. */
const SWITCH_WITHIN_CYCLES = 3
/** Coming into step takes some cycles: by adding alone, a sixth of a cycle each time, up to six; controllers near their minimums can take less at a time. */
const TRANSITION_CYCLES = 10
const GRACE_S = 60
const LONGEST_CYCLE_S = 255
const LEAST_CYCLES = 2
const BROKEN = ['flash', 'fault', 'dark', 'preempted', 'manual', 'door-open'] as const

export interface Watcher {
  session: SnmpSession
  settings: Settings
  signal: Signal
  context: DriverContext
}

export async function observeSlot(writes: WriteSet, cycles: number, { session, settings, signal: street, context }: Watcher, signal: AbortSignal): Promise<Observation> {
  const recorder = new AsRunRecorder()
  const groups = street.groups.map(({ id }) => id)
  const local = new LocalTime(context.time_zone)
  const cycle_s = writes.timing.cycle / 10
  const wanted_s = Math.max(LEAST_CYCLES, cycles) * cycle_s
  const began = context.now()
  /** Since when the pattern runs, and since when it is in step. */
  let switched: number | undefined
  let active: number | undefined
  let last: Status | undefined
  let judged_s = Number.NEGATIVE_INFINITY
  const tell = (level: VerifyLevel, sentences: string[], seen = 0): Observation => ({
    level, mode: last?.mode ?? 'unknown', ...(last?.active_slot === undefined ? {} : { active_slot: last.active_slot }),
    cycles: seen, greens: recorder.greens(), sentences, from_s: recorder.from_s ?? began, until_s: recorder.until_s ?? context.now(),
  })
  let differs: string[] = []
  const reached = (): VerifyLevel => (switched === undefined ? 0 : 3)
  try {
    for (;;) {
      const sample = await sampleLamps(session, settings, groups, () => context.now(), signal)
      last = sample.status
      recorder.add(sample)
      const now = sample.time_s
      const refusal = REFUSED[last.free ?? 0]
      if (refusal !== undefined) return tell(0, [`the controller refuses the plan and runs free: ${refusal} (localFreeStatus ${last.free})`])
      const broken = BROKEN.find((mode) => mode === last?.mode)
      if (broken !== undefined) return tell(0, [`the controller is in mode ${broken}`])
      if (last.active_slot === writes.slot) {
        switched ??= now
        if (last.mode === 'coordinated') active ??= now
      } else if (switched !== undefined) return tell(0, [`the controller left pattern ${writes.slot} and runs ${last.active_slot ?? 'none'}`])
      if (switched === undefined && now > began + Math.max(SWITCH_WITHIN_CYCLES * cycle_s, LONGEST_CYCLE_S) + GRACE_S) {
        return tell(0, [`pattern ${writes.slot} does not run, ${Math.round(now - began)} s after it was commanded; the controller runs ${last.active_slot ?? 'none'}, mode ${last.mode}`])
      }
      if (switched !== undefined && active === undefined && now - switched > TRANSITION_CYCLES * cycle_s) return tell(3, [`pattern ${writes.slot} runs, and is not in step after ${Math.round(now - switched)} s`])
      if (active !== undefined && now - active >= wanted_s && now - judged_s >= cycle_s / 4) {
        judged_s = now
        const watch = { midnight_s: now - local.timeOfDay(now), from_s: now - wanted_s, until_s: now, widest_gap_s: recorder.widest_gap_s }
        const judged = judgeLamps(writes.timing, recorder.greens(), watch)
        if (judged.followed) return tell(5, [], judged.cycles)
        differs = judged.sentences
        if (now - active >= wanted_s + TRANSITION_CYCLES * cycle_s) return tell(3, differs, judged.cycles)
      }
      await context.wait(STEP_S, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
    return tell(reached(), ['the watch was ended early', ...differs])
  }
}
