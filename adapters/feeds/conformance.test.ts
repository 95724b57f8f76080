// The suite itself: a small feed passes, and feeds that break one obligation each fail the case that is about it.
import { afterAll, describe, expect, it } from 'vitest'
import { FeedAccount } from '../../model/feed-account.ts'
import type { ByteSource } from './bytes.ts'
import { type FeedFixtures, feedConformance } from './conformance.ts'
import type { Feed } from './feed.ts'
import { numberOf, readJsonLine } from './ndjson.ts'
import { refuse } from './refuse.ts'
import { readLines } from './text.ts'

interface Reading { value: number }

/** The smallest feed there can be: `{"value": 1}` a line. */
class ReadingFeed implements Feed<Reading> {
  readonly account = new FeedAccount('readings')
  protected readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
  }

  async *batches(signal?: AbortSignal): AsyncGenerator<Reading[]> {
    for await (const lines of readLines(this.source, this.account, signal)) yield lines.flatMap((line) => this.decode(line))
  }

  protected decode(line: { text: string; line: number; terminated: boolean }): Reading[] {
    const object = readJsonLine(line, this.source.name, this.account)
    if (object === undefined) return []
    if (object.unit !== undefined) refuse(this.account, 'input.value', `the unit is "${String(object.unit)}"`, { file: this.source.name, line: line.line })
    const value = numberOf(object.value)
    if (Number.isNaN(value)) {
      this.account.count('drop', 'no-value', () => `${this.source.name}:${line.line}: there is no value`)
      return []
    }
    this.account.accept(0)
    return [{ value }]
  }
}

const fixtures: FeedFixtures<Reading> = {
  good: { bytes: '{"value":1}\n{"value":2.5}\n{"value":"3"}\n', rows: [{ value: 1 }, { value: 2.5 }, { value: 3 }] },
  long: (rows) => '{"value":123456.789}\n'.repeat(rows),
  bad: [{ title: 'bad lines', bytes: '{"value":1}\n{"value":null}\nnonsense\n[1]\n{"val', rows: 1, issues: ['drop no-value', 'drop not-json', 'drop not-an-object', 'drop line-truncated'] }],
  refused: [{ title: 'another unit', bytes: '{"value":1,"unit":"mile"}\n', code: 'input.value', sentence: /made-up source:1.*"mile"/ }],
}

describe('the conformance suite', () => {
  feedConformance('a small feed', (source) => new ReadingFeed(source), fixtures, it)
})

class GreedyFeed extends ReadingFeed {
  override async *batches(): AsyncGenerator<Reading[]> {
    const all: Reading[][] = []
    for await (const batch of super.batches()) all.push(batch)
    yield* all
  }
}
class SecretiveFeed extends ReadingFeed {
  protected override decode(line: { text: string; line: number; terminated: boolean }): Reading[] {
    return line.line % 2 === 0 ? [] : super.decode(line)
  }
}
class ThrowingFeed extends ReadingFeed {
  protected override decode(line: { text: string; line: number; terminated: boolean }): Reading[] {
    JSON.parse(line.text)
    return super.decode(line)
  }
}
class DeafFeed extends ReadingFeed {
  override batches(): AsyncGenerator<Reading[]> {
    return super.batches()
  }
}
class TurningFeed extends ReadingFeed {
  protected override decode(line: { text: string; line: number; terminated: boolean }): Reading[] {
    return super.decode(line).map(({ value }) => ({ value: -value }))
  }
}

/** Titles of the cases that fail. */
async function failures(makeFeed: (source: ByteSource) => Feed<Reading>): Promise<string[]> {
  const cases: [string, () => Promise<void>][] = []
  feedConformance('it', makeFeed, fixtures, (title, run) => { cases.push([title, run]) })
  const failed: string[] = []
  for (const [title, run] of cases) await Promise.race([run(), hang()]).catch(() => failed.push(title))
  return failed
}

const timers: NodeJS.Timeout[] = []
const hang = (): Promise<never> => new Promise((_, reject) => { timers.push(setTimeout(() => reject(new Error('it hangs')), 2000)) })
afterAll(() => timers.forEach(clearTimeout))

describe('a feed fails the conformance suite where it', () => {
  it.each([
    ['reads everything before it gives anything', GreedyFeed, 'reads no further ahead'],
    ['leaves out records and does not say so', SecretiveFeed, 'gives the rows of its source'],
    ['throws at a malformed record', ThrowingFeed, 'survives bad lines'],
    ['does not listen to an abort', DeafFeed, 'ends quietly and closes its source'],
    ['does not listen to an abort while it waits', DeafFeed, 'ends quietly when it is aborted while'],
    ['changes what it read', TurningFeed, 'gives the rows of its source'],
  ])('%s', async (_, Broken, title) => {
    expect((await failures((source) => new Broken(source))).some((failed) => failed.includes(title))).toBe(true)
  })
})
