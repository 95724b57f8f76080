// Broken input gets one sentence with file, line or element, and value; never anything but a GreenwaveError.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../../model/scenario.ts'
import { importOutcome, importRefusal, type ImportOutcome } from '../../../test/import-outcome.ts'
import { additionalWith, fileWith, importStreet, routesWith, STREET, streetText, streetWith } from './fixtures/street.ts'
import { importSumo } from './import-sumo.ts'

const laneLine = /<lane id="W-A_0"[^>]*>/.exec(streetText)?.[0] ?? ''
const lengthOf = /length="[^"]*"/.exec(laneLine)?.[0] ?? ''
const phase = '<phase duration="42" state="rrrGGgGGGGGGrrrGGg"/>'
const programB = /<tlLogic id="B"[\s\S]*?<\/tlLogic>/.exec(streetText)?.[0] ?? ''
const edge = /<edge id="As-A"[\s\S]*?<\/edge>/.exec(streetText)?.[0] ?? ''
const junction = /<junction id="As"[^>]*>/.exec(streetText)?.[0] ?? ''

const NETS: [name: string, file: () => string, code: string, words: RegExp][] = [
  ['a file that is not there', () => '/nowhere/x.net.xml', 'input.unreadable', /ENOENT/],
  ['a file of 0 bytes', () => fileWith(''), 'input.empty', /0 bytes/],
  ['white space', () => fileWith(' \n '), 'input.empty', /white space/],
  ['CSV', () => fileWith('INTID,Name\n1,A\n'), 'input.format', /"INTID,Name/],
  ['JSON', () => fileWith('{"format": 1}'), 'input.format', /not XML/],
  ['OpenStreetMap', () => fileWith('<osm version="0.6"></osm>'), 'input.format', /OpenStreetMap/],
  ['a route file', () => routesWith(''), 'input.format', /<routes>/],
  ['a network cut in the middle', () => fileWith(streetText.slice(0, streetText.length / 2)), 'input.truncated', /:\d+: the file ends/],
  ['a gzip file cut in the middle', () => fileWith(gzipSync(streetText).subarray(0, 3000), 'net.xml.gz'), 'input.truncated', /gzip/],
  ['a damaged gzip file', () => fileWith(Buffer.concat([gzipSync(streetText).subarray(0, 40), Buffer.alloc(500, 7)]), 'net.xml.gz'), 'input.syntax', /gzip/],
  ['mismatched tags', () => fileWith('<net>\n<edge id="e" from="a" to="b"></lane></net>'), 'input.syntax', /:2/],
  ['no edges', () => fileWith('<net></net>'), 'input.value', /no edges/],
  ['a lane of length NaN', () => streetWith(laneLine, laneLine.replace(lengthOf, 'length="NaN"')), 'input.value', /:\d+, <lane id="W-A_0">: length is "NaN"/],
  ['a lane of negative length', () => streetWith(laneLine, laneLine.replace(lengthOf, 'length="-3"')), 'input.value', /length is -3/],
  ['a lane of length 0', () => streetWith(laneLine, laneLine.replace(lengthOf, 'length="0"')), 'input.value', /length is 0/],
  ['the same edge twice', () => streetWith(edge, edge + edge), 'input.duplicate', /edge "As-A"/],
  ['the same junction twice', () => streetWith(junction, junction + junction), 'input.duplicate', /junction "As"/],
  ['the same program twice', () => streetWith(programB, programB + programB), 'input.duplicate', /program "0"/],
  ['an edge from nowhere', () => streetWith('from="As" to="A"', 'from="Nowhere" to="A"'), 'input.reference', /junction "Nowhere"/],
  ['a connection to an unknown edge', () => streetWith('<connection from="As-A" to="A-An"', '<connection from="As-A" to="A-Mars"'), 'input.reference', /edge "A-Mars"/],
  ['a connection via an unknown lane', () => streetWith('via=":A_8_0"', 'via=":A_88_0"'), 'input.reference', /":A_88_0"/],
  ['a connection from a lane that is not there', () => streetWith('<connection from="As-A" to="A-An" fromLane="0"', '<connection from="As-A" to="A-An" fromLane="5"'), 'input.reference', /lane 5 of edge "As-A"/],
  ['a traffic light without phases', () => streetWith(programB, '<tlLogic id="B" type="static" programID="0" offset="0"></tlLogic>'), 'network.signal', /"B" has no phases/],
  ['a traffic light without a program', () => streetWith(programB, ''), 'network.signal', /"B" governs connections but has no program/],
  ['a state that is too short', () => fileWith(streetText.replaceAll(/state="([rgyG]{17})[rgyG]"/g, 'state="$1"')), 'input.value', /17 characters; its links need 18/],
  ['states of unequal length', () => streetWith(phase, phase.replace('rrrGG', 'rrrG')), 'input.value', /17|18/],
  ['a green that serves no lane', () => fileWith(streetText.replaceAll(/state="([rgyG]{18})"/g, 'state="$1G"')), 'network.signal', /link index 18, which serves no lane/],
  ['a phase of negative duration', () => streetWith(phase, phase.replace('42', '-42')), 'input.value', /duration is -42/],
  ['a phase of duration NaN', () => streetWith(phase, phase.replace('42', 'nan')), 'input.value', /duration is "nan"/],
  ['an unknown letter in a state', () => streetWith(phase, phase.replace('GGg', 'GXg')), 'input.value', /"rrrGXg/],
  ['a program for a light that governs nothing', () => streetWith(programB, `${programB}<tlLogic id="ghost"><phase duration="9" state="G"/></tlLogic>`), 'network.signal', /"ghost" serves no lane/],
]

describe('a broken network', () => {
  for (const [name, file, code, words] of NETS) {
    it(`is refused: ${name}`, async () => {
      const path = file()
      const error = await importRefusal(importSumo(path))
      expect(error).toMatchObject({ code, exitCode: 3 })
      expect(error.message).toMatch(words)
      expect(error.message).toContain(path)
    })
  }
})

const ROUTES: [name: string, body: string, code: string, words: RegExp][] = [
  ['an unknown edge', '<vehicle id="v" depart="0"><route edges="W-A Mars"/></vehicle>', 'input.reference', /:2, <route>: edge "Mars"/],
  ['an unknown edge in a trip', '<trip id="v" depart="0" from="W-A" to="Mars"/>', 'input.reference', /<trip id="v">: edge "Mars"/],
  ['an unknown type', '<trip id="v" type="ufo" depart="0" from="W-A" to="B-E"/>', 'input.reference', /"ufo"/],
  ['an unknown route', '<vehicle id="v" depart="0" route="r"/>', 'input.reference', /route "r"/],
  ['a vehicle twice', '<trip id="v" depart="0" from="W-A" to="B-E"/><trip id="v" depart="1" from="W-A" to="B-E"/>', 'input.duplicate', /vehicle "v"/],
  ['a departure that is no time', '<trip id="v" depart="soon" from="W-A" to="B-E"/>', 'input.value', /"soon"/],
  ['a negative departure', '<trip id="v" depart="-5" from="W-A" to="B-E"/>', 'input.value', /depart is -5/],
  ['a flow of too many', '<flow id="f" end="90000" period="0.01" from="W-A" to="B-E"/>', 'input.value', /9000000 vehicles/],
  ['a TAZ of an unknown edge', '<taz id="z" edges="nowhere"/>', 'input.reference', /edge "nowhere" does not exist/],
  ['a TAZ twice', '<taz id="z" edges="W-A"/><taz id="z" edges="W-A"/>', 'input.duplicate', /TAZ "z" is there twice/],
  ['a flow of too many', '<flow id="f" begin="0" end="86400" period="0.0001" from="W-A" to="B-E"/>', 'input.value', /864000000 vehicles/],
  ['a departure on no lane', '<trip id="v" depart="0" departLane="top" from="W-A" to="B-E"/>', 'input.value', /"top"/],
  ['a departure backwards', '<trip id="v" depart="0" departSpeed="-3" from="W-A" to="B-E"/>', 'input.value', /-3/],
  ['a vehicle without a way', '<vehicle id="v" depart="0"/>', 'input.value', /neither a route nor/],
  ['an unknown bus stop', '<trip id="v" depart="0" from="W-A" to="B-E"><stop busStop="s" duration="1"/></trip>', 'input.reference', /busStop "s"/],
]

describe('a broken route file', () => {
  for (const [name, body, code, words] of ROUTES) {
    it(`is refused: ${name}`, async () => {
      const error = await importRefusal(importStreet({ routes: [routesWith(body)] }))
      expect(error).toMatchObject({ code, exitCode: 3 })
      expect(error.message).toMatch(words)
    })
  }
  it('is refused: a network in its place', async () => {
    expect(await importRefusal(importStreet({ routes: [STREET] }))).toMatchObject({ code: 'input.format' })
  })
  it('is refused: a switch to a program that does not exist', async () => {
    const file = additionalWith('<WAUT id="w" refTime="0" startProg="0"><wautSwitch time="9" to="x"/></WAUT><wautJunction wautID="w" junctionID="A"/>')
    const error = await importRefusal(importStreet({ additional: [file] }))
    expect(error.code).toBe('input.reference')
    expect(error.message).toContain('program "x"')
  })
})

/** Small generator of whole numbers (Park-Miller), so that a failure can be repeated from its seed. */
function* numbers(seed: number): Generator<number> {
  let state = seed
  for (;;) {
    state = (state * 48271) % 2147483647
    yield state
  }
}

function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = numbers(seed)
  const next = (limit: number): number => random.next().value % limit
  const copy = Uint8Array.from(bytes)
  const kind = next(4)
  if (kind === 0) return copy.subarray(0, next(copy.length))
  for (let i = 0; i <= next(8); i++) {
    const at = next(copy.length)
    // Digits, quotes, brackets and signs break values more often than bytes at random.
    copy[at] = kind === 1 ? next(256) : ('0123456789-."<>/ =eGr'.codePointAt(next(20)) ?? 0)
  }
  return copy
}

describe('bytes changed at random', () => {
  const routes = readFileSync(routesWith(`<vType id="t" sigma="0.5"/><flow id="f" begin="0" end="600" period="30" type="t" from="W-A" to="B-E"/>
    <vehicle id="v" depart="1"><route edges="W-A A-M M-B B1-B2 B-E"/><stop lane="M-B_0" endPos="50" duration="9"/></vehicle>`))
  /** How many of 250 ended in a scenario and how many in a refusal; what ends otherwise is known by its seed. */
  const tally = async (end: (seed: number) => Promise<{ scenario: Scenario }>): Promise<Record<ImportOutcome, number>> => {
    const seen = { scenario: 0, refused: 0 }
    for (let seed = 1; seed <= 250; seed++) {
      seen[await importOutcome(() => end(seed)).catch((error: unknown) => { throw new Error(`seed ${seed}: ${String(error)}`, { cause: error }) })]++
    }
    return seen
  }
  /** Both ends of the road are really travelled; most bytes that change break the file. */
  const both = ({ scenario, refused }: Record<ImportOutcome, number>): boolean => scenario > 2 && refused > 100

  it('in a network end in a scenario that validates or a GreenwaveError', async () => {
    const net = readFileSync(STREET)
    expect(await tally((seed) => importSumo(fileWith(mutate(net, seed)), {}))).toSatisfy(both)
  })
  it('in a route file end in a scenario that validates or a GreenwaveError', async () => {
    expect(await tally((seed) => importSumo(STREET, { routes: [fileWith(mutate(routes, seed), 'rou.xml')] }))).toSatisfy(both)
  })
})
