// Writing tables: a download is begun, rows are sent and read back, and it is ended on whatever way out, because a controller may wait for its end for ever.
import type { ItemResult, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import { encodeValue } from './codec.ts'
import type { Image } from './facts.ts'
import { readRows } from './read-config.ts'
import type { Session } from './session.ts'

const FLAG = 0xc2
const never = (): AbortSignal => new AbortController().signal

/** Out: of each item whether it was acknowledged, and read back where it was. Throws controller.unreachable and the signal's reason, each after the download was ended. */
export async function download({ frames, items }: Pick<WriteSet, 'frames' | 'items'>, session: Session, signal: AbortSignal): Promise<ItemResult[]> {
  const [begin, tables] = [frames[0]!, frames.slice(1, -1)]
  const done = new Set<string>()
  let sentence: string | undefined
  try {
    sentence = await session.set(bytesOf(begin), signal)
    for (const table of ['c1', 'c0'] as const) {
      if (sentence !== undefined) break
      const own = items.filter(({ id }) => id.startsWith(`${table}.`))
      sentence = await sendTable(tables.filter(({ hex }) => hex.slice(2, 4) === table), session, signal) ?? (own.length === 0 ? undefined : differing(own, await readRows(session, table, signal)))
      if (sentence === undefined) for (const { id } of own) done.add(id)
    }
  } finally {
    // Whoever called it off called off the writing, not its end. An end that fails must not hide what went wrong before it.
    const failed = await endDownload(session).catch((error: unknown) => { if (!(error instanceof GreenwaveError)) throw error; return error.message })
    sentence ??= failed
    if (failed !== undefined) done.clear()
  }
  return items.map(({ id }): ItemResult => (done.has(id) ? { id, acknowledged: true } : { id, acknowledged: false, sentence: sentence ?? 'it was not sent' }))
}

const bytesOf = ({ hex }: WriteSet['frames'][number]): Buffer => Buffer.from(hex, 'hex')

async function sendTable(frames: WriteSet['frames'], session: Session, signal: AbortSignal): Promise<string | undefined> {
  for (const frame of frames) {
    const refused = await session.set(bytesOf(frame), signal)
    if (refused !== undefined) return `${frame.title}: ${refused}`
  }
  return undefined
}

function differing(items: WriteSet['items'], found: Image): string | undefined {
  const first = items.find(({ id, new: value }) => found[id] !== value)
  return first === undefined ? undefined : `${first.name} was acknowledged and reads back as ${found[first.id] ?? 'nothing'}, not ${first.new}`
}

/** Out: why it could not be ended. Sent again only after it was read that it still is open. */
export async function endDownload(session: Session): Promise<string | undefined> {
  let refused: string | undefined
  try {
    refused = await session.set(encodeValue(FLAG, 0), never())
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
    if (!await isOpen(session, never())) return undefined
    return session.set(encodeValue(FLAG, 0), never())
  }
  return refused === undefined ? undefined : `the end of the download: ${refused}`
}

/** False also where a controller does not tell. */
export async function isOpen(session: Session, signal: AbortSignal): Promise<boolean> {
  return ((await session.read([FLAG], signal)).get(FLAG)?.data[0] ?? 0) !== 0
}
