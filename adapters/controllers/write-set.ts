// Hashes of what was read and of what will be written, the same for every protocol.
import type { Baseline, WantedTiming, WriteSet } from '../../model/device/device.ts'
import { hashOf } from '../../plans/ports/canonical.ts'

/** Of everything that was read, whatever the order in which it came. */
export const imageHash = (image: Baseline['image']): string => hashOf(image)

/** A write set with its hash. Throws nothing; the same parts give the same bytes. */
export function writeSet(base: Baseline, want: WantedTiming, parts: Pick<WriteSet, 'protocol' | 'slot' | 'items' | 'frames' | 'timing' | 'residual'>): WriteSet {
  const body = { device: base.device, baseline_hash: base.hash, wanted_hash: want.hash, plan: want.plan, ...parts }
  return { ...body, hash: hashOf(body) }
}

/** The first slot that nothing runs or names, empty ones first. Undefined where there is none. */
export function spareSlot({ slots }: Baseline['config'], among: (slot: number) => boolean = () => true): number | undefined {
  const spare = slots.filter(({ slot, used_by }) => used_by.length === 0 && among(slot)).sort((a, b) => a.slot - b.slot)
  return (spare.find(({ timing }) => timing === undefined) ?? spare[0])?.slot
}
