// Whether every message of the wire is still what was written: the audit holds, for each deployment, the hash of its last one.
import type { Stores } from '../ports/store.ts'
import { findWireBreak } from '../ports/wire-chain.ts'
import { DEPLOYMENT_SUBJECT } from './journal.ts'

const PIECE = 1000

/** The first thing that is wrong, as a sentence; undefined where nothing is. Reads the whole audit and all messages once. */
export async function findWireDoubt(stores: Pick<Stores, 'audit' | 'deployments'>): Promise<{ messages: number; why?: string }> {
  const noted = new Map<string, { seq: number; hash: string }>()
  for await (const piece of stores.audit.all()) {
    for (const { subject_kind, subject, detail } of piece) {
      const wire = detail['wire'] as { seq: number; hash: string } | undefined
      if (subject_kind === DEPLOYMENT_SUBJECT && wire !== undefined) noted.set(subject, wire)
    }
  }
  let messages = 0
  for (const [deployment, { seq, hash }] of noted) {
    let last: { seq: number; hash: string } | undefined
    let met = false
    for (;;) {
      const piece = await stores.deployments.wire(deployment, last?.seq ?? 0, PIECE)
      if (piece.length === 0) break
      const why = findWireBreak(piece, last)
      if (why !== undefined) return { messages, why }
      met ||= piece.some((one) => one.seq === seq && one.hash === hash)
      messages += piece.length
      last = piece.at(-1)
    }
    if (!met) return { messages, why: `message ${seq} of deployment "${deployment}" is not the one that the audit noted` }
  }
  return { messages }
}
