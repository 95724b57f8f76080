import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeLamps } from '../../../model/device/as-run.ts'
import type { DeviceGroup, LampTiming } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { RingPattern } from '../../../model/signal.ts'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { LeapingClock } from './clock.ts'
import { EmulatedController, type EmulatedSetup, type Plant, driveStreet } from './controller.ts'
import { leastGreen } from './cycle.ts'

const MIDNIGHT = 1_767_571_200
const SIGNAL = dualRingSignal()
const GROUPS: DeviceGroup[] = SIGNAL.groups.map(({ id, kind, min_green_s, yellow_s, red_clearance_s }) =>
  ({ group: id, name: `phase ${id}`, kind, min_green: min_green_s * 10, yellow: yellow_s * 10, red_clearance: red_clearance_s * 10 }))

/** A dual-ring timing of any cycle, splits and order. */
function timing(more: { by?: number; left?: number; offset?: number; lag?: boolean } = {}): LampTiming {
  const pattern: RingPattern = structuredClone(dualRingPattern())
  pattern.cycle_s += more.by ?? 0
  pattern.offset_s = (more.offset ?? 10) % pattern.cycle_s
  const [main] = pattern.barriers
  for (const ring of main!.rings) {
    ring[1]!.split_s += (more.by ?? 0) - (more.left ?? 0)
    ring[0]!.split_s += more.left ?? 0
    if (more.lag === true) ring.reverse()
  }
  return lampTimingOf(SIGNAL, pattern)
}

function rig(slots: [number, LampTiming | undefined][], more: Partial<EmulatedSetup> = {}): { clock: LeapingClock; device: EmulatedController } {
  const clock = new LeapingClock(MIDNIGHT + 8 * 3600)
  const device = new EmulatedController({ id: 'd', signal: 'S', groups: GROUPS, conflicts: SIGNAL.conflicts, slots: new Map(slots), day_plan: [{ from: 0, slot: slots[0]![0] }], time_zone: 'UTC', ...more }, clock)
  return { clock, device }
}

function follows(device: EmulatedController, expected: LampTiming, from_s: number, until_s: number): string[] {
  return judgeLamps(expected, device.greens(), { midnight_s: MIDNIGHT, from_s, until_s }).sentences
}

