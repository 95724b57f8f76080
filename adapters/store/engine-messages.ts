// What goes between the embedded database and its thread.
import type { PackedRows } from './packed-rows.ts'

export type Asked =
  | { ask: 'query'; text: string; params: readonly unknown[] }
  | { ask: 'exec'; text: string }
  | { ask: 'copy'; target: string; bytes: Uint8Array<ArrayBuffer>; binary: boolean }
  | { ask: 'close' }

export type ToEngine = Asked & { ticket: number }

/** Errors lose their class and all but their words on the way. */
export interface Failed { message: string; code: string | undefined; stack: string | undefined }

export type FromEngine = { ready: true } | { unopened: Failed } | { ticket: number; answer: PackedRows | number | undefined } | { ticket: number; failed: Failed }
