// The emulated SUMO beside SUMO itself: whatever a client may ask of a traffic light, both answer the same bytes.
import { mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as traci from '../../adapters/controllers/traci/codec.ts'
import { SumoServer } from '../../adapters/controllers/traci/emulator/server.ts'
import { EmulatedSumo, phase, type SumoProgram } from '../../adapters/controllers/traci/emulator/sumo.ts'
import { valueOf } from '../../adapters/controllers/traci/program.ts'
import { builtNet, corridorStreets } from '../../bench/sumo/corridors.ts'
import { hasSumo, sumoNote } from '../sumo.ts'
import { serveSumo } from './sumo-street.ts'

const { LIGHT } = traci
const { getLight, setLight } = traci
const text = (value: string): traci.TraciValue => ({ type: 'text', value })
const whole = (value: number): traci.TraciValue => ({ type: 'int', value })
const seconds = (value: number): traci.TraciValue => ({ type: 'double', value })

/** Asks over one connection; answers as they came. */
async function client(port: number): Promise<{ ask(commands: readonly traci.TraciCommand[]): Promise<string>; close(): void }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const splitter = new traci.MessageSplitter()
  let [answered, failed]: [(body: Buffer) => void, (error: Error) => void] = [() => undefined, () => undefined]
  socket.on('data', (chunk: Buffer) => { for (const body of splitter.push(chunk)) answered(body) })
  socket.on('error', (error) => failed(error))
  socket.on('close', () => failed(new Error('the connection was ended')))
  await new Promise((resolve, reject) => { socket.once('connect', resolve); failed = reject })
  return {
    ask: (commands) => new Promise((resolve, reject) => { answered = (body) => resolve(body.toString('hex')); failed = reject; socket.write(traci.encodeMessage(commands)) }),
    close: () => socket.destroy(),
  }
}

/** Traffic lights of a net file, which holds one program each. */
const lightsOf = (xml: string): Map<string, SumoProgram> => new Map([...xml.matchAll(/<tlLogic id="([^"]+)" type="static" programID="([^"]+)"[^>]*>([\s\S]*?)<\/tlLogic>/g)].map(([, light, id, body]) =>
  [light!, { id: id!, type: 0, parameters: [], phases: [...body!.matchAll(/<phase duration="([\d.]+)"\s+state="([^"]+)"/g)].map(([, duration, state]) => phase(Number(duration), state!)) }]))

let [folder, net] = ['', '']
let lights = new Map<string, SumoProgram>()

describe.skipIf(!hasSumo)(`the emulated SUMO${sumoNote}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greenwave-sumo-'))
    const streets = corridorStreets()
    ;({ net } = await builtNet(streets.network, streets.patterns, 'corridor', folder))
    lights = lightsOf(await readFile(net, 'utf8'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('answers what SUMO answers, to the bit', async () => {
    const names = [...lights.keys()]
    expect(names.length).toBeGreaterThan(1)
    const letters = new Map([...lights].map(([light, { phases }]) => [light, phases[0]!.state.length]))
    const light = fc.constantFrom(...names)
    const program = fc.constantFrom('0', 'gw1', 'gw2', 'gw10', 'nope')
    const stored = fc.tuple(light, fc.constantFrom('gw1', 'gw2', 'gw10'), fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.constantFrom('G', 'g', 'y', 'r'))), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 99 }))
      .map(([one, id, phases, offset]) => setLight(one, LIGHT.complete, valueOf({
        id, type: 0, parameters: new Map([['greenwave.offset_s', String(offset)]]),
        phases: phases.map(([duration, stream]) => ({ duration: duration * 10, state: [...stream.take(letters.get(one)!)].join('') })),
      })))
    const command = fc.oneof(
      { weight: 2, arbitrary: stored },
      { weight: 3, arbitrary: fc.tuple(light, program).map(([one, id]) => setLight(one, LIGHT.program, text(id))) },
      { weight: 2, arbitrary: fc.tuple(light, fc.integer({ min: 0, max: 3 })).map(([one, index]) => setLight(one, LIGHT.index, whole(index))) },
      { weight: 2, arbitrary: fc.tuple(light, fc.integer({ min: 1, max: 30 })).map(([one, left]) => setLight(one, LIGHT.remaining, seconds(left))) },
      { weight: 3, arbitrary: fc.tuple(light, fc.constantFrom(LIGHT.state, LIGHT.currentIndex, LIGHT.currentProgram, LIGHT.programs, LIGHT.nextSwitch)).map(([one, variable]) => getLight(one, variable)) },
      fc.constantFrom(traci.version(), traci.getTime(), getLight('nope', LIGHT.state), setLight('nope', LIGHT.program, text('0')), setLight(names[0]!, LIGHT.index, whole(99)),
        setLight(names[0]!, LIGHT.index, seconds(1)), setLight(names[0]!, 0x77, whole(1)), getLight(names[0]!, 0x99), traci.subscribeLight('nope', [LIGHT.state])),
    )
    const messages = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant([traci.step()]) }, { weight: 2, arbitrary: fc.array(command, { minLength: 1, maxLength: 4 }) }), { minLength: 60, maxLength: 120 })
    const sumo = await serveSumo(net)
    const server = new SumoServer(new EmulatedSumo(lights))
    const [theirs, ours] = await Promise.all([client(sumo.port), client(await server.listen())])
    const watched = [traci.version(), traci.subscribeTime(), ...names.map((one) => traci.subscribeLight(one, [LIGHT.state, LIGHT.currentIndex, LIGHT.currentProgram, LIGHT.nextSwitch]))]
    expect(await ours.ask(watched)).toBe(await theirs.ask(watched))
    let asked = 0
    for (const [i, sequence] of fc.sample(messages, { seed: 7, numRuns: 40 }).entries()) {
      for (const commands of sequence) {
        const [expected, found] = await Promise.all([theirs.ask(commands), ours.ask(commands)])
        expect(found, `sequence ${i}: ${commands.map(({ id, content }) => `${id.toString(16)} ${content.toString('hex')}`).join(', ')}`).toBe(expected)
        asked++
      }
    }
    expect(asked).toBeGreaterThan(2000)
    expect(await ours.ask([traci.close()])).toBe(await theirs.ask([traci.close()]))
    expect(await sumo.ended).toBe(0)
    ours.close()
    theirs.close()
    await server.close()
  })
})
