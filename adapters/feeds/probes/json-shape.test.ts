import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fix } from '../../../model/feed.ts'
import { FeedAccount } from '../../../model/feed-account.ts'
import { type ByteSource, memorySource } from '../bytes.ts'
import { corrupt } from '../corruption.ts'
import type { FeedContext } from '../feed.ts'
import { readJsonLine } from '../ndjson.ts'
import { readLines } from '../text.ts'
import { JsonShape } from './json-shape.ts'
import { FixDecoder, type PlacedObject, readNdjsonProbes } from './objects.ts'
import { probeContext } from './test-context.ts'

const DAY_S = Date.parse('2026-01-05T00:00:00Z') / 1000

/** Every line by JSON.parse. */
async function* byObjects(source: ByteSource, context: FeedContext, account: FeedAccount): AsyncGenerator<Fix[]> {
  const decoder = new FixDecoder(source.name, context, account)
  for await (const lines of readLines(source, account)) {
    const objects: PlacedObject[] = []
    for (const line of lines) {
      const object = readJsonLine(line, source.name, account)
      if (object !== undefined) objects.push({ object, place: `${source.name}:${line.line}` })
    }
    yield decoder.decode(objects)
  }
}

async function told(read: typeof readNdjsonProbes, bytes: Uint8Array, chunk: number, context: FeedContext): Promise<unknown> {
  const account = new FeedAccount('probes')
  const fixes: Fix[] = []
  try {
    for await (const some of read(memorySource('file', bytes, chunk), context, account)) fixes.push(...some)
  } catch (error) {
    return { error: (error as Error).message, health: account.health() }
  }
  return { fixes, health: account.health() }
}

const place = fc.oneof(fc.double({ min: -100, max: 21_000, noNaN: true }), fc.integer({ min: 0, max: 20_000 }), fc.constantFrom('"7.5"', null, 1e5, true, '"x"', 0.1 + 0.2, '-0', 5e-7, '1e400'))
const quantity = fc.oneof(fc.integer({ min: 0, max: 359 }), fc.double({ min: 0, max: 400, noNaN: true }), fc.constantFrom(null, -1, 360, '"12"', '"fast"', '""', false, 1e22))
const vehicle = fc.oneof(fc.constantFrom('"a"', '"b"', '" c "', '"é"', '"x\\u0041"', '"q\\"q"', '""', 7, 12345678901234567890n, null), fc.integer({ min: 0, max: 9 }).map((v) => `"v${v}"`))
const time = fc.oneof(
  fc.integer({ min: 0, max: 86_400 }).map((t) => DAY_S + t), fc.integer({ min: 0, max: 86_400_000 }).map((ms) => JSON.stringify(new Date(DAY_S * 1000 + ms).toISOString())),
  fc.constantFrom(null, '"soon"', '"2026-01-05 08:00:00"', '"2026-01-05T08:00:00+08:00"', DAY_S * 1000, 61_200, -4, '""'),
)
const line = fc.record({ vehicle, time, x: place, y: place, speed: quantity, heading: quantity, form: fc.integer({ min: 0, max: 7 }), pad: fc.constantFrom('', '', '', ' ') }).map(({ vehicle: v, time: t, x, y, speed, heading, form, pad }) => {
  const usual = `{"vehicle_id":${v},"time":${t},"x":${x},"y":${y},"speed":${speed},"heading_deg":${heading}${pad}}\n`
  const others = [`{"y": ${y}, "x": ${x}, "kmh": ${speed}, "time": ${t}, "id": ${v}, "class": "bus", "ok": true}\r\n`, `{"id":${v},"time":${t},"lon":121.47,"lat":31.23,"x":${x},"y":${y},"accuracy_m":${speed}}\n`, '\n', `{"vehicle_id":${v},"time":${t}}\n`]
  return others[form] ?? usual
})

describe('lines that repeat the fields of a line before', () => {
  it('give the same fixes and the same account as objects do, whole or broken', async () => {
    await expect(fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 60 }), fc.integer({ min: 100, max: 3000 }), fc.option(fc.nat()), fc.constantFrom<Partial<FeedContext>>({}, { datum: 'scenario' }, { speed_unit: 'kmh' }), async (lines, chunk, seed, changes) => {
      const whole = Buffer.from(lines.join(''))
      const bytes = seed === null ? whole : corrupt(whole, seed)
      const context = probeContext(changes)
      expect(await told(readNdjsonProbes, bytes, chunk, context)).toEqual(await told(byObjects, bytes, chunk, context))
    }), { numRuns: 100 })).resolves.toBeUndefined()
  })

  it('are read only where they are of the shape to the letter, with the numbers that JSON has', () => {
    const shape = JsonShape.of('{"id":"a","x":1.5,"ok":true}')!
    expect(shape.names).toEqual(['id', 'x', 'ok'])
    fc.assert(fc.property(fc.oneof(fc.double({ noNaN: true }).filter(Number.isFinite), fc.integer(), fc.float({ noNaN: true }).filter(Number.isFinite)), (x) => {
      const text = `{"id":"b","x":${JSON.stringify(x)},"ok":false}`
      expect(shape.read(text, 0)).toBe(true)
      expect(shape.number[1]).toBe(JSON.parse(JSON.stringify(x)))
      expect(shape.next).toBe(text.length + 1)
    }))
    for (const other of ['{"id":"b","x":01,"ok":true}', '{"id":"b","x":1.,"ok":true}', '{"id":"b","x":.5,"ok":true}', '{"id":"b","x":+1,"ok":true}', '{"id":"b","x":1e,"ok":true}', '{"id":"b","x":1, "ok":true}', '{"id":"b","x":1,"ok":true}}', '{"id":"b","x":1,"ok":tru', '{"id":"b\\n","x":1,"ok":true}', '{"id":"b","x":1e999,"ok":true}', '{"id":"b']) {
      expect([other, shape.read(other, 0)]).toEqual([other, false])
    }
  })

  it('have no shape where a field stands twice or holds more than a value', () => {
    for (const odd of ['{}', '{"a":1,"a":2}', '{"a":[1]}', '{"a":{"b":1}}', '{"a":"\\n"}', '{"2":1}']) expect([odd, JsonShape.of(odd)]).toEqual([odd, undefined])
  })
})
