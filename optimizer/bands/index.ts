/** Arterial green waves: the exact optimum, the whole-second plan with its certificate, and why there is no more. */
export * from './problem.ts'
export { assertBandProblem } from './validate.ts'
export { bandBound, feasibleAtLeast, solveBands } from './solve.ts'
export { type CheckedBand, checkBands, verifyBandPlan } from './checker.ts'
