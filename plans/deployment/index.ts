// Timing that reaches the street: approved plans to controllers, verified, or back.
export { runCampaign, type CampaignCorridor, type CampaignReport } from './campaign.ts'
export { Deployer, receiptsOf, type Rehearsal, type RunReport, type RunRequest } from './deployer.ts'
export type { DeploymentClock, DeskOptions } from './desk.ts'
export { DEPLOYMENT_SUBJECT } from './journal.ts'
export { DEFAULT_DEPLOYMENT_RULES, type DeploymentRules, type Override } from './rules.ts'
export { CLOSED, ENDS } from './states.ts'
export { Supervisor, type Look } from './supervisor.ts'
