// An emulated cabinet: the reference agent's rules over an emulated controller. It reads bundles with the agent's code, nothing of the adapter's.
import { isDeepStrictEqual } from 'node:util'
import { accept, type AgentPlan, canonical, sha256 } from '../../../../deploy/cabinet-agent.mjs'
import type { LampTiming } from '../../../../model/device/device.ts'
import type { CabinetPost } from '../../../../plans/ports/cabinets.ts'
import type { DeviceClock } from '../../emulator/clock.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'

/** A line that loses an answer is away for so long: a cabinet asks again by itself. */
const AWAY_S = 45

type Taken = NonNullable<ReturnType<typeof accept>['bundle']>

export class EmulatedCabinet {
  readonly #device: EmulatedController
  readonly #post: CabinetPost
  readonly #clock: DeviceClock
  readonly #of: { cabinet: string; keys: Readonly<Record<string, string>>; poll_s: number }
  readonly #stop = new AbortController()
  readonly #kept = new Map<number, LampTiming>()
  #state: { last: string; etag?: string; state: string; level: number; reason?: string } = { last: '0', state: 'REVERTED', level: 0 }
  #running: { bundle: Taken; slot?: number } | undefined
  #due: { at: number; slot: number; until: number } | undefined
  #etag = ''
  #away_until = 0

