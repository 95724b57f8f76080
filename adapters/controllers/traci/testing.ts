// A rig for the suite: the adapter and an emulated SUMO with one light, over TCP. Its clock is the simulation's: whoever waits makes it step.
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { RingPattern, Signal } from '../../../model/signal.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import type { ControllerRig } from '../conformance.ts'
import { wantedOf } from '../emulator/setup.ts'
import { TraciStreets, traciDriver } from './driver.ts'
import { LightFace, programOf } from './emulator/face.ts'
import { kindOf, SumoServer } from './emulator/server.ts'
import { EmulatedSumo } from './emulator/sumo.ts'
import { commandsOf } from './emulator/wire.ts'
import { isWritableItem } from './write-set.ts'

/** Monday 8 o'clock. */
const STARTS_AT = 1_767_571_200 + 8 * 3600
const LIGHT = 'J1'
const never = (): AbortSignal => new AbortController().signal

const message = (...body: number[]): Uint8Array => Uint8Array.of(0, 0, 0, body.length + 4, ...body)

/** A connection a group, for a signal of vehicles only. */
export async function traciRig(signal: Signal, running: RingPattern): Promise<ControllerRig<LightFace>> {
  const links = signal.groups.map(({ id }) => id)
  const sumo = new EmulatedSumo(new Map([[LIGHT, programOf('0', lampTimingOf(signal, running), links)]]))
  const device = new LightFace(sumo, LIGHT, links, STARTS_AT)
  const server = new SumoServer(sumo)
  const settings = {
    host: '127.0.0.1', port: await server.listen(), starts_at: STARTS_AT, timeout_ms: 800, light: LIGHT,
    links: links.map((group) => ({ groups: [{ group, right_of_way: 'protected' }], rest: 'r' })),
  }
  const streets = new TraciStreets()
  const street = streets.at(settings)
  const clock = { now: () => street.now(), wait: (seconds: number, aborted = never()) => street.wait(seconds, aborted) }
  const wire: WireEntry[] = []
  // In step before anybody looks.
  await clock.wait(30)
  return {
    driver: traciDriver(streets), wire, device, clock,
    record: { id: 'j1', network: 'n', signal: signal.id, protocol: 'traci', settings, enabled: true, version: 0 },
    context: { signal, time_zone: 'UTC', now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: () => undefined },
    good: wantedOf(signal, running, { by: 10, offset_s: 42 }),
    edges: [{ title: 'a cycle of an hour', want: wantedOf(signal, running, { by: 3500 }) }, { title: 'an offset of 0', want: wantedOf(signal, running, { offset_s: 0 }) }],
    unfit: [
      { title: 'a phase of half a step', want: wantedOf(signal, running, { by: 10.5 }), sentence: /whole multiples of 1 s/ },
      { title: 'an offset between two steps', want: wantedOf(signal, running, { offset_s: 10.5 }), sentence: /10\.5 s; the controller keeps whole multiples of 1 s/ },
    ],
    isWritable: isWritableItem,
    kindOf: ({ hex }) => kindOf(commandsOf(Buffer.from(hex, 'hex').subarray(4))),
    mask: (hex) => hex,
    // The protocol has none.
    secrets: [],
    hostile: [
      { title: 'a message shorter than its own length', bytes: Uint8Array.of(0, 0, 0, 3) }, { title: 'a message of two thousand million bytes', bytes: Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1, 2, 3) },
      { title: 'an empty message', bytes: message() }, { title: 'a status of a command that nobody gave', bytes: message(7, 0xc2, 0, 0, 0, 0, 0) },
      { title: 'a yes without an answer', bytes: message(7, 0xa2, 0, 0, 0, 0, 0) },
      { title: 'programs of another light', bytes: message(7, 0xa2, 0, 0, 0, 0, 0, 14, 0xb2, 0x2b, 0, 0, 0, 1, 0x4a, 0x0f, 0, 0, 0, 0) },
      { title: 'two thousand million programs', bytes: message(7, 0xa2, 0, 0, 0, 0, 0, 15, 0xb2, 0x2b, 0, 0, 0, 2, 0x4a, 0x31, 0x0f, 0x7f, 0xff, 0xff, 0xff) },
    ],
    shout: (bytes) => server.shout(bytes),
    counted: (adapter) => (adapter as ControllerAdapter & { counters: { unbelieved: number } }).counters.unbelieved,
    close: async () => { await streets.close(); await server.close() },
  }
}
