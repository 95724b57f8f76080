// Splits: one signal, one cycle, whole seconds.
export { leastGreen } from './minimums.ts'
export { splitMoves, type SplitMove } from './moves.ts'
export { listSequences, nameOrder } from './sequences.ts'
export { SignalSplits } from './split-signal.ts'
export type { SplitResult, SplitTask } from './task.ts'
