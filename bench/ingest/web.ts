/** A process of the role `web` on a store that others write into: it answers cabinets. Prints its port. */
import { openStore } from '../../adapters/store/index.ts'
import { timingRoutes } from '../../api/routes/timings.ts'
import { buildServer } from '../../api/server.ts'
import { NO_JOBS } from '../../api/testing.ts'

const clock = { now: () => Date.now() / 1000 }
const store = await openStore({ url: process.argv[2]! }, clock)
const server = await buildServer({ store, jobs: NO_JOBS, clock, version: 'bench', roles: ['web'], settings: { rate_per_minute: 1e9 }, routes: [timingRoutes] })
await server.listen({ host: '127.0.0.1', port: 0 })
const address = server.server.address()
process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`)
