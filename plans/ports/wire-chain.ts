// The messages of a deployment's wire, chained: what the audit holds the last hash of can't be changed or left out unseen.
import type { WireEntry } from './controllers.ts'
import { hashOf } from './canonical.ts'
import { GENESIS } from './chain.ts'
import type { KeptWireEntry } from './deployments.ts'

type Link = Pick<KeptWireEntry, 'seq' | 'hash'>

const linked = (deployment: string, { time_s, device, direction, hex, note }: WireEntry, seq: number, previous: string): KeptWireEntry => {
  const fields = { deployment, seq, time_s, device, direction, hex, ...(note === undefined ? {} : { note }) }
  return { ...fields, hash: hashOf({ ...fields, previous }) }
}

/** The entries as they are kept after the one given. */
export function chainWire(deployment: string, entries: readonly WireEntry[], last: Link | undefined): KeptWireEntry[] {
  let before = last ?? { seq: 0, hash: GENESIS }
  return entries.map((entry) => (before = linked(deployment, entry, before.seq + 1, before.hash)) as KeptWireEntry)
}

/** What is wrong with entries that follow the one given; undefined where nothing is. */
export function findWireBreak(entries: readonly KeptWireEntry[], last?: Link): string | undefined {
  let before = last ?? { seq: 0, hash: GENESIS }
  for (const entry of entries) {
    if (entry.seq !== before.seq + 1) return `message ${before.seq + 1} of deployment "${entry.deployment}" is missing`
    if (linked(entry.deployment, entry, entry.seq, before.hash).hash !== entry.hash) return `message ${entry.seq} of deployment "${entry.deployment}" is not what was written`
    before = entry
  }
  return undefined
}
