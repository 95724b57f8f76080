// Time-of-day periods, and the kinds of days that share them.
export { type DayInput, type SlotVolumes, type SplitPlan } from './day-delays.ts'
export { type DayPeriod, type DayPeriods, DEFAULT_PERIODS, listDayPeriods, type PeriodOptions } from './list-periods.ts'
export { type CountedDay, DAY_KINDS, type DayKind, type DayTypeCount, type DayTypeFound, type DayTypesFound, findDayTypes } from './day-types.ts'
export { type Segment, type Segmentation, segmentDay, type SegmentTask } from './segment-day.ts'
export { type DayTask, planDay, type PlannedDay, type PlannedRun } from './plan-day.ts'
