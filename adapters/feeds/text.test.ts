import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeedAccount } from '../../model/feed-account.ts'
import { fileSource, memorySource, type ByteSource } from './bytes.ts'
import { type Line, readLines } from './text.ts'

async function read(source: ByteSource): Promise<{ lines: Line[]; account: FeedAccount; issues: string[] }> {
  const account = new FeedAccount('source')
  const lines: Line[] = []
  for await (const some of readLines(source, account)) lines.push(...some)
  return { lines, account, issues: account.health().issues.map(({ verdict, cause }) => `${verdict} ${cause}`) }
}

const texts = (lines: readonly Line[]): string[] => lines.map(({ text }) => text)

describe('lines of a feed', () => {
  it('come without their line ends, whichever these are, and without a byte order mark', async () => {
    const { lines } = await read(memorySource('file', '\uFEFFa\r\nb\n\n  \nc'))
    expect(lines).toEqual([
      { text: 'a', line: 1, terminated: true }, { text: 'b', line: 2, terminated: true }, { text: 'c', line: 5, terminated: false },
    ])
  })

  it('are the same however the bytes are cut, packed or not', async () => {
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\r\n\uFEFF]/.test(text) && text.trim() !== '')
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 50 }), fc.boolean(), async (wanted, chunk, packed) => {
      const bytes = Buffer.from(wanted.map((text) => `${text}\n`).join(''))
      const { lines, issues } = await read(memorySource('file', packed ? gzipSync(bytes) : bytes, chunk))
      expect(texts(lines)).toEqual(wanted)
      expect(lines.map(({ line }) => line)).toEqual(wanted.map((_, i) => i + 1))
      expect(issues).toEqual([])
    }), { numRuns: 200 })
  })

  it('that are no UTF-8 stay apart from each other and are counted', async () => {
    const { lines, issues } = await read(memorySource('file', Buffer.from([0x61, 10, 0xbb, 0xa6, 10, 0xbb, 0xa7, 10])))
    expect(new Set(texts(lines)).size).toBe(3)
    expect(issues).toEqual(['repair not-utf8'])
  })

  it('that never end are dropped, counted once, and the next ones are read', async () => {
    const { lines, account, issues } = await read(memorySource('file', `a\n${'x'.repeat(2_500_000)}\nb\nc\n`))
    expect(lines.map(({ text, line }) => [text, line])).toEqual([['a', 1], ['b', 3], ['c', 4]])
    expect(issues).toEqual(['drop line-too-long'])
    expect(account.read).toBe(1)
    expect(account.health().issues[0]!.example).toContain('file:2')
  })

  it('of a packed file that breaks off are those before the break', async () => {
    const whole = gzipSync(Array.from({ length: 50_000 }, (_, i) => `line ${i} ${(i * 7919) % 1000}\n`).join(''))
    const { lines, issues } = await read(memorySource('file.gz', whole.subarray(0, whole.length / 2)))
    expect(issues).toEqual(['drop source-truncated'])
    expect(lines.length).toBeGreaterThan(10_000)
    expect(lines.at(-1)!.text).toMatch(/^line \d+ \d+$/)
    const damaged = Uint8Array.from(whole)
    damaged.fill(0xff, whole.length / 2, whole.length / 2 + 50)
    expect((await read(memorySource('file.gz', damaged))).issues).toEqual(['drop source-damaged'])
  })

  it('of a file with gz in its name that was unpacked on its way are read as they are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'text-'))
    await writeFile(join(folder, 'a.gz'), 'plain\n')
    expect(texts((await read(fileSource(join(folder, 'a.gz')))).lines)).toEqual(['plain'])
    await rm(folder, { recursive: true })
  })

  it('of UTF-16 are refused, and a missing file is named', async () => {
    await expect(read(memorySource('wide.csv', Buffer.from('\uFEFFid\n', 'utf16le')))).rejects.toThrow(/wide\.csv.*UTF-16.*fffe/)
    await expect(read(fileSource('/nowhere/probes.csv'))).rejects.toThrow(/\/nowhere\/probes\.csv.*ENOENT/)
  })
})
