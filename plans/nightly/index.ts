// Nightly replanning: each corridor once a night, from what its days were like.
export { NIGHT_JOB, type NightTask, queueNights } from './queue.ts'
