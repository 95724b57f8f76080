// Offsets on tables of pairs of signals.
export { checkOffsets } from './checker.ts'
export { BoundHalf, isNearEnough, joinHalves, type ReducedTables, reduceTables, SearchHalf } from './halves.ts'
export { type Family, gridTables, irregularTables } from './instances.ts'
export type { OffsetAnswer, OffsetCertificate, OffsetLoop, OffsetOptions, OffsetRegion, OffsetTables, TableEdge } from './problem.ts'
export { solveOffsets } from './solve.ts'
