// Everything in one file, and back. PostgreSQL through its own programs, which know every version of it; the embedded database as the archive of its
// directory, while nobody has it open.
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { GreenwaveError } from '../../model/errors.ts'
import { lockDirectory } from './data-lock.ts'
import { translated } from './database.ts'
import { hasData, openData, writeWhole } from './pglite-data.ts'
import { openPostgres } from './postgres.ts'

export type Place = { url: string } | { directory: string }

/** The file is there whole or not at all. Throws `store.locked` while a process has the directory open; a PostgreSQL may be in use. */
export async function backup(from: Place, file: string): Promise<void> {
  if ('directory' in from) {
    await inDirectory(from.directory, async () => {
      if (!hasData(from.directory)) throw new GreenwaveError('input.empty', `${from.directory} holds no database`)
      const database = await openData(from.directory, async () => new Blob([]))
      try {
        await database.exec('CHECKPOINT')
        await writeWhole(file, await database.dumpDataDir('gzip'))
      } finally {
        await database.close()
      }
    })
    return
  }
  const draft = `${file}.${process.pid}.new`
  try {
    await run('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', '--no-comments', `--file=${draft}`], from.url)
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Into an empty database or a directory without one: throws `usage` where there is something that would be lost. All or nothing. */
export async function restore(file: string, to: Place): Promise<void> {
  if ('directory' in to) {
    await inDirectory(to.directory, async () => {
      if (hasData(to.directory)) throw new GreenwaveError('usage', `${to.directory} holds a database; name an empty directory`)
      const archive = new Blob([unpacked(file)], { type: 'application/x-tar' })
      const database = await openData(to.directory, async () => archive).catch((error: unknown) => {
        throw new GreenwaveError('input.unreadable', `${file} is no backup of an embedded database: ${error instanceof Error ? error.message : String(error)}`, undefined, error)
      })
      await database.close()
    })
    return
  }
  const database = openPostgres(to.url, { connections: 1 })
  try {
    const [found] = await database.query<{ there: boolean }>(`SELECT to_regclass('migration') IS NOT NULL AS there`)
    if (found?.there === true) throw new GreenwaveError('usage', 'the database holds tables of greenwave; name an empty one')
  } finally {
    await database.close()
  }
  await run('pg_restore', ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', '--no-comments', '--dbname=', file], to.url)
}

async function inDirectory(directory: string, work: () => Promise<void>): Promise<void> {
  const lock = lockDirectory(directory)
  try {
    await work()
  } catch (error) {
    throw translated(error, `in ${directory}`)
  } finally {
    lock.release()
  }
}

/** Unpacked here, because the embedded database lets a broken archive end the process. */
function unpacked(file: string): Buffer<ArrayBuffer> {
  try {
    return Buffer.from(gunzipSync(readFileSync(file)))
  } catch (error) {
    throw new GreenwaveError('input.unreadable', `${file} cannot be read as a backup of an embedded database: ${error instanceof Error ? error.message : String(error)}`, undefined, error)
  }
}

/** Runs a program of PostgreSQL on a database. The password goes by the environment: arguments can be read by everybody on the computer. */
async function run(program: string, args: readonly string[], url: string): Promise<void> {
  const address = new URL(url)
  const password = decodeURIComponent(address.password)
  address.password = ''
  const database = `--dbname=${address.href}`
  const given = args.includes('--dbname=') ? args.map((arg) => (arg === '--dbname=' ? database : arg)) : [...args, database]
  const child = spawn(program, given, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...(password === '' ? {} : { PGPASSWORD: password }) } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said = (said + text).slice(-4000) })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', () => { reject(new GreenwaveError('store.unfit', `${program} is not on the PATH; install the client programs of PostgreSQL`)) })
    child.on('close', resolve)
  })
  if (code === 0) return
  const why = said.trim().split('\n').find((line) => line.includes('error')) ?? said.trim()
  throw new GreenwaveError(/could not connect|connection to server/.test(said) ? 'store.unreachable' : 'internal', `${program} ended with ${code}: ${why}`)
}
