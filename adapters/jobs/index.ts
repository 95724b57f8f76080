export { bossQueue, type BossQueueOptions } from './boss-queue.ts'
export { processQueue, type ProcessQueueOptions } from './process-queue.ts'
export type { JobPace, JobPlace } from './job-record.ts'
