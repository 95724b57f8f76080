// With a NATS server of its own on a free port.
import { setTimeout as pause } from 'node:timers/promises'
import { RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import { BatchSender, Leases, NatsLink, NetworkReader, STREAM, type StreamedBatch } from './index.ts'
import { hasNats, startNatsServer, type TestNats } from './testing.ts'

let nats: TestNats
const links: NatsLink[] = []
const parts: { stop(patience_ms: number): Promise<void> }[] = []
beforeAll(async () => { nats = await startNatsServer({ max_payload: 100_000 }) })
afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop(0)))
  await Promise.all(links.splice(0).map((link) => link.close()))
})
afterAll(() => nats?.remove())

async function open(): Promise<NatsLink> {
  const link = new NatsLink({ url: nats.url, name: 'test', sizes: { bytes: 20_000_000, replicas: 1 } })
  links.push(link)
  await Promise.race([link.ready, pause(5000)])
  return link
}

function read(link: NatsLink, network: string, take: (batch: StreamedBatch) => Promise<unknown>): { laidAside: string[]; said: string[] } {
  const seen = { laidAside: [] as string[], said: [] as string[] }
  parts.push(new NetworkReader(link, network, { take: async (batch) => ({ stored: take(batch) }), refused: async ({ batch }) => { seen.laidAside.push(batch) }, warn: (sentence) => { seen.said.push(sentence) } }))
  return seen
}
const batchOf = (network: string, batch: string, bytes: Uint8Array = Buffer.from(batch)) => ({ network, feed: `a feed.of * ${network}`, batch, bytes })

describe.skipIf(!hasNats)('batches on NATS', () => {
  it('come in order to the reader of their network only, and answers go back', async () => {
    const link = await open()
    const sender = new BatchSender(link)
    const got: string[] = []
    read(link, 'in.or=d%er', async ({ network, feed, batch, bytes }) => {
      got.push(`${network} ${feed} ${batch} ${Buffer.from(bytes).toString()}`)
      return batch
    })
    const sent = await Promise.all(['1', '2', '3'].map((batch) => sender.send(batchOf('in.or=d%er', batch), 5000)))
    expect(await Promise.all(sent.map(({ answer }) => answer))).toEqual(['1', '2', '3'])
    expect(got).toEqual(['1', '2', '3'].map((batch) => `in.or=d%er a feed.of * in.or=d%er ${batch} ${batch}`))
    const { duplicate, answer } = await sender.send(batchOf('in.or=d%er', '2'), 50)
    expect([duplicate, await answer]).toEqual([true, undefined])
    const other = await sender.send(batchOf('another', '2'), 50)
    expect([other.duplicate, got.length]).toEqual([false, 3])
  })

  it('that will never be taken lie among the dead with the cause, and their sender hears it', async () => {
    const link = await open()
    const sender = new BatchSender(link)
    const seen = read(link, 'dead', async () => { throw new GreenwaveError('input.value', 'no vehicle\nhas a name') })
    const { answer } = await sender.send(batchOf('dead', 'bad'), 5000)
    await expect(answer).rejects.toMatchObject({ code: 'input.value', message: 'no vehicle\nhas a name' })
    expect(seen.laidAside).toEqual(['bad'])
    const letter = await link.streams.manager.streams.getMessage(STREAM.dead, { last_by_subj: 'dead.fix.dead.a=20feed=2Eof=20=2A=20dead' })
    expect([letter?.header.get('Greenwave-Cause'), letter?.string()]).toEqual(['no vehicle has a name', 'bad'])
  })

  it('are begun again after a failure, and laid aside when it stays', async () => {
    const link = await open()
    const sender = new BatchSender(link)
    const tries: Record<string, number> = {}
    const seen = read(link, 'again', async ({ batch }) => {
      tries[batch] = (tries[batch] ?? 0) + 1
      if (batch === 'twice' && tries[batch] === 1) throw new Error('short of memory')
      if (batch === 'later' && tries[batch] < 3) throw new GreenwaveError('store.unreachable', 'away')
      return tries[batch]
    })
    const [twice, later] = await Promise.all(['twice', 'later'].map(async (batch) => (await sender.send(batchOf('again', batch), 10_000)).answer))
    expect([twice, later, seen.laidAside]).toEqual([2, 3, []])
    expect(seen.said).toEqual(['batch twice of a feed.of * again failed and is tried again: short of memory'])
  })

  it('are packed where the server takes no larger messages, and refused where that does not help', async () => {
    const link = await open()
    const sender = new BatchSender(link)
    read(link, 'large', async ({ bytes }) => bytes.length)
    const { answer } = await sender.send(batchOf('large', 'packed', Buffer.alloc(1_000_000, 'a')), 5000)
    expect(await answer).toBeLessThan(10_000)
    const noise = Buffer.alloc(200_000, 0).map(() => Math.random() * 256)
    await expect(sender.send(batchOf('large', 'noise', noise), 50)).rejects.toMatchObject({ code: 'request.too-large' })
  })

  it('are not taken where the stream is full, and not dropped either', async () => {
    const link = await open()
    const sender = new BatchSender(link)
    const noise = Buffer.alloc(90_000, 0).map(() => Math.random() * 256)
    let kept = 0
    const fill = async (): Promise<void> => { for (; kept < 400; kept++) await sender.send(batchOf('full', `${kept}`, noise), 0) }
    await expect(fill()).rejects.toMatchObject({ code: 'service.busy', message: expect.stringContaining('takes no more') as string })
    const got: string[] = []
    read(link, 'full', async ({ batch }) => got.push(batch))
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(kept)
    expect(got).toEqual(Array.from({ length: kept }, (_, i) => `${i}`))
  })
})

