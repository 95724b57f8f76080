// What a corridor's bands hang on.
export { type BandConflict, conflictOf, type ConflictOptions, type Resolution } from './conflict.ts'
export { type CycleRank, type CycleRanking, rankCycles } from './cycles.ts'
export { listNextSteps, type NextChange, type NextStep, type NextStepOptions } from './next-steps.ts'
export { conflictSentence, cycleSentence, nextStepSentence } from './sentences.ts'
