// Lamps of controllers into the state: their log, events, alarms.
export { greensOfLog, LONGEST_GREEN_S } from './codes.ts'
export { lampFeedOf } from './event-batches.ts'
export { DEFAULT_LAMP_RULES, LampWatch, type LampFigures, type LampRules, type LampWatchOptions } from './lamp-watch.ts'
