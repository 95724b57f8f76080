// What an intersection is doing, as its signal system last told it, pushed or asked for; and what its cycles and stages were, for level 4.
import type { DeviceMode, Lamp, LiveSample } from '../../../model/device/device.ts'
import type { LocalTime } from '../../../model/local-time.ts'
import type { Instant } from '../../../model/units.ts'
import type { Settings } from './config.ts'
import { decodeObject, type ObjectOf, type PlanParam } from './objects.ts'
import { parseTime } from './time.ts'
import type { XmlElement } from './xml.ts'

const MODES: Readonly<Record<string, DeviceMode>> = {
  '00': 'fixed', '01': 'manual', 11: 'dark', 12: 'all-red', 13: 'flash', 21: 'fixed', 22: 'free', 23: 'free', 31: 'coordinated', 32: 'coordinated', 33: 'coordinated', 41: 'coordinated',
  51: 'manual', 52: 'manual', 53: 'coordinated',
}
const FOLLOWS_PLAN: ReadonlySet<DeviceMode> = new Set(['coordinated', 'fixed'])

/** One lamp of red, yellow, green: 0 there is none, 1 off, 2 lit, 3 flashing. */
export function lampOf(status: string): Lamp {
  if (!/^[0-3]{3}$/.test(status)) return 'unknown'
  const [red, yellow, green] = status
  if (green >= '2') return green === '3' ? 'green-flashing' : 'green'
  if (yellow >= '2') return red >= '2' ? 'red-yellow' : yellow === '3' ? 'yellow-flashing' : 'yellow'
  if (red >= '2') return red === '3' ? 'red-flashing' : 'red'
  return 'dark'
}

export class RunState {
  readonly #settings: Settings
  readonly #local: LocalTime
  #state: ObjectOf<'CrossState'> | undefined
  #control: ObjectOf<'CrossCtrlInfo'> | undefined
  #adjusting = false
  #lamps: ObjectOf<'CrossSignalGroupStatus'> | undefined
  /** When lamps were last told, by our clock. */
  heard_s: Instant = Number.NEGATIVE_INFINITY
  onCycle: ((cycle: ObjectOf<'CrossCycle'>) => void) | undefined
  onStage: ((stage: ObjectOf<'CrossStage'>) => void) | undefined

  constructor(settings: Settings, local: LocalTime) {
    this.#settings = settings
    this.#local = local
  }

  /** Takes one run object. Out: whether it is one that was wanted. Throws controller.malformed. */
  take(element: XmlElement, now: Instant): boolean {
    switch (element.name) {
      case 'CrossState': this.#state = decodeObject('CrossState', element); return true
      case 'CrossCtrlInfo': this.#control = decodeObject('CrossCtrlInfo', element); return true
      case 'CrossModePlan': this.#control = decodeObject('CrossModePlan', element); return true
      case 'CrossCycle': {
        const cycle = decodeObject('CrossCycle', element)
        this.#adjusting = cycle.AdjustFlag === 1
        this.onCycle?.(cycle)
        return true
      }
      case 'CrossStage': this.onStage?.(decodeObject('CrossStage', element)); return true
      case 'CrossSignalGroupStatus':
        this.#lamps = decodeObject('CrossSignalGroupStatus', element)
        this.heard_s = now
        return true
      default: return false
    }
  }

  get mode(): DeviceMode {
    if (this.#state?.Value === 'Error') return 'fault'
    if (this.#state?.Value !== undefined && this.#state.Value !== 'Online') return 'unknown'
    const mode = MODES[this.#control?.ControlMode ?? ''] ?? 'unknown'
    return this.#adjusting && FOLLOWS_PLAN.has(mode) ? 'transition' : mode
  }

  /** Plan 0 is none. */
  get active_slot(): number | undefined { return this.#control?.PlanNo || undefined }

  /** The controller's clock less ours when the lamps were told; undefined where that can't be known. */
  get skew_s(): number | undefined {
    const told = this.#settings.profile.clock === 'lamp-time' && this.#lamps !== undefined ? parseTime(this.#local, this.#lamps.LampStatusTime) : undefined
    return told === undefined ? undefined : Math.round((told - this.heard_s) * 1000) / 1000
  }

  sample(now: Instant): LiveSample {
    const { groups } = this.#settings
    const told = new Map(this.#lamps?.SignalGroupStatusList.map(({ SignalGroupNo, LampStatus }) => [SignalGroupNo, LampStatus]))
    const lamps = [...groups].map(([group, number]) => ({ group, lamp: lampOf(told.get(number) ?? '') }))
    return { time_s: now, mode: this.mode, lamps, ...(this.active_slot === undefined ? {} : { active_slot: this.active_slot }) }
  }
}

/** Whether effective cycles and stages are those of a plan, cycle by cycle: what the system says of the last one, out of transition. */
export class StageJudge {
  readonly #plan: PlanParam
  /** Whole cycles in step and as planned, one after another. */
  cycles = 0
  /** What last differed. */
  sentence: string | undefined
  #isSteady = false
  #isFirstStage = true

  constructor(plan: PlanParam) { this.#plan = plan }

  cycle({ LastCycleLen, AdjustFlag }: ObjectOf<'CrossCycle'>): void {
    if (AdjustFlag !== 0) return this.restart()
    // The cycle that has just begun is the first one in step; only what follows it is told as the last one.
    if (this.#isSteady && LastCycleLen === this.#plan.CycleLen) this.cycles++
    else if (this.#isSteady) this.#differs(`the last cycle was ${LastCycleLen} s, not ${this.#plan.CycleLen} s`)
    this.#isSteady = true
  }

  stage({ LastStageNo, LastStageLen }: ObjectOf<'CrossStage'>): void {
    if (!this.#isSteady) return
    // The stage that ends with the cycle change belongs to the cycle before.
    if (this.#isFirstStage) { this.#isFirstStage = false; return }
    const lengths = this.#plan.StageTimingList.filter(({ StageNo }) => StageNo === LastStageNo).map(({ Green, Yellow, AllRed }) => Green + Yellow + AllRed)
    if (!lengths.includes(LastStageLen)) this.#differs(`stage ${LastStageNo} was ${LastStageLen} s, not ${lengths.join(' or ') || 'in the plan at all'}`)
  }

  /** Another plan or a transition: what was seen says nothing. */
  restart(): void {
    this.cycles = 0
    this.#isSteady = false
    this.#isFirstStage = true
  }

  #differs(sentence: string): void {
    this.sentence = sentence
    this.cycles = 0
  }
}
