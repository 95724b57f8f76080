// Corridors over the hours of days, from the stored minutes.
export { hourMatrix, matrixCells, type HourMatrix, type MatrixCell, type MatrixRow } from './hour-matrix.ts'
export { corridorDay, type CorridorDay, type SpaceTimeCell, type SpaceTimeWay } from './space-time.ts'
