// Nightly replanning: each corridor once a night, from what its days were like.
export { NIGHT_JOB, type NightTask, queueNights } from './queue.ts'
export { freezeDay, type FreezeRequest } from './freeze.ts'
export { NightInputs } from './input.ts'
export { NightThreads } from './night-threads.ts'
export type { NightOptions } from './options.ts'
export { type NightContext, replanCorridor } from './replan-corridor.ts'
export { DEFAULT_RULES, type NightRules } from './rules.ts'
export { morningReport } from './morning.ts'
