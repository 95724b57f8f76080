// A corridor changes as a whole or not at all. There is no commit across controllers: what stands in for it is an order (store everywhere, read back
// everywhere, arm all for one instant, watch all) in which any failure brings every member back.
import { checkCorridor } from '../../model/device/check-write.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import { atOnce, heardByMany } from './at-once.ts'
import type { Member } from './member.ts'
import type { DeploymentRules, Override } from './rules.ts'
import { CLOSED } from './states.ts'

export interface CorridorRun {
  members: readonly Member[]
  overrides: readonly Override[]
  rules: DeploymentRules
  now(): Instant
  signal: AbortSignal
  /** After all run it. What it throws ends the run as a failure would. */
  onEffective?: () => Promise<void>
}

/** Undefined where all run it; else what stopped it. Every member is in a state in which a run may end, or UNKNOWN where it can't be reached. */
export async function commitCorridor({ members, overrides, rules, now, signal, onEffective }: CorridorRun): Promise<string | undefined> {
  const all = async (work: (member: Member) => Promise<boolean>): Promise<Member | undefined> => {
    const done = await atOnce(members, rules.members_at_once, work)
    return members.find((_, i) => done[i] !== true)
  }
  const back = async (why: string): Promise<string> => {
    await atOnce(members, rules.members_at_once, (member) => member.undo(why, signal))
    return why
  }
  /** Why all go back: because this one did not. */
  const because = (member: Member, step: string): string => `controller ${member.device} ${step}: ${member.journal.record.sentences.at(-1) ?? 'it did not say why'}`

  const refused = await all((member) => member.prepare(overrides, signal))
  if (refused !== undefined) return back(because(refused, 'may not be sent the plan'))
  const [unfit] = checkCorridor(members.map(({ writes }) => writes))
  if (unfit !== undefined) return back(unfit.sentence)
  for (const { journal } of members) await journal.move('approved')

  const unsent = await all((member) => member.send(signal))
  if (unsent !== undefined) return back(because(unsent, 'did not store it'))

  const at = now() + rules.arm_lead_s
  const unarmed = await all((member) => member.arm(at, signal))
  if (unarmed !== undefined) return back(because(unarmed, 'could not be armed'))

  const over = new AbortController()
  const watching = heardByMany(AbortSignal.any([signal, over.signal]))
  let stray: Member | undefined
  await atOnce(members, members.length, async (member) => {
    if (await member.observe(watching)) return
    stray ??= member
    // Half a green wave is worse than none: nobody waits for the others' last cycle.
    over.abort(new GreenwaveError('controller.refused', `the run ended, because controller ${member.device} does not follow`))
  }, () => over.abort(new GreenwaveError('controller.refused', 'the run ended')))
  if (stray !== undefined) return back(because(stray, 'does not follow'))
  const unkept = await all((member) => member.keep(signal))
  if (unkept !== undefined) return back(because(unkept, 'could not be kept'))
  await onEffective?.()
  return undefined
}

/** All that can still be brought back, after what nobody expected. */
export const leftovers = (members: readonly Member[]): Member[] => members.filter(({ journal }) => !CLOSED.has(journal.record.state))
