export type { BandPath, PathBand, PathCertificate, PathPattern, PathPlan, PathProblem, PathSignal, PathSolution, PathStep } from './problem.ts'
export { checkPaths } from './checker.ts'
export { type PathOptions, solvePaths } from './solve.ts'
