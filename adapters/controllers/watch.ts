// Watching the lamps of a controller until they follow what was written, or it is clear that they don't: what observe() of every adapter that can read lamps does.
import { AsRunRecorder, judgeLamps } from '../../model/device/as-run.ts'
import type { DeviceMode, LampTiming, LiveSample, Observation, VerifyLevel } from '../../model/device/device.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import type { DriverContext } from '../../plans/ports/controllers.ts'

export interface WatchTask {
  /** What the lamps shall do. */
  timing: LampTiming
  /** Where it was stored; undefined where no slot can be told. */
  slot: number | undefined
  /** Whole cycles that must follow. */
  cycles: number
  /** One look at the controller. */
  sample(signal: AbortSignal): Promise<LiveSample>
  /** Between looks, s. Default 0.5: an edge is then known to a quarter of a second. */
  every_s?: Seconds
  /** Cycles that the transition may take. Default 8: five to add half a cycle at 10 % each, three to spare. */
  patience_cycles?: number
}

/** Cycles after which a slot that doesn't run yet never will: plans change at the next cycle end. */
const START_CYCLES = 3

/** Judging all greens costs more than a look at the lamps. */
const JUDGE_EVERY_S = 5

/** Between looks while it is not yet in step, s: nothing is timed by them. */
const WAITING_S = 2

/** Nobody follows a plan in these: there is nothing to wait for. */
export const BROKEN: readonly DeviceMode[] = ['flash', 'dark', 'all-red', 'fault', 'manual', 'preempted']

/**
 * Out: level 5 where the lamps followed for so many whole cycles; 3 where the slot runs and they don't; 2 (what was read back) where it never ran.
 * Ends early in a mode that follows no plan, and when `signal` aborts, with what was seen. Throws what `sample` throws.
 */
export async function watchLamps(task: WatchTask, context: Pick<DriverContext, 'now' | 'wait' | 'time_zone'>, signal: AbortSignal): Promise<Observation> {
  const { timing, slot, cycles, every_s = 0.5, patience_cycles = 8 } = task
  const cycle_s = timing.cycle / 10
  const local = new LocalTime(context.time_zone)
  const began = context.now()
  let recorder = new AsRunRecorder()
  let [sentences, judged]: [string[], number] = [[], 0]
  let last: LiveSample | undefined
  let [patience, judge_at] = [START_CYCLES, Number.NEGATIVE_INFINITY]
  while (!signal.aborted && context.now() - began < patience * cycle_s) {
    last = await task.sample(signal)
    if (BROKEN.includes(last.mode)) { sentences = [`the controller is in mode ${last.mode}`]; break }
    const runs = slot === undefined || last.active_slot === slot
    if (runs) patience = patience_cycles + cycles + 1
    const counts = runs && last.mode !== 'transition' && last.mode !== 'starting'
    if (counts) recorder.add(last)
    // What it shows before its own plan runs in step is not held against the new one.
    else recorder = new AsRunRecorder()
    const until_s = recorder.until_s ?? last.time_s
    const from_s = Math.max(recorder.from_s ?? last.time_s, until_s - cycles * cycle_s - every_s)
    judged = Math.floor((until_s - from_s) / cycle_s + 1e-6)
    if (judged >= cycles && until_s >= judge_at) {
      judge_at = until_s + JUDGE_EVERY_S
      const midnight_s = local.instant(local.day(from_s), 0)
      const judgement = judgeLamps(timing, recorder.greens(), { midnight_s, from_s, until_s, widest_gap_s: recorder.widestGap(from_s) })
      if (judgement.followed) return seen(5, last, recorder, judgement.cycles, [])
      sentences = judgement.sentences
    }
    if (!await waited(context, counts ? every_s : WAITING_S, signal)) break
  }
  const runs = last !== undefined && slot !== undefined && last.active_slot === slot
  if (sentences.length === 0) sentences = [notYet(runs, last, slot, signal)]
  return last === undefined ? nothing(context.now(), sentences) : seen(runs ? 3 : 2, last, recorder, judged, sentences)
}

function notYet(runs: boolean, last: LiveSample | undefined, slot: number | undefined, signal: AbortSignal): string {
  if (signal.aborted) return 'the watch was ended before enough cycles were seen'
  if (runs || slot === undefined) return `it never was in step: mode ${last?.mode ?? 'unknown'}`
  return `slot ${last?.active_slot ?? 'unknown'} runs, not ${slot}`
}

function seen(level: VerifyLevel, { mode, active_slot, time_s }: LiveSample, recorder: AsRunRecorder, cycles: number, sentences: string[]): Observation {
  return {
    level, mode, ...(active_slot === undefined ? {} : { active_slot }), cycles, greens: recorder.greens(), sentences,
    from_s: recorder.from_s ?? time_s, until_s: recorder.until_s ?? time_s,
  }
}

const nothing = (now: Instant, sentences: string[]): Observation => ({ level: 0, mode: 'unknown', cycles: 0, greens: [], sentences, from_s: now, until_s: now })

/** False where the signal ended the wait. */
async function waited({ wait }: Pick<DriverContext, 'wait'>, seconds: Seconds, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(seconds, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}

/** Lamps as they are until `signal` aborts: what live() does where a controller must be asked. */
export async function* pollLamps(sample: WatchTask['sample'], context: Pick<DriverContext, 'wait'>, every_s: Seconds, signal: AbortSignal): AsyncGenerator<LiveSample> {
  while (!signal.aborted) {
    try {
      yield await sample(signal)
    } catch (error) {
      if (signal.aborted) return
      throw error
    }
    if (!await waited(context, every_s, signal)) return
  }
}
