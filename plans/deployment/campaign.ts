// Many corridors, one after the other and a few at a time: the first alone, and no further one once one did not come to run its plan.
import { atOnce, groupBy } from './at-once.ts'
import type { Deployer, RunReport, RunRequest } from './deployer.ts'

export interface CampaignCorridor extends Omit<RunRequest, 'campaign' | 'by' | 'signal'> {
  /** Corridors of a region are near each other: at most so many of them change at once as the rules say. The network by default. */
  region?: string
}

export interface CampaignReport {
  campaign: string
  runs: RunReport[]
  /** Corridors that were not begun, because of `sentence`. */
  left: string[]
  sentence?: string
}

/** The first corridor is the canary: it must run its plan before any other is begun. */
export async function runCampaign(deployer: Deployer, { campaign, corridors, by, signal }: { campaign: string; corridors: readonly CampaignCorridor[]; by: string; signal?: AbortSignal }): Promise<CampaignReport> {
  const runs: RunReport[] = []
  const begun = new Set<CampaignCorridor>()
  let sentence: string | undefined
  const runOne = async (corridor: CampaignCorridor): Promise<void> => {
    if (sentence !== undefined || signal?.aborted === true) return
    begun.add(corridor)
    const report = await deployer.run({ ...corridor, campaign, by, ...(signal === undefined ? {} : { signal }) })
    runs.push(report)
    if (!report.effective) sentence ??= `corridor "${report.corridor}" does not run its plan: ${report.sentence}`
  }
  const [canary, ...others] = corridors
  if (canary !== undefined) await runOne(canary)
  const regions = groupBy(others, ({ region, plan }) => region ?? plan.network)
  await Promise.all(regions.map((region) => atOnce(region, deployer.desk.rules.corridors_at_once, runOne)))
  return { campaign, runs, left: corridors.filter((one) => !begun.has(one)).map(({ plan }) => plan.corridor), ...(sentence === undefined ? {} : { sentence }) }
}
