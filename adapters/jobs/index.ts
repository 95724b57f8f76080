// `boss-queue.ts` is imported by its file, and only where there are several processes: pg-boss need not be loaded otherwise.
export type { BossQueueOptions } from './boss-queue.ts'
export { processQueue, type ProcessQueueOptions } from './process-queue.ts'
export type { JobPace, JobPlace } from './job-record.ts'
