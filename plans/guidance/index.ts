// Route advice that looks ahead and is only as strong as it helps.
export { adviceFor, findGuidance, type GuidanceAdvice, type GuidanceSettings, type GuidedWay } from './advice-for.ts'
export { chooseAdvice, LIMITS, STRENGTH, strengthOf, usableCandidates, type Advice, type AdviceChoice, type AdviceInput, type AdviceLevel, type AdviceState, type Candidate } from './choose.ts'
export { forecast, HORIZON_MIN, type RouteForecast, type RouteNow } from './predict.ts'
export { compliance, learn, PRIOR, priorResponse, shareOf, type Response } from './response.ts'
