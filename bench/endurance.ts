/**
 * Does the service lose or double anything when its processes and its database are killed at random moments? Probes, engineers, cabinets and a
 * listener use it meanwhile; afterwards every acknowledged fix, plan, job and event is looked for in the tables, and the audit is verified. With fsync.
 */
import { parseArgs } from 'node:util'
import { storm } from '../test/endurance/storm.ts'

const OPTIONS = { kills: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' }, rounds: { type: 'string', default: '1' } } as const

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  let wrong = 0
  for (let round = 0; round < Number(values.rounds); round++) {
    const seed = Number(values.seed) + round
    const report = await storm({ seed, kills: Number(values.kills), fsync: true, say: (sentence) => console.log(sentence) })
    const { killed, recovery_s, fixes, plans, scheduled, entries, jobs, repeats, journal } = report
    console.log(`seed ${seed}: ${JSON.stringify(killed)}; ${fixes} fixes in ${journal.acknowledged.size} acknowledged batches, ${plans} plans of which ${scheduled} in the schedule, ${entries} audit entries, ${jobs} jobs, ${journal.polls} polls, ${journal.heard.size} events`)
    console.log(`slowest back to readiness ${recovery_s.toFixed(1)} s; sent again because of ${JSON.stringify(repeats)}`)
    for (const sentence of report.wrong) console.log(`WRONG: ${sentence}`)
    wrong += report.wrong.length
  }
  return wrong === 0 ? 0 : 1
}