describe('an emulated controller', () => {
  it.each(['dwell', 'add', 'shortway'] as const)('comes in step with its offset by %s and then follows its plan', async (method) => {
    const plan = timing({ offset: 77 })
    const { clock, device } = rig([[1, plan]], { transition: { method } })
    await clock.wait(900)
    expect(device.mode).toBe('coordinated')
    const from = clock.now()
    await clock.wait(250)
    expect(follows(device, plan, from, clock.now())).toEqual([])
    expect(device.lastCycle).toEqual({ slot: 1, length: 1000, isCorrecting: false })
  })

  it('changes plans at a cycle end, not before, and follows the new one after its transition', async () => {
    const [a, b] = [timing(), timing({ by: 20, left: 5, offset: 85 })]
    const { clock, device } = rig([[1, a], [4, b]])
    await clock.wait(400)
    const left = 100 - device.cycle()!.position / 10
    device.select(4)
    await clock.wait(left - 1)
    expect(device.cycle()!.slot).toBe(1)
    await clock.wait(1)
    expect(device.cycle()!.slot).toBe(4)
    expect(device.mode).toBe('transition')
    await clock.wait(600)
    const from = clock.now()
    await clock.wait(250)
    expect(follows(device, b, from, clock.now())).toEqual([])
  })

  it('changes as soon as its lamps allow where it is set up so, there and back', async () => {
    const [a, b] = [timing(), timing({ by: 20, left: 5, offset: 85 })]
    const { clock, device } = rig([[1, a], [4, b]], { changes: 'at-once' })
    await clock.wait(420)
    device.select(4)
    expect([device.cycle()!.slot, device.mode, device.lastCycle]).toEqual([4, 'transition', undefined])
    await clock.wait(700)
    const from = clock.now()
    await clock.wait(250)
    expect(follows(device, b, from, clock.now())).toEqual([])
    device.release()
    expect(device.cycle()!.slot).toBe(1)
    await clock.wait(700)
    expect(follows(device, a, clock.now() - 250, clock.now())).toEqual([])
  })

  it('cuts no minimum and no clearance and shows no conflicting greens, whichever plans it changes between and when', async () => {
    const anyPlan = fc.record({ by: fc.integer({ min: -8, max: 40 }), left: fc.integer({ min: -3, max: 8 }), offset: fc.integer({ min: 0, max: 90 }), lag: fc.boolean() })
    await fc.assert(fc.asyncProperty(anyPlan, anyPlan, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 3, maxLength: 6 }), fc.constantFrom('dwell' as const, 'add' as const, 'shortway' as const), fc.constantFrom('cycle-end' as const, 'at-once' as const),
      async (one, two, waits, method, changes) => {
        const { clock, device } = rig([[1, timing(one)], [2, timing(two)]], { transition: { method }, changes })
        for (const [i, wait] of waits.entries()) {
          await clock.wait(wait)
          if (i % 2 === 0) device.select(2)
          else device.release()
        }
        await clock.wait(300)
        const greens = device.greens().filter(({ end_s }) => end_s < clock.now())
        for (const { group, start_s, end_s } of greens) {
          const own = GROUPS.find((candidate) => candidate.group === group)!
          expect(end_s - start_s, `green of ${group}`).toBeGreaterThan(leastGreen(own) / 10 - 0.05)
          for (const other of greens) {
            const isConflicting = SIGNAL.conflicts.some(([a, b]) => (a === group && b === other.group) || (b === group && a === other.group))
            if (isConflicting && other.start_s >= start_s) expect(other.start_s - end_s, `${group} then ${other.group}`).toBeGreaterThan((own.yellow + own.red_clearance) / 10 - 0.05)
          }
        }
      }), { numRuns: 40 })
  })

  it('goes back to its own plan when a lease ends, unless it is renewed', async () => {
    const { clock, device } = rig([[1, timing()], [4, timing({ by: 20 })]])
    await clock.wait(300)
    device.select(4, 300)
    await clock.wait(250)
    expect(device.cycle()!.slot).toBe(4)
    device.renew(300)
    await clock.wait(250)
    expect(device.cycle()!.slot).toBe(4)
    expect(device.lease_left_s).toBeCloseTo(50, 0)
    await clock.wait(250)
    expect(device.cycle()!.slot).toBe(1)
    expect(device.commanded).toBeUndefined()
    expect(() => device.renew(300)).toThrow('no plan is commanded')
  })

  it('keeps what is stored over a restart and forgets what it was told and what was not committed', async () => {
    const { clock, device } = rig([[1, timing()], [4, timing({ by: 20 })], [5, undefined]])
    await clock.wait(300)
    device.select(4)
    device.begin()
    device.store(5, timing({ by: 10 }))
    await clock.wait(200)
    device.restart()
    expect(device.mode).toBe('starting')
    expect(device.lamps().every(({ lamp }) => lamp === 'red')).toBe(true)
    await clock.wait(400)
    expect(device.cycle()!.slot).toBe(1)
    expect(device.timing(5)).toBeUndefined()
    expect(device.timing(4)?.cycle).toBe(1200)
    expect(device.isInTransaction).toBe(false)
  })

  it('shows what was written only once it is committed', () => {
    const { device } = rig([[1, timing()], [5, undefined]])
    device.begin()
    device.store(5, timing({ by: 10 }))
    expect(device.timing(5)).toBeUndefined()
    expect(() => device.begin()).toThrow('a transaction is open')
    device.commit()
    expect(device.timing(5)?.cycle).toBe(1100)
    device.begin()
    device.store(5, undefined)
    device.abort()
    expect(device.timing(5)?.cycle).toBe(1100)
  })

  it('takes a plan in which pedestrians are clear by the end of the red clearance, and refuses one in which they are not', () => {
    const plan = timing()
    const { group, greens: [[start, end] = [0, 0]], yellow, red_clearance } = plan.groups.find(({ greens }) => greens.length === 1)!
    const needing = (service: number) => rig([[1, plan], [4, undefined]], { groups: GROUPS.map((one) => (one.group === group ? { ...one, walk: 70, pedestrian_clearance: service - 70 } : one)) }).device
    const split = end - start + yellow + red_clearance
    expect(() => needing(split).store(4, plan)).not.toThrow()
    expect(() => needing(split + 1).store(4, plan)).toThrow(`group ${group}`)
  })

  it('refuses slots that run or are named, greens below their minimum, conflicts, and empty plans', () => {
    const { device } = rig([[1, timing()], [2, timing()], [5, undefined]], { day_plan: [{ from: 0, slot: 1 }, { from: 61_200, slot: 2 }] })
    const short = { ...timing(), groups: timing().groups.map((one) => (one.group === '3' ? { ...one, greens: [[600, 640]] as [number, number][] } : one)) }
    const conflicting = { ...timing(), groups: timing().groups.map((one) => (one.group === '3' ? { ...one, greens: [[400, 700]] as [number, number][] } : one)) }
    expect(() => device.store(2, timing())).toThrow('slot 2: day plan from 17:00')
    expect(() => device.store(9, timing())).toThrow('there is no slot 9')
    expect(() => device.store(5, short)).toThrow('group 3: 4 s is below 5 s')
    expect(() => device.store(5, conflicting)).toThrow(/groups \d and \d/)
    expect(() => device.select(5)).toThrow('slot 5 is empty')
  })

  it('lies where it is told to: acknowledges without effect, echoes without effect, ignores writes', async () => {
    const { clock, device } = rig([[1, timing()], [4, timing({ by: 20 })]])
    await clock.wait(300)
    device.faults.echo_without_effect = true
    device.select(4)
    await clock.wait(300)
    expect([device.told_slot, device.cycle()!.slot]).toEqual([4, 1])
    device.release()
    device.faults.echo_without_effect = false
    device.faults.ack_without_effect = true
    device.select(4)
    await clock.wait(300)
    expect([device.told_slot, device.cycle()!.slot]).toEqual([1, 1])
    device.faults.ignores_writes = true
    device.store(4, timing())
    expect(device.timing(4)?.cycle).toBe(1200)
  })

  it('flashes and comes back through all red, and runs by its own clock', async () => {
    const plan = timing()
    const { clock, device } = rig([[1, plan]], { skew_s: 3 })
    await clock.wait(300)
    device.setMode('flash')
    expect(device.mode).toBe('flash')
    expect(device.lamps()[0]?.lamp).toBe('yellow-flashing')
    await clock.wait(60)
    device.setMode(undefined)
    expect(device.mode).toBe('starting')
    await clock.wait(800)
    const from = clock.now()
    await clock.wait(250)
    expect(follows(device, plan, from, clock.now())).not.toEqual([])
    expect(follows(device, { ...plan, offset: plan.offset - 30 }, from, clock.now())).toEqual([])
  })

  it('shows a street what it does', async () => {
    const { clock, device } = rig([[1, timing()]])
    const shown: string[] = []
    const plant: Plant = { setLamps: (signal, lamps) => { shown.push(`${signal} ${lamps.find(({ group }) => group === '2')!.lamp}`) } }
    const stop = new AbortController()
    const driving = driveStreet([device], plant, clock, 1, stop.signal)
    await clock.wait(250)
    stop.abort()
    await driving
    expect(new Set(shown)).toEqual(new Set(['S red', 'S green', 'S yellow']))
    expect(shown.length).toBeGreaterThanOrEqual(250)
  })
})