describe.skipIf(!hasNats)('names that are shared out', () => {
  it('go evenly to those who are alive, and to others when one dies or leaves', async () => {
    const [one, two] = [await open(), await open()]
    const wanted = async () => ['a', 'b', 'c', 'd']
    const leasesOf = (link: NatsLink) => new Leases({ link, group: 'test', wanted, gain: () => ({ release: async () => {} }), warn: () => {}, look_ms: 200 })
    const first = leasesOf(one)
    await expect.poll(() => first.names.length, { timeout: 5000 }).toBe(4)
    const second = leasesOf(two)
    await expect.poll(() => [first.names.length, second.names.length], { timeout: 10_000 }).toEqual([2, 2])
    expect([...first.names, ...second.names].sort()).toEqual(['a', 'b', 'c', 'd'])
    // It dies: nobody renews what it held.
    await one.close()
    await expect.poll(() => second.names.length, { timeout: 20_000 }).toBe(4)
    const third = leasesOf(await open())
    await second.stop(100)
    await expect.poll(() => third.names.length, { timeout: 20_000 }).toBe(4)
    await third.stop(0)
    await first.stop(0)
  })
})

describe.skipIf(!hasNats)('a stream with other settings', () => {
  it('is refused with the setting, and left as it is', async () => {
    const own = await startNatsServer()
    try {
      const maker = new NatsLink({ url: own.url, name: 'test', sizes: { bytes: 1_000_000, replicas: 1 } })
      links.push(maker)
      await maker.ready
      const { manager } = maker.streams
      await manager.streams.delete(STREAM.batches)
      await manager.streams.add({ name: STREAM.batches, subjects: ['fix.*.*'], retention: RetentionPolicy.Limits, storage: StorageType.File })
      const link = new NatsLink({ url: own.url, name: 'test', sizes: { bytes: 1_000_000, replicas: 1 } })
      links.push(link)
      await expect.poll(() => link.trouble?.message, { timeout: 10_000 }).toBe('the stream GREENWAVE_FIX has retention "limits" where greenwave needs "workqueue"; it was left as it is')
      expect((await manager.streams.info(STREAM.batches)).config.retention).toBe('limits')
    } finally {
      await own.remove()
    }
  })
})
