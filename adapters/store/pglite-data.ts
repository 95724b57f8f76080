// The directory of the embedded database, and PostgreSQL with PostGIS in WebAssembly on it. Loaded when it is opened, because it costs a gigabyte.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'

const INT8 = 20
const JSON_OID = 114
const PARSERS = { [INT8]: Number, [JSON_OID]: (text: string) => text }
/** Goes with the exact pair of packages. */
const TEMPLATE = 'pglite-0.5.8-postgis-0.2.8.tar.gz'

const dataOf = (directory: string): string => join(directory, 'data')
/** Written when the data were there as a whole: without it they are the rest of a beginning that was cut off. */
const markOf = (directory: string): string => join(directory, 'ready.json')
export const hasData = (directory: string): boolean => existsSync(markOf(directory))

/** The caller holds the directory. `start` gives what a new directory begins with. */
export async function openData(directory: string, start: () => Promise<Blob>): Promise<PGlite> {
  if (hasData(directory)) return open(dataOf(directory))
  rmSync(dataOf(directory), { recursive: true, force: true })
  const database = await open(dataOf(directory), await start())
  writeFileSync(`${markOf(directory)}.new`, JSON.stringify({ format: 'greenwave.data/1', begun_with: TEMPLATE }))
  renameSync(`${markOf(directory)}.new`, markOf(directory))
  return database
}

async function open(dataDir: string | undefined, loadDataDir?: Blob): Promise<PGlite> {
  const [{ PGlite }, { postgis }] = await Promise.all([import('@electric-sql/pglite'), import('@electric-sql/pglite-postgis')])
  if (dataDir !== undefined) mkdirSync(dirname(dataDir), { recursive: true })
  return PGlite.create({ ...(dataDir === undefined ? {} : { dataDir }), extensions: { postgis }, parsers: PARSERS, ...(loadDataDir === undefined ? {} : { loadDataDir }) })
}

/** Made at first use, in seconds that later ones save. */
export async function template(cache: string): Promise<Blob> {
  const file = join(cache, TEMPLATE)
  if (!existsSync(file)) {
    const empty = await open(undefined)
    try {
      await empty.exec('CREATE EXTENSION postgis; CHECKPOINT')
      const blob = await empty.dumpDataDir('gzip')
      try {
        await writeWhole(file, blob)
      } catch {
        // A cache that can't be written costs time only.
        return blob
      }
    } finally {
      await empty.close()
    }
  }
  return new Blob([readFileSync(file)], { type: 'application/x-gzip' })
}

export async function writeWhole(file: string, blob: Blob): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, Buffer.from(await blob.arrayBuffer()), { flush: true })
    renameSync(draft, file)
  } finally {
    rmSync(draft, { force: true })
  }
}
