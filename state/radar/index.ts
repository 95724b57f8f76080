// Entry: from objects of radars to vehicles on lanes, and to measures of movements.
export { CALIBRATION_LIMITS, clockOffset, type Calibration } from './calibration.ts'
export type { LaneCycle } from './lane-watch.ts'
export { COUNT_ERROR, countVariance, measureRadar, volumeOf, type RadarMeasures } from './measures.ts'
export { SLOT_S, type Sensor } from './sensor.ts'
export type { Silence } from './silence.ts'
export type { Spillback, SpillbackLevel } from './spillback.ts'
export { RadarStation, type StationOptions } from './station.ts'
