import { describe, expect, it } from 'vitest'
import type { Fix, RadarTarget } from '../../../model/feed.ts'
import { FeedAccount } from '../../../model/feed-account.ts'
import { type ByteSource, memorySource } from '../bytes.ts'
import { feedConformance } from '../conformance.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { readLines } from '../text.ts'
import { probeDecoder, radarDecoder } from './decoders.ts'
import { openMqttProbes, type Message, MessageFeed, type MessageSource } from './index.ts'

/** Each line of a source as a message. */
const messagesOf = (source: ByteSource): MessageSource => ({
  name: source.name,
  async *open(signal) {
    for await (const lines of readLines(source, new FeedAccount(''), signal)) {
      for (const { text } of lines) yield { topic: 't', payload: Buffer.from(text), taken() {} } satisfies Message
    }
  },
})
const messages = (payloads: readonly string[], log: string[] = []): MessageSource => ({
  name: 'broker',
  async *open() {
    for (const [i, payload] of payloads.entries()) {
      log.push(`sent ${i}`)
      yield { topic: 't', payload: Buffer.from(payload), taken: () => log.push(`taken ${i}`) }
    }
  },
})
const fixText = (i: number): string => `{"vehicle_id":"v${i % 7}","time":${TEST_DAY_S + i},"x":${i},"y":2,"speed_mps":3}`
const fix = (i: number): Partial<Fix> => ({ vehicle: `v${i % 7}`, time_s: TEST_DAY_S + i, x_m: i, y_m: 2, speed_mps: 3 })
const probes = (source: MessageSource): MessageFeed<Fix> => new MessageFeed('probes', source, probeDecoder(testContext()))

async function all<Row>(feed: MessageFeed<Row>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return rows
}

describe('a feed of messages', () => {
  feedConformance('radar over messages', (source) => new MessageFeed<RadarTarget>('radar', messagesOf(source), radarDecoder(testContext(), {})), {
    good: {
      bytes: [0, 1].map((i) => `{"time":${TEST_DAY_S + i / 10},"sensor":"r","id":1,"x":${i},"y":2,"speed_mps":3}\n`).join(''),
      rows: [0, 1].map((i) => ({ sensor: 'r', time_s: TEST_DAY_S + i / 10, track: '1', x_m: i, y_m: 2, speed_mps: 3, lane: undefined, length_m: undefined, class: undefined, visible: true })),
    },
    long: (rows) => Array.from({ length: rows }, (_, i) => `{"time":${TEST_DAY_S + i / 10},"sensor":"r","id":1,"x":${i},"y":2,"speed_mps":3}\n`).join(''),
    bad: [{ title: 'messages that are none', bytes: `noise\n[1,{"time":${TEST_DAY_S},"sensor":"r","id":1,"x":1,"y":2}]\n[1,\n7\n`, rows: 1, issues: ['drop not-json', 'drop not-an-object'] }],
    refused: [{
      title: 'degrees whose datum nobody declared', bytes: `{"time":${TEST_DAY_S},"id":1,"lon":116,"lat":39}\n`, code: 'input.format', sentence: /datum/,
      makeFeed: (source) => new MessageFeed<RadarTarget>('radar', messagesOf(source), radarDecoder(testContext({ datum: undefined }), {})),
    }],
  }, it)

  it('reads one object, several lines of objects, an array, and an object over several lines', async () => {
    const feed = probes(messages([fixText(0), `${fixText(1)}\n${fixText(2)}\n`, `[${fixText(3)}, ${fixText(4)}]`, JSON.stringify(JSON.parse(fixText(5)), undefined, 2)]))
    expect(await all(feed)).toMatchObject([0, 1, 2, 3, 4, 5].map(fix))
    expect(feed.account.health()).toMatchObject({ read: 6, accepted: 6, issues: [] })
  })

  it('lets a message go only when its reader asks for more', async () => {
    const log: string[] = []
    for await (const [row] of probes(messages([fixText(0), 'noise', fixText(1)], log)).batches()) log.push(`read ${row!.time_s - TEST_DAY_S}`)
    expect(log).toEqual(['sent 0', 'read 0', 'taken 0', 'sent 1', 'taken 1', 'sent 2', 'read 1', 'taken 2'])
  })

  it('does not let go the message whose rows its reader left behind', async () => {
    const log: string[] = []
    for await (const _ of probes(messages([fixText(0), fixText(1)], log)).batches()) if (log.includes('sent 1')) break
    expect(log).toEqual(['sent 0', 'taken 0', 'sent 1'])
  })

  it('drops messages that are far too long', async () => {
    const feed = probes(messages([' '.repeat(16_000_001), fixText(0)]))
    expect((await all(feed)).length).toBe(1)
    expect(feed.account.health().issues).toMatchObject([{ verdict: 'drop', cause: 'message-too-long', records: 1 }])
  })

  it('reads an NDJSON file of probes as the file feed does', async () => {
    const bytes = Array.from({ length: 50 }, (_, i) => `${fixText(i)}\n`).join('')
    expect(await all(probes(messagesOf(memorySource('a', bytes))))).toEqual(await all(probes(messages([bytes]))))
  })
})

describe('a broker that cannot be reached', () => {
  it.each(['mqtt://user:secret@127.0.0.1:1', 'nonsense'])('is told in a sentence with its address and without passwords: %s', async (url) => {
    const reading = (async () => {
      for await (const _ of openMqttProbes({ url, topics: ['a'], connect_timeout_ms: 2000 }, testContext()).batches());
    })()
    await expect(reading).rejects.toMatchObject({ code: 'feed.unreachable' })
    await expect(reading).rejects.toThrow(url === 'nonsense' ? 'nonsense' : /^mqtt:\/\/127\.0\.0\.1:1: (?!.*secret)/)
  })
})
