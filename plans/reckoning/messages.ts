// What goes between a reckoner and its thread.
import type { Sums } from './sums.ts'

export interface ToSums { ticket: number; sum: keyof Sums; asked: unknown }

/** Errors lose their class on the way. */
export type FromSums = { ticket: number; answer: unknown } | { ticket: number; failed: { code: string | undefined; message: string; stack: string | undefined } }
