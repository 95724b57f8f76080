// What a treatment did, from traffic states day by day.
export { chooseControl } from './control.ts'
export { dayMeans, joinDays } from './day-means.ts'
export { discoveries, LEAST_DAYS, measureEffect, welch, type EffectRequest } from './effect.ts'
export { shrinkSites, type ShrunkSite, type SiteDays } from './sites.ts'
export { effectSentence } from './words.ts'
