// Time-of-day periods.
export { type DayInput, type SlotVolumes } from './day-delays.ts'
export { type DayPeriod, type DayPeriods, DEFAULT_PERIODS, listDayPeriods, type PeriodOptions } from './list-periods.ts'
export { type Segment, type Segmentation, segmentDay, type SegmentTask } from './segment-day.ts'
