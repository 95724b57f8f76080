import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../plans/ports/index.ts'
import { findBreak } from '../../plans/ports/chain.ts'
import { gather } from '../../plans/ports/conformance/suite.ts'
import { feedOf, streetScenario, SUNDAY_S } from '../../plans/testing/records.ts'

/** Of the build, where the database runs on a thread of its own; its suite with it, because it knows errors by their class. */
const BUILD = join(import.meta.dirname, '../../dist/adapters/store')
const built = async <T>(file: string): Promise<T> => await import(/* @vite-ignore */ join(BUILD, file)) as T
const { storeConformance } = await built<typeof import('../../plans/ports/conformance.ts')>('../../plans/ports/conformance.js')
const { openStore } = await built<typeof import('./open-store.ts')>('open-store.js')
const { openPglite } = await built<typeof import('./pglite.ts')>('pglite.js')
const { backup, restore } = await built<typeof import('./backup.ts')>('backup.js')

let directory: string
let store: Store

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'greenwave-pglite-'))
  store = await openStore({ directory })
})
afterAll(async () => {
  await store?.close()
  rmSync(directory, { recursive: true, force: true })
})

describe('the store on the embedded database', () => {
  storeConformance('pglite', () => store, it)
})

/** The compiled command's store in a process of its own, which tells each batch that was acknowledged. */
const WRITER = `
import { openStore } from ${JSON.stringify(join(BUILD, 'index.js'))}
const [directory, round] = process.argv.slice(2)
const store = await openStore({ directory })
process.send('open')
for (let i = 0; ; i++) {
  const id = round + '-' + i
  const fixes = Array.from({ length: 100 }, (_, k) => ({ vehicle: 'v' + k, time_s: ${SUNDAY_S} + i, lon: 9, lat: 48 }))
  await store.tx(async (stores) => {
    await stores.observations.append({ feed: 'killed', id, received_s: ${SUNDAY_S}, health: { source: 'x', read: 100, accepted: 100, issues: [] }, fixes })
    await stores.audit.append({ time_s: ${SUNDAY_S}, actor: 'wang', action: 'x', subject_kind: 'batch', subject: id, detail: {} })
  })
  process.send(id)
}`

async function writeUntilKilled(directory: string, round: number, batches: number): Promise<string[]> {
  const program = join(directory, 'writer.mjs')
  writeFileSync(program, WRITER)
  const writer: ChildProcess = fork(program, [join(directory, 'data'), String(round)], { stdio: 'inherit' })
  const acknowledged: string[] = []
  writer.on('message', (id) => {
    if (id !== 'open') acknowledged.push(String(id))
    if (acknowledged.length >= batches) writer.kill('SIGKILL')
  })
  await once(writer, 'exit')
  return acknowledged
}

describe('the directory of the embedded database', () => {
  it('is refused to others while it is open, also for a backup', async () => {
    await expect(openStore({ directory })).rejects.toMatchObject({ code: 'store.locked' })
    await expect(backup({ directory }, join(directory, 'x.backup'))).rejects.toMatchObject({ code: 'store.locked' })
  })
  it('is taken over from a process that was killed, with all that it had acknowledged', async () => {
    const own = mkdtempSync(join(tmpdir(), 'greenwave-killed-'))
    const data = join(own, 'data')
    const before = await openStore({ directory: data })
    await before.feeds.put(feedOf('killed', 'killed'), 0)
    await before.close()
    const acknowledged = [...await writeUntilKilled(own, 0, 5), ...await writeUntilKilled(own, 1, 12)]
    const after = await openStore({ directory: data })
    for (const id of acknowledged) expect([id, await after.observations.has('killed', id)]).toEqual([id, true])
    const entries = await gather(after.audit.all())
    expect(findBreak(entries)).toBeUndefined()
    expect(await gather(after.observations.fixes('killed', 0, 4e9))).toHaveLength(100 * entries.length)
    expect(entries.length).toBeGreaterThanOrEqual(acknowledged.length)
    await after.close()
    rmSync(own, { recursive: true, force: true })
  })
  it('holds what was acknowledged when the database in it dies, which all who ask are told', async () => {
    const own = mkdtempSync(join(tmpdir(), 'greenwave-broken-'))
    const database = await openPglite(own)
    await database.exec('CREATE TABLE kept (n integer)')
    await database.query('INSERT INTO kept VALUES (7)')
    // Without it the database can't go on, and panics.
    const [control, aside] = [join(own, 'data/global/pg_control'), join(own, 'aside')]
    renameSync(control, aside)
    const broken = { code: 'store.broken', message: expect.stringContaining(own) as string }
    await expect(database.exec('CHECKPOINT')).rejects.toMatchObject(broken)
    await expect(database.query('SELECT n FROM kept')).rejects.toMatchObject(broken)
    await expect(database.tx((sql) => sql.query('SELECT n FROM kept'))).rejects.toMatchObject(broken)
    await database.close()
    renameSync(aside, control)
    const again = await openPglite(own)
    expect(await again.query('SELECT n FROM kept')).toEqual([{ n: 7 }])
    await again.close()
    rmSync(own, { recursive: true, force: true })
  })
  it('is all in a backup, which goes into an empty directory and into no other', async () => {
    const file = join(directory, 'town.backup')
    await store.networks.put('kept', streetScenario(), 'wang', 0)
    const network = await store.networks.get('kept')
    await store.close()
    await backup({ directory }, file)
    await expect(restore(file, { directory })).rejects.toMatchObject({ code: 'usage' })
    const other = mkdtempSync(join(tmpdir(), 'greenwave-restored-'))
    writeFileSync(join(other, 'broken'), 'no archive')
    await expect(restore(join(other, 'broken'), { directory: other })).rejects.toMatchObject({ code: 'input.unreadable' })
    await restore(file, { directory: other })
    const restored = await openStore({ directory: other })
    expect(await restored.networks.get('kept')).toEqual(network)
    await restored.close()
    rmSync(other, { recursive: true, force: true })
  })
})
