// A rig for the suite: the adapter, a folder, and an emulated controller that somebody works on with sheets, by a clock that leaps.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RingPattern, Signal } from '../../../model/signal.ts'
import type { WireEntry } from '../../../plans/ports/controllers.ts'
import { aroundCalls, byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { setupOf, wantedOf } from '../emulator/setup.ts'
import { filesDriver } from './adapter.ts'
import { SheetClerk } from './emulator/clerk.ts'
import { itemsOf } from './timing.ts'

/** Monday 8 o'clock. */
const START_S = 1_767_571_200 + 8 * 3600

/** For a dual-ring signal. */
export async function filesRig(signal: Signal, running: RingPattern): Promise<ControllerRig> {
  const above = mkdtempSync(join(tmpdir(), 'greenwave-clerk-'))
  const folder = join(above, 'cab')
  renameSync(mkdtempSync(join(above, 'new-')), folder)
  const clock = new LeapingClock(START_S)
  const device = new EmulatedController(setupOf(signal, running), clock)
  const clerk = new SheetClerk(device, signal, folder, new Map(itemsOf(1, running).map(({ id, value }) => [id, value])))
  const wire: WireEntry[] = []
  await clock.wait(600)
  /** A reply that is lost: nobody can put a sheet into the folder while it is asked for. */
  const withoutFolder = async (call: () => unknown): Promise<unknown> => {
    renameSync(folder, `${folder}.away`)
    writeFileSync(folder, '')
    try {
      return await call()
    } finally {
      rmSync(folder)
      renameSync(`${folder}.away`, folder)
    }
  }
  const around = (name: string | symbol, call: () => unknown): unknown => {
    clerk.look()
    if (name !== 'push') return call()
    let isThere = false
    device.faults.deliver('write', () => { isThere = true })
    return isThere ? call() : withoutFolder(call)
  }
  return {
    driver: aroundCalls(byLeapingClock(filesDriver, clock), (context) => context, around), wire, device, clock,
    record: { id: 'cab', network: 'n', signal: signal.id, protocol: 'files', settings: { folder }, enabled: true, version: 0 },
    context: {
      signal, time_zone: 'UTC', now: () => clock.now(), wait: async (seconds, aborted) => { await clock.wait(seconds, aborted); clerk.look() }, secret: () => undefined,
      wire: (entry) => { wire.push(entry); if (entry.direction === 'sent') clerk.bring(entry.note ?? '') },
    },
    // It is somebody's word that the plan runs; nobody sees lamps or durations.
    proof: 3,
    good: wantedOf(signal, running, { by: 10, offset_s: 42 }),
    edges: [{ title: 'a cycle of an hour', want: wantedOf(signal, running, { by: 3500 }) }, { title: 'an offset of a tenth', want: wantedOf(signal, running, { offset_s: 0.1 }) }],
    unfit: [{ title: 'half a tenth', want: wantedOf(signal, running, { offset_s: 10.05 }), sentence: /10\.05 s; the controller keeps whole multiples of 0\.1 s/ }],
    isWritable: (id) => /^plan [1-9]\d* (form|cycle|offset|offset reference|coordinated|sequence|split [1-8])$/.test(id),
    kindOf: ({ note }) => (note?.endsWith('/run.csv') === true || note?.endsWith('/back.csv') === true ? 'command' : 'write'),
    mask: (hex) => hex,
    // There is no line on which anything could come unasked, and nothing secret.
    secrets: [], hostile: [], shout: () => undefined, counted: () => 0,
    close: () => { rmSync(above, { recursive: true }); return Promise.resolve() },
  }
}
