/**
 * Does the service lose or double anything when its processes and its database are killed at random moments? Probes, engineers, cabinets and a
 * listener use it meanwhile; afterwards every acknowledged fix, plan, job and event is looked for in the tables, and the audit is verified. With fsync.
 * `--outages` (of `--away` seconds each): the same while its database is stopped or hangs, its disk is full, its broker is away, its clock is put on and back.
 */
import { parseArgs } from 'node:util'
import { brokenStream, FROZEN, type OutagesOptions, outages, smallDisk, steppedClock, STOPPED } from '../test/endurance/outages.ts'
import { storm } from '../test/endurance/storm.ts'

const OPTIONS = { kills: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '1' }, outages: { type: 'boolean', default: false }, away: { type: 'string', default: '60' } } as const

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  if (values.outages) return sufferAll(1000 * Number(values.away))
  let wrong = 0
  for (let round = 0; round < Number(values.rounds); round++) {
    const seed = Number(values.seed) + round
    const report = await storm({ seed, kills: Number(values.kills), fsync: true, say: (sentence) => console.log(sentence) })
    const { killed, recovery_s, fixes, plans, scheduled, entries, jobs, nights, repeats, journal } = report
    console.log(`seed ${seed}: ${JSON.stringify(killed)}; ${fixes} fixes in ${journal.acknowledged.size} acknowledged batches, ${plans} plans of which ${scheduled} in the schedule, ${entries} audit entries, ${jobs} jobs, ${nights} nights, ${journal.polls} polls, ${journal.heard.size} events`)
    console.log(`slowest back to readiness ${recovery_s.toFixed(1)} s; sent again because of ${JSON.stringify(repeats)}`)
    for (const sentence of report.wrong) console.log(`WRONG: ${sentence}`)
    wrong += report.wrong.length
  }
  return wrong === 0 ? 0 : 1
}

async function sufferAll(away_ms: number): Promise<number> {
  const [disk, stream, clock] = [smallDisk(), await brokenStream(), steppedClock()]
  const runs: Partial<OutagesOptions>[] = [{ outages: [STOPPED, FROZEN, ...(disk === undefined ? [] : [disk.outage])] }, ...(stream === undefined ? [] : [stream]), ...(clock === undefined ? [] : [clock])]
  for (const [missing, what] of [[disk, 'full disk: no right to mount one'], [stream, 'stream: no nats-server'], [clock, 'clock: no libfaketime']] as const) if (missing === undefined) console.log(`left out: ${what}`)
  let wrong = 0
  try {
    for (const run of runs) {
      const report = await outages({ outages: [], ...run, away_ms, fsync: true, say: (sentence) => console.log(sentence) })
      console.log(`${report.fixes} fixes in ${report.acknowledged} acknowledged batches, ${report.plans} plans, ${report.entries} audit entries, ${report.jobs} jobs; longest answer ${report.longest_s.toFixed(1)} s; sent again because of ${JSON.stringify(report.repeats)}`)
      for (const sentence of report.wrong) console.log(`WRONG: ${sentence}`)
      wrong += report.wrong.length
    }
  } finally {
    disk?.remove()
    await stream?.remove()
    clock?.remove()
  }
  return wrong === 0 ? 0 : 1
}
