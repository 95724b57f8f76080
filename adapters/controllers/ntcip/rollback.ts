// Gives control back and puts back what was written: the plan released, a transaction that is open ended, and only when the plan runs no more its rows restored.
import type { Baseline, Observation, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { SCALAR, writeValueOf } from './objects.ts'
import { framesOf } from './plan.ts'
import { differences, settleTransaction, writeBack, type Sender } from './push.ts'
import { readStatus, type Status } from './status.ts'

/** A released plan runs to its cycle end, at most 255 s, and the old one may come in through a transition. */
const RELEASE_WITHIN_S = 600
const POLL_S = 1

export async function rollBack(base: Baseline, writes: WriteSet | undefined, most: number, sender: Sender): Promise<Observation> {
  const began = sender.context.now()
  // First of all the lamps: whatever else goes wrong, control is given back.
  await release(base, writes, sender)
  if (base.image[SCALAR.transaction] !== undefined) await settleTransaction(sender)
  const status = await untilReleased(writes, sender)
  const sentences: string[] = []
  const isRunning = writes !== undefined && status.active_slot === writes.slot
  if (isRunning) sentences.push(`pattern ${writes.slot} still runs ${RELEASE_WITHIN_S} s after it was released; its rows were not touched`)
  else if (writes !== undefined) await restore(base, writes, most, sender)
  await restoreBackupTime(base, sender)
  const rest = isRunning || writes === undefined ? [] : await differences(oldItems(writes), sender)
  sentences.push(...rest.map(({ name, expected, found }) => `${name} is ${found ?? 'gone'}, not ${expected} as before`))
  const until = sender.context.now()
  return {
    level: sentences.length > 0 ? 0 : base.active_slot === undefined || base.active_slot === status.active_slot ? 3 : 2, mode: status.mode,
    ...(status.active_slot === undefined ? {} : { active_slot: status.active_slot }), cycles: 0, greens: [], sentences, from_s: began, until_s: until,
  }
}

/** Only what is ours is released: a pattern that somebody else commands in the meantime is theirs. */
async function release(base: Baseline, writes: WriteSet | undefined, { session, signal }: Sender): Promise<void> {
  const now = Number((await session.read([SCALAR.patternControl], signal)).get(SCALAR.patternControl) ?? 0)
  const before = Number(base.image[SCALAR.patternControl] ?? 0)
  if (now === 0 || (writes !== undefined && now !== writes.slot)) return
  const isPattern = before >= 1 && before <= 253 && before !== now
  await session.write([{ object: 'patternControl', index: [], value: isPattern ? before : 0 }], signal)
}

async function untilReleased(writes: WriteSet | undefined, { session, context, signal }: Sender): Promise<Status> {
  const until = context.now() + RELEASE_WITHIN_S
  for (;;) {
    const status = await readStatus(session, signal)
    if (writes === undefined || status.active_slot !== writes.slot || context.now() >= until) return status
    await context.wait(POLL_S, signal)
  }
}

const oldItems = ({ items }: WriteSet): WriteItem[] => items.filter(({ old }) => old !== null).map((item) => ({ ...item, old: item.new, new: item.old! }))

async function restore(base: Baseline, writes: WriteSet, most: number, sender: Sender): Promise<void> {
  const changed = new Set((await differences(oldItems(writes), sender)).map(({ id }) => id))
  const items = oldItems(writes).filter(({ id }) => changed.has(id))
  if (items.length === 0) return
  const values = items.map((item) => writeValueOf(item.id, Number(item.new)))
  await writeBack(framesOf(values, base.image[SCALAR.transaction] !== undefined, most), items, sender)
}

async function restoreBackupTime(base: Baseline, { session, signal }: Sender): Promise<void> {
  const before = base.image[SCALAR.backupTime]
  if (before === undefined || (await session.read([SCALAR.backupTime], signal)).get(SCALAR.backupTime) === before) return
  await session.write([{ object: 'backupTime', index: [], value: Number(before) }], signal)
}
