// Entry: observations into files.
export { createClock, type Clock } from './clock.ts'
export { RowFile } from './row-file.ts'
export { detectorFormat, eventFormat, phaseFormat, probeFormat, radarFormat, trajectoryFormat, type RowContext, type RowFormat } from './rows.ts'
