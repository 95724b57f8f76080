// Entry: counts of lane detectors.
export { openCounts, type CountOptions } from './open-counts.ts'
