// Looks after everything that is not closed: what a process left behind when it died goes back, leases are prolonged while all is well, and a
// controller that was lost is read in full when it answers again.
import { GreenwaveError } from '../../model/errors.ts'
import type { DeploymentRecord } from '../ports/deployments.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'
import { atOnce, heardByMany } from './at-once.ts'
import type { Deployer } from './deployer.ts'
import { wasSent } from './states.ts'

export interface Look {
  /** Brought back or ended, because whoever had begun them is gone. */
  ended: DeploymentRecord[]
  /** Runs of which one member fell back, so that all were released. */
  released: string[]
  renewed: number
  /** Controllers that can't be reached. */
  lost: DeploymentRecord[]
}

/** A controller that is lost is asked again each minute at first, after an hour every ten: each time stands in the audit. */
const againAfter = (lost_s: number): number => (lost_s < 3600 ? 60 : 600)

const NEVER = new AbortController().signal

export class Supervisor {
  readonly #deployer: Deployer

  constructor(deployer: Deployer) {
    this.#deployer = deployer
  }

  /** One look at everything, for one process of many: what another one holds is left to it. */
  async look(signal: AbortSignal = NEVER): Promise<Look> {
    heardByMany(signal)
    const { desk } = this.#deployer
    const look: Look = { ended: [], released: [], renewed: 0, lost: [] }
    const open = await desk.store.deployments.open()
    // Whatever may run under a lease that nobody prolongs comes before what was only stored.
    const orphans = open.filter(({ state, times }) => state !== 'LEASED' && !(state === 'UNKNOWN' && times.LEASED !== undefined)).sort((a, b) => Number(b.arm_at !== undefined) - Number(a.arm_at !== undefined))
    await this.#each(orphans, (record) => this.#end(record, look, signal))
    // Of a run that was cut off while its members were being kept, those that were kept already go back as well.
    const fallen = new Set([...look.ended, ...look.lost].map(({ run }) => run))
    const leased = open.filter((record) => !orphans.includes(record) && !fallen.has(record.run))
    await this.#each(leased, async (record) => { if (await this.#keep(record, look, signal) === 'fell back') fallen.add(record.run) })
    for (const run of fallen) {
      if (!await this.#runs(run)) continue
      const back = await this.#deployer.release(run, SERVICE_ACTOR, 'a controller of the run is on its own again, and half a green wave is worse than none')
      if (back.length > 0) look.released.push(run)
    }
    return look
  }

  /** Whether any member of the run still does what it was sent. */
  async #runs(run: string): Promise<boolean> {
    const { items } = await this.#deployer.desk.store.deployments.list({ run }, { limit: 1000 })
    return items.some(({ state }) => state === 'LEASED' || state === 'EFFECTIVE' || state === 'PERMANENT')
  }

  /** What one controller's trouble is stands in its record; the others' turn comes all the same. */
  async #each(records: readonly DeploymentRecord[], work: (record: DeploymentRecord) => Promise<void>): Promise<void> {
    await atOnce(records, this.#deployer.desk.rules.members_at_once, async (record) => {
      try {
        await work(record)
      } catch (error) {
        // Somebody else took it over in the meantime, or its controller was removed.
        if (!(error instanceof GreenwaveError) || !['controller.busy', 'store.conflict', 'request.unknown', 'deployment.state'].includes(error.code)) throw error
      }
    })
  }

  async #end(record: DeploymentRecord, look: Look, signal: AbortSignal): Promise<void> {
    const { desk } = this.#deployer
    // Before the first send nobody holds the controller: a run that still lives is told from one that does not by its age.
    if (!wasSent(record.state) && desk.clock.now() - record.updated_at < desk.rules.lock_s * 2) return
    if (record.state === 'UNKNOWN' && desk.clock.now() - record.updated_at < againAfter(desk.clock.now() - (record.times.UNKNOWN ?? 0))) return
    const member = await desk.resume(record, SERVICE_ACTOR)
    if (member === undefined) return
    try {
      const { state } = member.journal.record
      if (wasSent(state) && state !== 'UNKNOWN') await member.journal.move('contact-lost', { why: 'whoever had begun it is gone; it is read in full before anything is sent' })
      await member.undo('the run was cut off', signal, 0)
      if (member.journal.record.state === 'UNKNOWN') look.lost.push(member.journal.record)
      else look.ended.push(member.journal.record)
    } finally {
      await member.close()
    }
  }

  async #keep(record: DeploymentRecord, look: Look, signal: AbortSignal): Promise<'kept' | 'fell back' | 'lost'> {
    const { desk } = this.#deployer
    const now = desk.clock.now()
    const due = record.state === 'UNKNOWN' || (record.lease_expires_at ?? 0) - now <= (record.lease_s ?? desk.rules.lease_s) / 3
    if (!due) return 'kept'
    const member = await desk.resume(record, SERVICE_ACTOR)
    if (member === undefined) return 'kept'
    try {
      const kept = member.journal.record.state === 'UNKNOWN' ? await member.resume(signal) : await member.renew(signal)
      if (kept) {
        look.renewed++
        return 'kept'
      }
      if (member.journal.record.state === 'UNKNOWN' && (member.code === 'controller.unreachable')) {
        look.lost.push(member.journal.record)
        return 'lost'
      }
      return 'fell back'
    } finally {
      await member.close()
    }
  }
}
