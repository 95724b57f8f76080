// Chance by hash: the same words, the same draw, whoever asks and however often.
import { sha256 } from '../ports/canonical.ts'

const DIGITS = 13

/** Evenly in [0, 1). */
export const draw = (...words: readonly (string | number)[]): number => Number.parseInt(sha256(JSON.stringify(words)).slice(0, DIGITS), 16) / 16 ** DIGITS
