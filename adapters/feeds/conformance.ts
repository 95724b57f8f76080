// The suite that every feed passes, as a function of the feed. It knows no test runner: `test` registers a titled case, and a
// case fails by throwing. A feed over something else than bytes (a broker) adapts: it reads the given source as its messages.
import assert from 'node:assert/strict'
import { FeedAccount } from '../../model/feed-account.ts'
import { type ErrorCode, GreenwaveError } from '../../model/errors.ts'
import type { ByteSource } from './bytes.ts'
import { corrupt } from './corruption.ts'
import type { Feed } from './feed.ts'

/** Opens a feed over a source. */
export type MakeFeed<Row> = (source: ByteSource) => Feed<Row> | Promise<Feed<Row>>

export interface FeedFixtures<Row> {
  /** A whole, healthy source and exactly the rows in it, in order. */
  good: { bytes: string | Uint8Array; rows: readonly Row[] }
  /** A healthy source with at least so many rows. */
  long(rows: number): string | Uint8Array
  /** Sources with bad records among good ones: how many rows come out, and each cause that must be counted, with its verdict (`drop no-vehicle`). */
  bad: readonly { title: string; bytes: string | Uint8Array; rows: number; issues: readonly string[] }[]
  /** Sources that can't be believed as a whole: the code and what the sentence must name. */
  refused: readonly { title: string; bytes: string | Uint8Array; code: ErrorCode; sentence: RegExp; makeFeed?: MakeFeed<Row> }[]
  /** Bytes that the feed and what it is made of may hold unread; default a megabyte. */
  read_ahead_bytes?: number
}

export type RegisterTest = (title: string, run: () => Promise<void>) => void

export function feedConformance<Row>(name: string, makeFeed: MakeFeed<Row>, fixtures: FeedFixtures<Row>, test: RegisterTest): void {
  const { good, bad, refused } = fixtures
  test(`${name} gives the rows of its source in their order, and none that is not there`, async () => {
    const { rows, feed } = await readAll(makeFeed, new WatchedSource(good.bytes))
    assert.deepStrictEqual(plain(rows), plain(good.rows))
    assertAdded(feed.account, rows.length)
    assert.equal(feed.account.accepted, good.rows.length)
  })
  test(`${name} gives the same rows however the source is cut into chunks`, async () => {
    for (const chunk of [1, 7, 64]) assert.deepStrictEqual(plain((await readAll(makeFeed, new WatchedSource(good.bytes, chunk))).rows), plain(good.rows), `chunks of ${chunk} bytes`)
  })
  test(`${name} gives the same rows when it is opened again`, async () => {
    const source = new WatchedSource(good.bytes)
    const first = await readAll(makeFeed, source)
    assert.deepStrictEqual((await readAll(makeFeed, source)).rows, first.rows)
  })
  test(`${name} has nothing to give where its source is empty`, async () => {
    const { rows, feed } = await readAll(makeFeed, new WatchedSource(''))
    assert.equal(rows.length, 0)
    assertAdded(feed.account, 0)
  })
  test(`${name} reads no further ahead than it must when its reader is slow`, () => pullsOnly(makeFeed, fixtures))
  test(`${name} ends quietly and closes its source when it is aborted`, () => endsAborted(makeFeed, fixtures))
  test(`${name} ends quietly when it is aborted while its source is silent`, () => endsWhileSilent(makeFeed, fixtures))
  test(`${name} closes its source when its reader leaves`, () => closesLeft(makeFeed, fixtures))
  for (const { title, bytes, rows: count, issues } of bad) {
    test(`${name} survives ${title} and counts it`, async () => {
      const { rows, feed } = await readAll(makeFeed, new WatchedSource(bytes))
      assert.equal(rows.length, count)
      assertAdded(feed.account, count)
      const found = feed.account.health().issues.map(({ verdict, cause }) => `${verdict} ${cause}`)
      for (const issue of issues) assert.ok(found.includes(issue), `"${issue}" is not among ${found.join(', ') || 'no issues'}`)
    })
  }
  for (const { title, bytes, code, sentence, makeFeed: other } of refused) {
    test(`${name} refuses ${title} in one sentence`, () => refusesWhole(other ?? makeFeed, bytes, code, sentence))
  }
  test(`${name} never breaks on corrupted input and its account adds up`, () => survives(makeFeed, good.bytes))
}

/** All rows of a source. */
export async function readAll<Row>(makeFeed: MakeFeed<Row>, source: ByteSource): Promise<{ rows: Row[]; feed: Feed<Row> }> {
  const feed = await makeFeed(source)
  const rows: Row[] = []
  for await (const batch of feed.batches()) rows.push(...batch)
  return { rows, feed }
}

/** Throws where the account does not add up: read is accepted, dropped and quarantined together. */
export function assertAdded(account: FeedAccount, rows: number): void {
  const { read, accepted, issues, from_s, until_s } = account.health()
  const lost = issues.filter(({ verdict }) => verdict !== 'repair').reduce((sum, { records }) => sum + records, 0)
  assert.equal(accepted, rows, 'rows accepted')
  assert.equal(read, accepted + lost, `read ${read}, accepted ${accepted}, dropped or quarantined ${lost}`)
  if (from_s !== undefined && until_s !== undefined) assert.ok(from_s <= until_s)
  for (const { example } of issues) assert.ok(example.length > 0)
}

