// What a service under traffic says and does while the disk of its database is full.
import { execFileSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openPostgres } from '../../adapters/store/postgres.ts'
import { until } from '../serving.ts'
import { mulberry32 } from '../../optimizer/bands/instances/random.ts'
import { Fleet } from './fleet.ts'
import { underTraffic } from './storm.ts'

const MEMBER = 'service'

let fleet: Fleet | undefined
const undo: (() => void)[] = []
afterEach(async () => {
  await fleet?.remove()
  fleet = undefined
  for (const one of undo.splice(0).reverse()) one()
})

const startOne = (env: NodeJS.ProcessEnv = {}): Promise<Fleet> => Fleet.start([{ name: MEMBER, args: [], web: true }], mulberry32(1), { env })

/** Seconds until /readyz says so. */
async function timed(of: Fleet, says: (status: number, text: string) => boolean): Promise<number> {
  const began = performance.now()
  await until(async () => {
    const { status, body } = await of.serving(MEMBER).ask('GET', '/readyz')
    return says(status, JSON.stringify(body))
  })
  return (performance.now() - began) / 1000
}

/** For who reads the log of the tests: times depend on what else the machine does. */
const tell = (what: string, figures: object): void => { process.stderr.write(`${what}: ${JSON.stringify(figures)}\n`) }

describe('a service under traffic', () => {
  it('says that the disk is full, goes on reading, and has lost nothing when there is room again', async ({ skip }) => {
    const small = mkdtempSync(join(tmpdir(), 'greenwave-full-'))
    undo.push(() => rmSync(small, { recursive: true, force: true }))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0777', 'tmpfs', small], { stdio: 'ignore' })
    } catch {
      skip('no right to mount a small disk')
    }
    undo.push(() => execFileSync('umount', ['-l', small]))
    if (process.getuid?.() === 0) execFileSync('chown', ['postgres', small])
    const own = fleet = await startOne()
    const { proof } = await underTraffic(own, 1, async (seen, town) => {
      await until(() => seen.acknowledged.size > 20)
      const database = openPostgres(own.postgres.url)
      const partition = `fix_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`
      await database.exec(`CREATE TABLESPACE small LOCATION '${small}'`)
      await database.exec(`ALTER TABLE ${partition} SET TABLESPACE small`)
      fill(join(small, 'ballast'))
      const said_s = await timed(own, (status, text) => status === 503 && text.includes('store.full'))
      expect((await own.serving(MEMBER).ask('GET', '/api/v1/networks', undefined, { authorization: `Bearer ${town.tokens.engineer}` })).status).toBe(200)
      rmSync(join(small, 'ballast'))
      tell('full', { said_s, recovered_s: await timed(own, (status) => status === 200) })
      const before = seen.acknowledged.size
      await until(() => seen.acknowledged.size > before + 20)
      await database.close()
    })
    expect(proof.wrong.slice(0, 20)).toEqual([])
  }, 600_000)
})

/** Until there is no room for another byte. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (let piece = 1 << 20; piece > 0;) {
      try {
        writeSync(descriptor, Buffer.alloc(piece))
      } catch {
        piece >>= 1
      }
    }
  } finally {
    closeSync(descriptor)
  }
}