  constructor(device: EmulatedController, post: CabinetPost, clock: DeviceClock, of: { cabinet: string; keys: Readonly<Record<string, string>>; poll_s: number }) {
    [this.#device, this.#post, this.#clock, this.#of] = [device, post, clock, of]
  }

  /** Groups are green in a stage each. Plans that bundles brought are not the cabinet's own. */
  config(): object {
    const { groups, conflicts, day_plan } = this.#device.setup
    const plans = this.#device.slots.flatMap((planNo) => {
      const timing = this.#device.timing(planNo)
      return timing === undefined || this.#kept.get(planNo) === timing ? [] : [planOf(planNo, timing)]
    })
    return {
      schema: 'greenwave.cabinet/1', vendor: 'greenwave', model: 'emulated cabinet', firmware: '1', intergreens: [], conflicts, plans,
      groups: groups.map(({ group, name, kind, min_green, yellow, red_clearance }) => ({ group, name, kind, minGreenS: min_green / 10, yellowS: yellow / 10, allRedS: red_clearance / 10 })),
      stages: groups.map(({ group }, i) => ({ stageNo: i + 1, groups: [group] })), daily: day_plan.map(({ slot }) => ({ from: '00:00', planNo: slot })), bundlePlans: { least: 2, most: 3 },
    }
  }

  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#clock.wait(this.#of.poll_s, this.#stop.signal)
      } catch {
        return
      }
      try {
        this.#start()
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        this.#state = { ...this.#state, state: 'MISMATCH', reason: error.message }
      }
      if (this.#clock.now() >= this.#away_until) await this.#poll()
    }
  }

  stop(): void { this.#stop.abort(new Error('the cabinet is switched off')) }

  async #poll(): Promise<void> {
    const found = await this.#post.bundle(this.#of.cabinet)
    const isNew = found !== undefined && found.etag !== this.#etag
    const kind: RequestKind = isNew ? kindOf(found.body) : 'read'
    const { faults } = this.#device
    if (!faults.arrives(kind)) return
    if (isNew) this.#take(found)
    let isSent = 0
    faults.deliver(kind, () => { isSent++ })
    if (isSent === 0) this.#away_until = this.#clock.now() + AWAY_S
    for (; isSent > 0; isSent--) await this.report()
  }

  #take({ body, signature, etag }: { body: string; signature: string; etag: string }): void {
    this.#etag = etag
    const { cabinet, keys } = this.#of
    const taken = accept({ body, jws: signature, cabinet, keys, last: this.#state.last, now: this.#device.now() * 1000, config: this.config() })
    const last = (JSON.parse(body) as { bundleId: string }).bundleId
    if (taken.bundle === undefined) { this.#state = { ...this.#state, last, state: 'REFUSED', level: 0, reason: taken.refused ?? '' }; return }
    try {
      this.#apply(taken.bundle)
      const ignored = this.#device.faults.ignores_writes && taken.bundle.plans.length > 0
      this.#state = ignored ? { last, state: 'STORED', level: 1 } : { last, state: taken.bundle.plans.length === 0 ? 'REVERTED' : this.#running === undefined ? 'STORED' : 'ARMED', level: 2, etag: sha256(canonical(taken.bundle)) }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#state = { last, state: 'REFUSED', level: 0, reason: error.message }
    }
  }

  #apply(bundle: Taken): void {
    // A bundle is taken whole or not at all.
    if (this.#device.faults.partial_after !== undefined && bundle.plans.length > 0) throw new Refusal('refused', 'not all of it')
    for (const plan of bundle.plans) {
      const timing = this.#timingOf(plan)
      if (isDeepStrictEqual(this.#device.timing(plan.planNo), timing)) continue
      this.#device.store(plan.planNo, timing)
      if (!this.#device.faults.ignores_writes) this.#kept.set(plan.planNo, timing)
    }
    const entry = bundle.schedule.at(-1)
    const until = bundle.mode === 'permanent' ? Infinity : Date.parse(bundle.expiresAt) / 1000
    this.#running = entry === undefined ? undefined : { bundle, slot: entry.planNo }
    this.#due = entry === undefined ? undefined : { at: Date.parse(entry.at) / 1000, slot: entry.planNo, until }
    if (entry === undefined) this.#release(bundle)
    else this.#start()
  }

  #release({ plans }: Taken): void {
    this.#device.release()
    for (const planNo of this.#kept.keys()) if (!plans.some((plan) => plan.planNo === planNo) && this.#device.cycle()?.slot !== planNo) this.#drop(planNo)
  }

  #drop(planNo: number): void {
    if (this.#device.timing(planNo) === this.#kept.get(planNo)) this.#device.store(planNo, undefined, 'cabinet')
    this.#kept.delete(planNo)
  }

  /** What is due is selected; the controller changes at a cycle end. */
  #start(): void {
    const due = this.#due
    if (due === undefined || this.#device.now() < due.at) return
    this.#due = undefined
    this.#device.select(due.slot, due.until - this.#device.now())
  }

  async report(): Promise<void> {
    const { last, ...status } = this.#state
    const at = Math.floor(this.#device.now() * 10 + 1e-3)
    const greens = this.#device.greens().map(({ group, start_s, end_s }) => ({ group, start: Math.round(start_s * 10), end: Math.round(end_s * 10) }))
    const planNo = this.#device.told_slot
    const report = {
      bundleId: last, ...status, clock: { skewMs: Math.round((this.#device.now() - this.#clock.now()) * 1000), source: 'ntp' }, config: this.config(),
      lamps: { at, mode: this.#device.mode, states: this.#device.lamps(), from: Math.min(at, ...greens.map(({ start }) => start)), greens, ...(planNo === undefined ? {} : { planNo }) },
    }
    await this.#post.report(this.#of.cabinet, { received_s: this.#clock.now(), bundle_id: last, text: JSON.stringify(report) }, true)
  }

  #timingOf({ cycleS, offsetS, stages }: AgentPlan): LampTiming {
    const starts = stages.map((_, i) => stages.slice(0, i).reduce((sum, { greenS, yellowS, allRedS }) => sum + greenS + yellowS + allRedS, 0))
    return {
      cycle: cycleS * 10, offset: offsetS * 10,
      groups: this.#device.setup.groups.map(({ group, yellow, red_clearance }, g) => ({
        group, yellow, red_clearance, greens: stages.flatMap(({ stageNo, greenS }, i): [number, number][] => (stageNo === g + 1 ? [[starts[i]! * 10, (starts[i]! + greenS) * 10]] : [])),
      })),
    }
  }
}

/** Groups one after the other, in the order of their greens. */
function planOf(planNo: number, { cycle, offset, groups }: LampTiming): AgentPlan {
  const greens = groups.flatMap(({ greens, yellow }, i) => greens.map(([start, end]) => ({ stageNo: i + 1, start, end, yellow }))).sort((a, b) => a.start - b.start)
  const first = greens[0]!.start
  return {
    planNo, cycleS: cycle / 10, offsetS: ((offset + first) % cycle) / 10,
    stages: greens.map(({ stageNo, start, end, yellow }, i) => ({ stageNo, greenS: (end - start) / 10, yellowS: yellow / 10, allRedS: ((greens[i + 1]?.start ?? first + cycle) - end - yellow) / 10 })),
  }
}

/** What a bundle asks for, as faults are told. */
export function kindOf(body: string): RequestKind {
  const { plans, schedule } = JSON.parse(body) as Taken
  return plans.length > 0 && schedule.length === 0 ? 'write' : 'command'
}
