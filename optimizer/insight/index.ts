// What a corridor's bands hang on.
export { conflictOf, type ConflictOptions } from './conflict.ts'
export { rankCycles } from './cycles.ts'
export { listNextSteps, type NextStepOptions } from './next-steps.ts'
export { conflictSentence, cycleSentence, nextStepSentence } from './sentences.ts'
