// Entry: what providers say of segments and turns.
export { readMapping, segmentLengths, type ProviderMapping } from './mapping.ts'
export { openLinks, type LinkOptions } from './open-links.ts'
export { openTurns, type TurnOptions } from './open-turns.ts'