/** A source that counts what is taken from it. */
export class WatchedSource implements ByteSource {
  readonly name = 'made-up source'
  readonly bytes: Uint8Array
  taken = 0
  opened = 0
  closed = 0
  readonly #chunk: number
  readonly #silentAfter: number

  /** Stays silent for ever after so many bytes. */
  constructor(bytes: string | Uint8Array, chunk = 16_384, silentAfter = Number.POSITIVE_INFINITY) {
    this.bytes = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
    this.#chunk = chunk
    this.#silentAfter = silentAfter
  }

  async *open(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    this.opened++
    try {
      for (let at = 0; at < this.bytes.length; at += this.#chunk) {
        if (at >= this.#silentAfter) await aborted(signal)
        if (signal?.aborted === true) return
        const chunk = this.bytes.subarray(at, at + this.#chunk)
        this.taken += chunk.length
        yield chunk
      }
    } finally {
      this.closed++
    }
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<void> => new Promise((resolve) => {
  if (signal?.aborted === true) resolve()
  else signal?.addEventListener('abort', () => resolve())
})

/** Undefined and left out are the same in a row. */
const plain = <Row>(rows: readonly Row[]): unknown => JSON.parse(JSON.stringify(rows))

/** Lets everything run that can. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => { setImmediate(resolve) })
}

async function pullsOnly<Row>(makeFeed: MakeFeed<Row>, { long, good, read_ahead_bytes: bound = 1 << 20 }: FeedFixtures<Row>): Promise<void> {
  const source = new WatchedSource(longerThan(long, 4 * bound, good.rows.length))
  const iterator = (await makeFeed(source)).batches()[Symbol.asyncIterator]()
  await iterator.next()
  for (let batch = 0; batch < 3; batch++) {
    const before = source.taken
    await idle()
    assert.ok(source.taken - before <= bound, `${source.taken - before} bytes were read while nobody asked; at most ${bound}`)
    await iterator.next()
  }
  assert.ok(source.taken <= 2 * bound, `${source.taken} bytes were read for four batches`)
  await iterator.return?.()
}

function longerThan(long: (rows: number) => string | Uint8Array, bytes: number, start: number): string | Uint8Array {
  for (let rows = Math.max(1000, start); ; rows *= 2) {
    const made = long(rows)
    if (made.length >= bytes) return made
  }
}

async function endsAborted<Row>(makeFeed: MakeFeed<Row>, { long }: FeedFixtures<Row>): Promise<void> {
  const source = new WatchedSource(long(20_000))
  const [controller, feed] = [new AbortController(), await makeFeed(source)]
  let rows = 0
  for await (const batch of feed.batches(controller.signal)) {
    rows += batch.length
    controller.abort()
  }
  await idle()
  assert.ok(rows > 0)
  assert.equal(source.closed, source.opened, 'the source is still open')
  assert.ok(source.taken < source.bytes.length, 'the whole source was read although the feed was aborted')
}

async function endsWhileSilent<Row>(makeFeed: MakeFeed<Row>, { long }: FeedFixtures<Row>): Promise<void> {
  const source = new WatchedSource(long(1000), 256, 512)
  const [controller, feed] = [new AbortController(), await makeFeed(source)]
  const reading = (async () => {
    for await (const batch of feed.batches(controller.signal)) assert.ok(batch)
  })()
  await idle()
  controller.abort()
  await reading
  await idle()
  assert.equal(source.closed, source.opened, 'the source is still open')
}

async function closesLeft<Row>(makeFeed: MakeFeed<Row>, { long }: FeedFixtures<Row>): Promise<void> {
  const source = new WatchedSource(long(20_000))
  for await (const batch of (await makeFeed(source)).batches()) if (batch.length > 0) break
  await idle()
  assert.equal(source.closed, source.opened, 'the source is still open')
}

async function refusesWhole<Row>(makeFeed: MakeFeed<Row>, bytes: string | Uint8Array, code: ErrorCode, sentence: RegExp): Promise<void> {
  let feed: Feed<Row> | undefined
  const failure = await (async () => {
    feed = await makeFeed(new WatchedSource(bytes))
    for await (const batch of feed.batches()) assert.equal(batch.length, 0, 'rows came out before the refusal')
  })().then(() => undefined, (error: unknown) => error)
  assert.ok(failure instanceof GreenwaveError, `it was not refused: ${String(failure)}`)
  assert.equal(failure.code, code)
  assert.match(failure.message, sentence)
  assert.ok(!failure.message.includes('\n'), 'the refusal has more than one line')
  if (feed !== undefined) assert.equal(feed.account.refused !== undefined, true, 'the account does not say that the feed was refused')
}

async function survives<Row>(makeFeed: MakeFeed<Row>, good: string | Uint8Array): Promise<void> {
  const bytes = typeof good === 'string' ? new TextEncoder().encode(good) : good
  for (let seed = 1; seed <= 60; seed++) {
    const source = new WatchedSource(corrupt(bytes, seed), 1000)
    const feed = await makeFeed(source)
    let rows = 0
    try {
      for await (const batch of feed.batches()) rows += batch.length
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw new Error(`corruption ${seed} broke the feed: ${String(error)}`, { cause: error })
      assert.ok(feed.account.refused !== undefined, `corruption ${seed}: refused, but the account does not say so`)
      continue
    }
    assertAdded(feed.account, rows)
    assert.equal(source.closed, source.opened)
  }
}
