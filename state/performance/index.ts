// Signal performance measures from high-resolution logs of controllers.
export { linkPivot, type Pivot, type PivotLink, type PivotProfile } from './link-pivot.ts'
export { PERFORMANCE_DEFAULTS, type PerformanceOptions } from './options.ts'
export { Performance, type CoordinationDiagram, type PerformanceResult } from './performance.ts'
export type { PhaseCycle, Termination } from './phase-timeline.ts'
export { SideEvents } from './side-events.ts'
