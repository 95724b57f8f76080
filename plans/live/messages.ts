// What goes between the ingest and its worker threads.
import type { Network } from '../../model/network.ts'
import type { PackedColumns } from './fix-columns.ts'
import type { PlacedFixes } from './live-matcher.ts'

export type ToMatcher =
  | { network: Network }
  | { ticket: number; batches: { feed: string; fixes: PackedColumns }[] }

/** A refusal as its code and sentence: errors lose their class on the way. */
export type Placing = PlacedFixes | { code: string; sentence: string }

export type FromMatcher = { ready: true } | { failed: string } | { ticket: number; placed: Placing[] }
