import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { rsmpRig } from '../../adapters/controllers/rsmp/testing.ts'
import { Deployer } from '../../plans/deployment/index.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { dualRingPattern, dualRingSignal } from '../../test/dual-ring.ts'
import { HeldSites } from './rsmp.ts'

it('lets RSMP controllers connect once they are added and their port is free, and no more once they are disabled', async () => {
  const { record, clock, close } = await rsmpRig(dualRingSignal(), dualRingPattern())
  const waiting = { now: () => clock.now(), wait: (seconds: number, signal: AbortSignal) => clock.wait(seconds, signal) }
  const store = memoryStore(waiting)
  const said: unknown[] = []
  const sites = new HeldSites({ networks: { ...store.networks, list: async () => [{ id: 'n' }] as never }, devices: store.devices }, new Deployer({ store, clock: waiting, drivers: [] }), { warn: (what) => said.push(what) })
  await sites.look()
  expect(sites.connected).toBe(0)
  const other = createServer((socket) => socket.destroy()).listen(record.settings.port as number, '127.0.0.1')
  await once(other, 'listening')
  const { version } = await store.devices.put(record, 0)
  await sites.look()
  await sites.look()
  expect(said).toMatchObject([{ controller: 'd', reason: expect.stringContaining('EADDRINUSE') as string }])
  other.close()
  await once(other, 'close')
  await sites.look()
  for (let i = 0; i < 500 && sites.connected === 0; i++) await sleep(10)
  expect([sites.connected, said.length]).toEqual([1, 1])
  await store.devices.put({ ...record, enabled: false }, version)
  await sites.look()
  expect(sites.connected).toBe(0)
  sites.release()
  await close()
})
