// The suites are only worth something if they bite: adapters and deployers that lie in one way each, and the case that finds it.
import { describe, expect, it } from 'vitest'
import type { Baseline, Observation, WriteSet } from '../../model/device/device.ts'
import type { ControllerAdapter } from '../../plans/ports/controllers.ts'
import { dualRingPattern, dualRingSignal } from '../../test/dual-ring.ts'
import { aroundCalls } from './around.ts'
import { controllerConformance, type MakeRig } from './conformance.ts'
import { controllerFaults, type Deploy } from './conformance-faults.ts'
import { demoRig } from './skeleton/testing.ts'

type Around = (name: string | symbol, call: () => unknown) => unknown
const makeRig: MakeRig = (options) => demoRig(dualRingSignal(), dualRingPattern(), options)

/** The titled cases of the suite, for rigs whose adapters' calls go through `around`. */
function cases(around: Around): Map<string, () => Promise<void>> {
  const found = new Map<string, () => Promise<void>>()
  controllerConformance('it', async (options) => { const rig = await makeRig(options); return { ...rig, driver: aroundCalls(rig.driver, (context) => context, around) } }, (title, run) => { found.set(title, run) })
  return found
}

/** Runs the call, and makes something else of what it answers. */
const lying = <K extends keyof ControllerAdapter>(method: K, lie: (answer: Awaited<ReturnType<Extract<ControllerAdapter[K], (...args: never[]) => unknown>>>) => unknown): Around => (name, call) => {
  if (name !== method) return call()
  const answer = call()
  return answer instanceof Promise ? answer.then(lie as (answer: unknown) => unknown) : lie(answer as never)
}

const FOUND: [title: string, lie: Around, sentence: RegExp][] = [
  ['reads the same hash while nobody writes, and another once somebody did', lying('readConfig', (base: Baseline) => ({ ...base, hash: String(base.read_at) })), /the hash changes by itself/],
  ['plans the same for the same, without a message, and exactly what was approved', lying('plan', (writes: WriteSet) => ({ ...writes, timing: { ...writes.timing, offset: writes.timing.offset + 10 } })), /turns green at/],
  ['takes what stands at the ends of its ranges and refuses one step beyond, never clipping', (name, call) => { try { return call() } catch (error) { if (name === 'plan') return {}; throw error } }, /a cycle of 256 s/],
  ['finds fault with a write set that names what is never written', lying('check', () => []), /false == true|falsy/],
  ['sends what the dry run showed and nothing else, and reads it back', (name, call) => (name === 'push' ? (call() as Promise<unknown>).then(call) : call()), /deep-equal/],
  ['changes at a cycle end, follows within a second for two cycles, and gives control back', lying('observe', (seen: Observation) => ({ ...seen, level: 3, sentences: ['it seems not'] })), /it seems not/],
  ['tells when an acknowledged command has no effect', lying('observe', (seen: Observation) => ({ ...seen, level: 5, sentences: [] })), /level 5 although the old plan runs/],
  ['tells when acknowledged writes were not kept', lying('verify', () => []), /reads back what was not kept/],
  ['lets the controller end its control when nobody renews, and not while somebody does', (name, call) => (name === 'renew' ? Promise.resolve() : call()), /the lease ended although it was renewed/],
]

describe('the suite of controller adapters', () => {
  it.each(FOUND)('finds an adapter that breaks "%s"', async (title, lie, sentence) => {
    await expect(cases(lie).get(`it ${title}`)!()).rejects.toThrow(sentence)
  })

  it('finds a rollback that does nothing', async () => {
    const idle: Observation = { level: 3, mode: 'coordinated', cycles: 0, greens: [], sentences: [], from_s: 0, until_s: 0 }
    const run = cases((name, call) => (name === 'rollback' ? Promise.resolve(idle) : call())).get('it changes at a cycle end, follows within a second for two cycles, and gives control back')!
    await expect(run()).rejects.toThrow('it does not run its own plan again')
  })
})

describe('the suite of faults', () => {
  const underFault = async (title: string, deploy: Deploy): Promise<void> => {
    const found: (() => Promise<void>)[] = []
    controllerFaults('it', makeRig, deploy, (name, run) => { if (name.endsWith(title)) found.push(run) })
    expect(found.length).toBe(1)
    await found[0]!()
  }

  it('finds a deployer that says it is done and is not, one that stops between, and one that leaves its plan running', async () => {
    await expect(underFault('nothing is wrong', async () => ({ state: 'LEASED', level: 5, sentences: [] }))).rejects.toThrow('the lamps do not follow')
    await expect(underFault('half of the set is written', async () => ({ state: 'PARTIAL', level: 1, sentences: ['half'] }))).rejects.toThrow('it ended PARTIAL, not')
    await expect(underFault('the command is echoed and ignored', async ({ device }) => {
      device.faults.echo_without_effect = false
      device.store(2, device.timing(1))
      device.select(2)
      return { state: 'ROLLED_BACK', level: 0, sentences: [] }
    })).rejects.toThrow('it ended ROLLED_BACK, and slot 2 runs')
  })
})
