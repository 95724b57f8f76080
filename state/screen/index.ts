// Entry: what only history shows about the fixes of a source.
export { ProbeScreen, SCREEN_LIMITS, type FixSink, type ScreenedSink, type ScreenLimits } from './probe-screen.ts'
export { screenedHealth } from './health.ts'
