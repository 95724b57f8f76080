// Corridors over the hours of days, from the stored minutes.
export { hourMatrix } from './hour-matrix.ts'
export { corridorDay } from './space-time.ts'
