// Entry: what only history shows about the fixes of a source.
export { ProbeScreen, SCREEN_LIMITS, type FixSink, type ScreenLimits } from './probe-screen.ts'
export { DatumCheck, type DatumLevel, type TileCheck } from './datum-check.ts'
export { screenedHealth } from './health.ts'
