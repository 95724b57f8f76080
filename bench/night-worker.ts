// A worker of the queue over PostgreSQL that works off nights: of simulated length for the kill test and the scaling of the queue; with `real` the whole work,
// short runs of the simulation.
import { bossQueue } from '../adapters/jobs/boss-queue.ts'
import { handleJobs } from '../api/jobs/index.ts'
import { openStore } from '../adapters/store/open-store.ts'
import { PlanWorkflow } from '../plans/workflow/index.ts'

const [url = '', work_ms = '300'] = process.argv.slice(2)
const clock = { now: () => Date.now() / 1000 }
const store = await openStore({ url }, clock)
const queue = bossQueue({ url, jobs: store.jobs, clock })
if (work_ms === 'real') handleJobs(queue, { store, workflow: new PlanWorkflow({ store, clock }), clock, version: '0', nights: { rules: { runs: 2, window_s: 120, agreeing: { least: 1, of: 1 }, held_out_share: 0 } } })
else queue.handle('night', async (input, { attempt }) => {
  const { network, corridor, day } = input as { network: string; corridor: string; day: string }
  await new Promise((resolve) => { setTimeout(resolve, Number(work_ms)) })
  const recorded = await store.nights.record({ network, corridor, day, verdict: 'kept', input_hash: '', plans: [], sentences: [], finished_at: clock.now() })
  return { attempt, recorded }
})
await queue.start()
