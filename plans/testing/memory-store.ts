// The stores in memory, for tests: the same obligations as on a database, kept by the same suite (`../ports/conformance.ts`), nothing on disk.
import { OwnClaims } from '../ports/own-claims.ts'
import type { Clock, Store, Stores } from '../ports/index.ts'
import { memoryDeployments, memoryDevices } from './memory-controllers.ts'
import { memoryFeeds, memoryNetworks } from './memory-networks.ts'
import { memoryEvents, memoryObservations, memorySnapshots, memoryStates } from './memory-observations.ts'
import { memoryAudit, memoryIdempotency, memoryPeople } from './memory-people.ts'
import { memorySettings } from './memory-settings.ts'
import { type Access, MemoryGate } from './memory-tables.ts'
import { memoryJobs, memoryNights, memoryPlans, memorySchedules, memoryScreens, memoryTreatments } from './memory-workflow.ts'

const storesOn = (access: Access, clock: Clock): Stores => ({
  networks: memoryNetworks(access, clock), feeds: memoryFeeds(access, clock), observations: memoryObservations(access), states: memoryStates(access), treatments: memoryTreatments(access),
  plans: memoryPlans(access), schedules: memorySchedules(access), nights: memoryNights(access), jobs: memoryJobs(access), people: memoryPeople(access), idempotency: memoryIdempotency(access),
  snapshots: memorySnapshots(access), screens: memoryScreens(access), settings: memorySettings(access), devices: memoryDevices(access), deployments: memoryDeployments(access), events: memoryEvents(access), audit: memoryAudit(access),
})

/** An empty store. `clock` stamps networks and feeds, by default the computer's. Whoever brings the gate can look into the tables. */
export function memoryStore(clock: Clock = { now: () => Date.now() / 1000 }, gate = new MemoryGate()): Store {
  const claims = new OwnClaims()
  return {
    kind: 'memory',
    ...storesOn(gate.outside, clock),
    tx: (work) => gate.tx((access) => work(storesOn(access, clock))),
    async claim(name) {
      await gate.outside(() => {})
      return claims.claim(name)
    },
    ping: () => gate.outside(() => {}),
    async close() {
      gate.close()
    },
  }
}
