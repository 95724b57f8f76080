// Sends the frames of a write set, no more. With a database transaction (NTCIP 1201, 2.3) nothing is live before the controller has verified all of it;
// without, every PDU is read back before the next. Nothing is sent twice.
import type { Difference, ItemResult, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { DriverContext } from '../../../plans/ports/controllers.ts'
import { decodeSet } from './ber.ts'
import { oidOf, SCALAR, writeValueOf, type WriteValue } from './objects.ts'
import { SnmpRefusal } from './port.ts'
import type { SnmpSession } from './session.ts'

/** dbCreateTransaction. */
const NORMAL = 1
const VERIFY = 3
const DONE = 6
/** dbVerifyStatus. */
const VERIFIED = 3
/** A controller that has not verified a dozen rows by then has lost them. */
const VERIFY_WITHIN_S = 30
const POLL_S = 1

/** Frames as values. Throws `controller.unfit` for any id off the list or that is no item of the write set. */
export function valuesOf({ frames, items }: Pick<WriteSet, 'frames' | 'items'>): WriteValue[][] {
  const expected = new Map(items.map((item) => [item.id, item.new]))
  return frames.map(({ hex, title }) => decodeSet(Buffer.from(hex, 'hex')).map(({ oid, value }) => {
    const found = writeValueOf(oid, value)
    if (found.object !== 'transaction' && expected.get(oid) !== String(value)) throw new GreenwaveError('controller.unfit', `the frame "${title}" sets ${oid} to ${value}, which is no item of the write set`)
    return found
  }))
}

export interface Sender {
  session: SnmpSession
  context: DriverContext
  signal: AbortSignal
}

export async function pushFrames(writes: Pick<WriteSet, 'frames' | 'items'>, sender: Sender): Promise<ItemResult[]> {
  const frames = valuesOf(writes)
  const refused = new Map<string, string>()
  const acknowledged = new Set<string>()
  for (const values of frames) {
    const sentence = await sendFrame(values, frames.some(isControl), sender)
    const data = values.filter(({ object }) => object !== 'transaction')
    if (sentence === undefined) for (const { object, index } of data) acknowledged.add(oidOf(object, index))
    else {
      // A transaction that failed leaves nothing, so that no item stands.
      if (isControl(values)) acknowledged.clear()
      for (const { id } of writes.items) if (!acknowledged.has(id)) refused.set(id, sentence)
      break
    }
  }
  return writes.items.map(({ id }) => (refused.has(id) ? { id, acknowledged: false, sentence: refused.get(id)! } : { id, acknowledged: acknowledged.has(id) }))
}

const isControl = (values: readonly WriteValue[]): boolean => values[0]?.object === 'transaction'

/** Undefined = taken; else why not, after a transaction was given up. */
async function sendFrame(values: WriteValue[], transaction: boolean, sender: Sender): Promise<string | undefined> {
  const { session, signal } = sender
  try {
    await session.write(values, signal)
    if (!transaction) {
      const [first] = await differences(values.map(({ object, index, value }) => ({ id: oidOf(object, index), name: object, new: String(value) })), sender)
      return first === undefined ? undefined : `acknowledged, and reads back as ${first.found ?? 'nothing'}`
    }
    return isControl(values) && values[0]!.value === VERIFY ? await verified(sender) : undefined
  } catch (error) {
    if (transaction) await giveUp(sender)
    if (error instanceof SnmpRefusal) return error.message
    throw error
  }
}

async function verified(sender: Sender): Promise<string | undefined> {
  const { session, context, signal } = sender
  const until = context.now() + VERIFY_WITHIN_S
  while (context.now() < until) {
    const found = await session.read([SCALAR.transaction, SCALAR.verifyStatus, SCALAR.verifyError], signal)
    if (found.get(SCALAR.transaction) === String(DONE)) {
      if (found.get(SCALAR.verifyStatus) === String(VERIFIED)) return undefined
      await giveUp(sender)
      return `the controller does not take the values: ${textOf(found.get(SCALAR.verifyError)) || 'it does not say why'}`
    }
    await context.wait(POLL_S, signal)
  }
  await giveUp(sender)
  return `the controller has not verified the values within ${VERIFY_WITHIN_S} s`
}

const textOf = (octets: string | undefined): string => Buffer.from((octets ?? '').replace(/^0x/, ''), 'hex').toString('latin1').replaceAll(/[^ -~]/g, ' ').trim()

/** Leaves no transaction open, on whatever way out. What was not verified is dropped; what was becomes live in its spare rows, which a rollback undoes. */
async function giveUp({ session, signal }: Sender): Promise<void> {
  try {
    await session.write([{ object: 'transaction', index: [], value: NORMAL }], signal)
  } catch (error) {
    // Out of reach: whoever comes next reads the state first and ends it.
    if (!(error instanceof GreenwaveError)) throw error
  }
}

/** Ends a transaction that a broken run may have left. Afterwards writes are live, and what was buffered is either live or gone: read again. */
export async function settleTransaction(sender: Sender): Promise<void> {
  const { session, context, signal } = sender
  const until = context.now() + VERIFY_WITHIN_S
  for (;;) {
    const state = (await session.read([SCALAR.transaction], signal)).get(SCALAR.transaction)
    if (state === undefined || state === String(NORMAL)) return
    // While it verifies it takes nothing; it moves on by itself.
    if (state === String(VERIFY) && context.now() < until) await context.wait(POLL_S, signal)
    else await session.write([{ object: 'transaction', index: [], value: NORMAL }], signal)
    if (context.now() >= until) throw new GreenwaveError('controller.refused', `its database transaction does not end (dbCreateTransaction ${state})`)
  }
}

/** Reads every item again. */
export async function differences(items: readonly { id: string; name: string; new: string }[], { session, signal }: Sender): Promise<Difference[]> {
  const found = await session.read(items.map(({ id }) => id), signal)
  return items.flatMap(({ id, name, new: expected }) => (found.get(id) === expected ? [] : [{ id, name, expected, found: found.get(id) ?? null }]))
}

/** Puts values back, within a transaction where there is one. Throws `controller.refused` where one is not taken. */
export async function writeBack(frames: WriteSet['frames'], items: WriteSet['items'], sender: Sender): Promise<void> {
  const failed = (await pushFrames({ frames, items }, sender)).find(({ acknowledged }) => !acknowledged)
  if (failed !== undefined) throw new GreenwaveError('controller.refused', `${failed.id} can't be put back: ${failed.sentence ?? 'no acknowledgement'}`)
}

