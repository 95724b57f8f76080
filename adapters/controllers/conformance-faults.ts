// Runs under faults: whatever controller and line do, a deployment ends where the plan runs and is seen to, or where the controller runs what it ran before.
// The run itself is given by the caller, because adapters don't know who deploys.
import assert from 'node:assert/strict'
import type { LampTiming } from '../../model/device/device.ts'
import { lampTimingOf } from '../../model/device/lamp-timing.ts'
import type { ControllerAdapter, ControllerDriver } from '../../plans/ports/controllers.ts'
import { aroundCalls } from './around.ts'
import { type ControllerRig, type MakeRig, type RegisterTest, truth } from './conformance.ts'
import type { Faults } from './emulator/faults.ts'

export interface DeployedState {
  /** Of the state machine of deployments. */
  state: string
  level: number
  /** Why, newest last. */
  sentences: readonly string[]
}

/** Brings the rig's good timing to its controller under a lease, by the rig's driver and clock, and looks after it until it is in a state in which a run may end. */
export type Deploy = (rig: ControllerRig) => Promise<DeployedState>

const RUNS = ['EFFECTIVE', 'LEASED', 'PERMANENT'] as const
const BACK = ['ROLLED_BACK', 'REVERTED', 'REJECTED'] as const

export interface FaultCase {
  title: string
  skew_s?: number
  /** Before anything is asked. */
  arm?(rig: ControllerRig): void
  /** Just before the nth call of a method of the adapter. */
  before?: { method: keyof ControllerAdapter; nth: number; act(rig: ControllerRig): Promise<void> | void }
  /** States in which it may end; default any of both kinds. */
  ends?: readonly string[]
}

const after = (rig: ControllerRig, seconds: number, act: () => void): void => { void rig.clock.wait(seconds).then(act) }
const set = <K extends keyof Faults>(name: K, value: Faults[K]) => (rig: ControllerRig): void => { rig.device.faults[name] = value }

/** Somebody in the cabinet puts another plan into every spare slot. */
function writeInCabinet({ device }: ControllerRig): void {
  const running = device.timing(device.cycle()?.slot as number) as LampTiming
  for (const slot of device.slots) if (device.usedBy(slot).length === 0) device.store(slot, { ...running, offset: (running.offset + 70) % running.cycle }, 'cabinet')
}

export const CONTROLLER_FAULTS: readonly FaultCase[] = [
  { title: 'nothing is wrong', ends: ['LEASED'] },
  { title: 'the reply to the write is lost', arm: (rig) => rig.device.faults.nextReply('dropped', 'write') },
  { title: 'replies to reads are lost', arm: (rig) => rig.device.faults.nextReply('dropped', 'read', 2) },
  { title: 'the reply to the command is lost', arm: (rig) => rig.device.faults.nextReply('dropped', 'command') },
  { title: 'every reply comes twice', arm: (rig) => rig.device.faults.nextReply('duplicated', 'any', 10_000), ends: ['LEASED'] },
  { title: 'the reply to the write comes too late', arm: (rig) => rig.device.faults.nextReply('late', 'write') },
  { title: 'answers carry no sequence of ours', arm: set('no_sequence_echo', true) },
  { title: 'half of the set is written', arm: set('partial_after', 1), ends: BACK },
  { title: 'writes are refused', arm: set('refuses_writes', true), ends: BACK },
  { title: 'writes are acknowledged and ignored', arm: set('ignores_writes', true), ends: BACK },
  { title: 'the command is refused', arm: set('refuses_commands', true), ends: BACK },
  { title: 'the command is acknowledged and ignored', arm: set('ack_without_effect', true), ends: BACK },
  { title: 'the command is echoed and ignored', arm: set('echo_without_effect', true), ends: BACK },
  { title: 'somebody wrote since it was checked', before: { method: 'readConfig', nth: 2, act: writeInCabinet }, ends: ['REJECTED'] },
  { title: 'somebody writes between write and read-back', before: { method: 'verify', nth: 1, act: writeInCabinet }, ends: BACK },
  { title: 'the clock of the controller is three seconds ahead', skew_s: 3, ends: ['REJECTED'] },
  { title: 'the controller flashes', arm: (rig) => { rig.device.setMode('flash'); after(rig, 3600, () => rig.device.setMode(undefined)) }, ends: ['REJECTED'] },
  { title: 'the cabinet is opened while lamps are watched', before: { method: 'observe', nth: 1, act: (rig) => { after(rig, 60, () => rig.device.setMode('manual')); after(rig, 600, () => rig.device.setMode(undefined)) } }, ends: BACK },
  { title: 'the controller restarts in the middle of the write', arm: (rig) => rig.device.faults.atRequest('write', () => rig.device.restart()) },
  { title: 'the controller restarts while it is armed', before: { method: 'observe', nth: 1, act: (rig) => { after(rig, 20, () => rig.device.restart()) } }, ends: BACK },
  {
    title: 'the line is cut while it is armed',
    before: { method: 'observe', nth: 1, act: (rig) => { rig.device.faults.link_down = true; after(rig, 300, () => { rig.device.faults.link_down = false }) } },
  },
]

export function controllerFaults(name: string, makeRig: MakeRig, deploy: Deploy, test: RegisterTest, cases: readonly FaultCase[] = CONTROLLER_FAULTS): void {
  for (const fault of cases) {
    test(`${name} runs the plan or what it ran before when ${fault.title}`, async () => {
      const rig = await makeRig(fault.skew_s === undefined ? {} : { skew_s: fault.skew_s })
      try {
        await underFault(rig, fault, deploy)
      } finally {
        await rig.close()
      }
    })
  }
}

async function underFault(rig: ControllerRig, { arm, before, ends = [...RUNS, ...BACK] }: FaultCase, deploy: Deploy): Promise<void> {
  const own = rig.device.cycle()?.slot as number
  const timing = rig.device.timing(own)
  arm?.(rig)
  const { state, level, sentences } = await deploy(before === undefined ? rig : { ...rig, driver: watched(rig, before) })
  assert.ok(ends.includes(state), `it ended ${state}, not ${ends.join(' or ')}: ${sentences.join('; ')}`)
  assert.deepEqual(rig.device.timing(own), timing, 'the plan that ran was overwritten')
  if (RUNS.some((one) => one === state)) {
    assert.ok(level >= 4, `it ended ${state} at level ${level}`)
    assert.deepEqual(await truth(rig, lampTimingOf(rig.good.signal, rig.good.pattern)), [], `it ended ${state}, and the lamps do not follow`)
    return
  }
  await rig.clock.wait(2 * lampTimingOf(rig.good.signal, rig.good.pattern).cycle / 10)
  const { mode } = rig.device
  if (mode === 'coordinated' || mode === 'transition') assert.equal(rig.device.cycle()?.slot, own, `it ended ${state}, and slot ${rig.device.cycle()?.slot} runs`)
  assert.equal(rig.device.commanded, undefined, `it ended ${state}, and the controller is still commanded`)
}

/** The driver, with something done before the nth call of a method, over all adapters that it opens. */
function watched(rig: ControllerRig, { method, nth, act }: NonNullable<FaultCase['before']>): ControllerDriver {
  let calls = 0
  return aroundCalls(rig.driver, (context) => context, (name, call) => (name === method && ++calls === nth ? Promise.resolve(act(rig)).then(call) : call()))
}
