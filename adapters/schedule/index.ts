export { type Daily, type DailyOptions, type DailyTask, startDaily } from './daily.ts'
export { dueDay } from './due-day.ts'
