// Whether the audit still says what was written: every entry's hash covers the one before (canonical JSON, SHA-256).
import type { AuditEntry, AuditLog } from '../ports/audit-log.ts'
import { findBreak, GENESIS } from '../ports/chain.ts'

export interface AuditVerdict {
  /** Entries read, to the end or to the first that is broken. */
  entries: number
  /** Of the last entry that holds; 64 zeros without any. Kept elsewhere, it tells later whether the end was cut off. */
  head: { seq: number; hash: string }
  broken?: { seq: number; sentence: string }
}

/** A place in the chain that was noted before. */
type Anchor = Pick<AuditEntry, 'seq' | 'hash'>

/** Entries from the first, in order. `anchor`: an entry noted earlier, which must still be there unchanged. */
export function verifyChain(entries: readonly AuditEntry[], anchor?: Anchor): AuditVerdict {
  const reader = new ChainReader(anchor)
  reader.read(entries)
  return reader.verdict()
}

/** The same over a whole log, piece by piece. */
export async function verifyAudit(log: Pick<AuditLog, 'all'>, anchor?: Anchor): Promise<AuditVerdict> {
  const reader = new ChainReader(anchor)
  for await (const piece of log.all()) if (!reader.read(piece)) break
  return reader.verdict()
}

class ChainReader {
  readonly #anchor: Anchor | undefined
  #head: Anchor = { seq: 0, hash: GENESIS }
  #read = 0
  #broken: AuditVerdict['broken']

  constructor(anchor: Anchor | undefined) {
    this.#anchor = anchor
  }

  /** False at the first broken entry. */
  read(entries: readonly AuditEntry[]): boolean {
    for (const entry of entries) {
      this.#read++
      const sentence = findBreak([entry], this.#head) ?? (entry.seq === this.#anchor?.seq && entry.hash !== this.#anchor.hash ? `entry ${entry.seq} is not the one that was noted` : undefined)
      if (sentence !== undefined) {
        this.#broken = { seq: this.#head.seq + 1, sentence }
        return false
      }
      this.#head = { seq: entry.seq, hash: entry.hash }
    }
    return true
  }

  verdict(): AuditVerdict {
    const missing = this.#broken === undefined && this.#anchor !== undefined && this.#head.seq < this.#anchor.seq
    const broken = missing ? { seq: this.#head.seq + 1, sentence: `the audit ends at entry ${this.#head.seq}, but entry ${this.#anchor!.seq} was noted` } : this.#broken
    return { entries: this.#read, head: this.#head, ...(broken === undefined ? {} : { broken }) }
  }
}
