// Probes from any number of sources of any known form, as one feed. The form is told by the content, whatever the name.
import type { Fix } from '../../../model/feed.ts'
import { FeedAccount } from '../../../model/feed-account.ts'
import { type ByteSource, unpackedBytes } from '../bytes.ts'
import type { Feed, FeedContext } from '../feed.ts'
import { refuse } from '../refuse.ts'
import { findColumns, findDelimiter, splitFields } from '../table.ts'
import { readCsvProbes } from './csv.ts'
import { readFcdProbes } from './fcd.ts'
import { readGtfsJsonProbes, readGtfsProbes } from './gtfs.ts'
import { PROBE_COLUMNS } from './layout.ts'
import { readNdjsonProbes } from './objects.ts'

export type ProbeForm = 'csv' | 'ndjson' | 'fcd' | 'gtfs' | 'gtfs-json'

type ReadProbes = (source: ByteSource, context: FeedContext, account: FeedAccount, signal?: AbortSignal) => AsyncGenerator<Fix[]>

const READERS: Readonly<Record<ProbeForm, ReadProbes>> = {
  'csv': readCsvProbes, 'ndjson': readNdjsonProbes, 'fcd': readFcdProbes, 'gtfs': readGtfsProbes, 'gtfs-json': readGtfsJsonProbes,
}

/** Enough for a header line, or for the head of a document. */
const HEAD_BYTES = 4096

/** Sources read one after the other. Opened again, it begins anew, and so does its account. */
export class ProbeFeed implements Feed<Fix> {
  account: FeedAccount
  #opened = false
  readonly #sources: readonly ByteSource[]
  readonly #context: FeedContext
  readonly #form: ProbeForm | undefined

  /** With a form, every source is taken to have it; without, each is looked at, and of several those that are no probes are left out. */
  constructor(sources: readonly ByteSource[], context: FeedContext, form?: ProbeForm) {
    this.account = new FeedAccount(context.source)
    this.#sources = sources
    this.#context = context
    this.#form = form
  }

  async *batches(signal?: AbortSignal): AsyncGenerator<readonly Fix[], void> {
    if (this.#opened) this.account = new FeedAccount(this.#context.source)
    this.#opened = true
    const { account } = this
    let known = 0
    let other: { name: string; head: string } | undefined
    for (const source of this.#sources) {
      if (signal?.aborted === true) return
      const head = this.#form === undefined ? await readHead(source, signal) : undefined
      const form = this.#form ?? formOf(head!)
      if (form !== undefined) {
        known++
        yield* nonEmpty(READERS[form](source, this.#context, account, signal))
      } else if (head!.length > 0) {
        const shown = JSON.stringify(head!.toString('utf8', 0, 40))
        other ??= { name: source.name, head: shown }
        account.count('drop', 'not-probes', () => `${source.name}: left out; it begins with ${shown}`, 0)
      }
    }
    if (known > 0 || other === undefined || signal?.aborted === true) return
    refuse(account, 'input.format', `these are no probes: the file begins with ${other.head}; known are CSV with a header (vehicle_id,time_s,lon,lat or x,y), one JSON object a line, SUMO's floating car data and GTFS-Realtime`, { file: other.name })
  }
}

async function* nonEmpty(batches: AsyncIterable<Fix[]>): AsyncGenerator<readonly Fix[]> {
  for await (const batch of batches) if (batch.length > 0) yield batch
}

/** The first bytes, unpacked. */
async function readHead(source: ByteSource, signal?: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const bytes of unpackedBytes(source, {}, signal)) {
    parts.push(bytes)
    length += bytes.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES)
}

/** What a source is by its first bytes; undefined for what is no probes. */
function formOf(head: Buffer): ProbeForm | undefined {
  // A header with a version such as 2.0 as its first field.
  if (head[0] === 0x0a && head[1]! > 0 && head[2] === 0x0a && /^\d\.\d$/.test(head.toString('latin1', 4, 4 + Math.min(head[3] ?? 0, 3)))) return 'gtfs'
  const text = head.toString('utf8').replace(/^\uFEFF/, '').trimStart()
  if (text.startsWith('<')) return /<(?!fcd-export)[A-Za-z]/.exec(text)?.index === undefined || text.includes('<fcd-export') ? 'fcd' : undefined
  if (text.startsWith('{')) return /^\{\s*"(?:header|entity)"\s*:/.test(text) ? 'gtfs-json' : 'ndjson'
  // Read as text so that the sentence about it says why it can't be.
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return 'csv'
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const columns = findColumns(splitFields(header, findDelimiter(header)) ?? [], PROBE_COLUMNS)
  return columns.vehicle >= 0 || columns.time >= 0 ? 'csv' : undefined
}
