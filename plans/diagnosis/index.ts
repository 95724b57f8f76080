// Diagnosis of a measured scenario: places, causes, treatments tried in simulation, and the worklist that follows them.
export { diagnosePlaces, recommended, type Diagnosis, type DiagnosisRequest } from './cards.ts'
export { diagnoseDay, DIAGNOSIS_JOB, queueDiagnosis, type DayDiagnosis, type DiagnosisTask } from './diagnose-day.ts'
export { dailyOf } from './follow.ts'
export { corridorEffect, measureWorklist, type CorridorEffect } from './measure-effects.ts'
export { placeHead, placeLinks } from './clusters.ts'
export { advance, mergeWorklist, type NewDays } from './worklist.ts'
