// All parts, in the order in which they start.
import type { Part } from './part.ts'

export const allParts: readonly Part[] = []
