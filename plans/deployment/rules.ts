// How a deployment goes about it, and why these values.
import type { Baseline, WriteFinding, WriteRule, WriteSet } from '../../model/device/device.ts'
import type { Seconds } from '../../model/units.ts'

export interface DeploymentRules {
  /** Whole cycles that lamps must follow. */
  cycles: number
  /** Cycles in which a controller must have come to follow: a shift of half a cycle takes five at a tenth each (17 to 20 % is usual), then those that are watched. */
  within_cycles: number
  /** From the last read-back to the instant for which all are armed: so long the sends may take. */
  arm_lead_s: Seconds
  /** A centre that dies leaves the controllers to themselves after at most so long. */
  lease_s: Seconds
  /** A process that is silent for so long has lost its controllers to whoever looks next. */
  lock_s: Seconds
  /** How long a run waits for a controller that was lost; then the supervisor goes on. */
  patience_s: Seconds
  /** Controllers of a corridor that are spoken to at once. */
  members_at_once: number
  /** Corridors of a region that change at once. */
  corridors_at_once: number
}

export const DEFAULT_DEPLOYMENT_RULES: DeploymentRules = { cycles: 2, within_cycles: 10, arm_lead_s: 10, lease_s: 1800, lock_s: 60, patience_s: 300, members_at_once: 16, corridors_at_once: 4 }

/** How long it may take from the instant for which a controller is armed until its lamps were seen to follow, s. */
export function watchSpan({ within_cycles }: Pick<DeploymentRules, 'within_cycles'>, { config, active_slot }: Pick<Baseline, 'config' | 'active_slot'>, { timing }: Pick<WriteSet, 'timing'>): Seconds {
  const old = config.slots.find(({ slot }) => slot === active_slot)?.timing?.cycle ?? 0
  return (within_cycles * Math.max(old, timing.cycle)) / 10
}

/** A soft finding that two people answer for. */
export interface Override {
  rule: WriteRule
  /** All of the run by default. */
  device?: string
  by: readonly [string, string]
  reason: string
}

/** What stands against sending: hard findings, and soft ones that no two people answer for. */
export const listObstacles = (findings: readonly WriteFinding[], overrides: readonly Override[]): WriteFinding[] =>
  findings.filter(({ rule, weight, device }) => weight === 'hard' || !overrides.some((one) => one.rule === rule && (one.device ?? device) === device && one.by[0] !== one.by[1]))
