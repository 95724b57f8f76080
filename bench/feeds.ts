/**
 * How many rows of probes a second can be read, checked and screened on one core, and does memory stay bounded? Made-up CSV files, each read in a
 * process of its own, so that peak memory is its own; beside it the least anybody could do: cut lines and fields, make numbers,
 * believe everything. Exit code 1 where a row is believed or dropped that should not be, or where memory grows with the file.
 */
import { spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { openProbes } from '../adapters/feeds/probes/index.ts'
import { ProbeScreen } from '../state/screen/index.ts'
import { type FileForm, fileContext, FORMS, writeProbeFile } from './feeds/probe-file.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  rows: { type: 'string', default: '1000000,4000000' }, forms: { type: 'string', default: FORMS.join() }, repeats: { type: 'string', default: '2' },
  one: { type: 'string' }, file: { type: 'string' },
} as const

/** Rows a second on one core. */
const TARGET = 500_000
/** Peak memory of the longer file over that of the shorter. The heap breathes; four times the rows would be four times as much. */
const GROWTH = 1.5

const WORKS = ['decode', 'screen', 'cut'] as const
type Work = (typeof WORKS)[number]

/** What one process found. */
interface Reading {
  rows: number
  /** User and system time of the process. */
  cpu_s: number
  /** Of the thread that reads. */
  wall_s: number
  peak_mb: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  if (values.one !== undefined) {
    const [work, form] = values.one.split(' ') as [Work, FileForm]
    console.log(JSON.stringify(await read(work, form, values.file!)))
    return 0
  }
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-feeds-'))
  let wrong = 0
  try {
    for (const form of values.forms.split(',') as FileForm[]) wrong += await compare(form, values.rows.split(',').map(Number), Number(values.repeats), folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return wrong > 0 ? 1 : 0
}

async function compare(form: FileForm, sizes: readonly number[], repeats: number, folder: string): Promise<number> {
  const cells: string[][] = []
  const peaks: number[] = []
  let wrong = 0
  for (const rows of sizes) {
    const file = join(folder, `${form}-${rows}.csv`)
    const believed = await writeProbeFile(file, rows, form)
    const expected: Record<Work, number> = { decode: rows, screen: believed, cut: rows }
    for (const work of WORKS) {
      const runs = Array.from({ length: repeats }, () => readAlone(work, form, file))
      const best = runs.reduce((a, b) => (b.cpu_s < a.cpu_s ? b : a))
      const peak = Math.max(...runs.map(({ peak_mb }) => peak_mb))
      if (work === 'screen') peaks.push(peak)
      const isRight = runs.every((run) => run.rows === expected[work])
      if (!isRight) wrong++
      const rate = rows / best.cpu_s
      cells.push([
        form, String(rows), ((await stat(file)).size / 1e6).toFixed(0), NAMES[work], `${(rate / 1000).toFixed(0)}k`, `${(rows / best.wall_s / 1000).toFixed(0)}k`,
        work === 'screen' ? `${TARGET / 1000}k ${rate >= TARGET ? 'met' : 'missed'}` : '', peak.toFixed(0), isRight ? String(best.rows) : `${best.rows} WRONG, ${expected[work]} expected`,
      ])
    }
    await rm(file)
  }
  console.log(formatTable(['form', 'rows', 'MB', 'work', 'rows per CPU s', 'rows per s', 'target', 'peak MB', 'believed'], cells))
  const growth = peaks.at(-1)! / peaks[0]!
  if (peaks.length > 1) console.log(`peak memory of ${sizes.at(-1)} rows over that of ${sizes[0]}: ${growth.toFixed(2)}${growth > GROWTH ? ` GROWS (at most ${GROWTH})` : ''}\n`)
  return wrong + (growth > GROWTH ? 1 : 0)
}

const NAMES: Readonly<Record<Work, string>> = { decode: 'read and check', screen: 'read, check and screen', cut: 'cut lines, believe all' }

function readAlone(work: Work, form: FileForm, file: string): Reading {
  const child = spawnSync(process.execPath, [process.argv[1]!, 'feeds', '--one', `${work} ${form}`, '--file', file], { encoding: 'utf8' })
  if (child.status !== 0) throw new Error(`reading ${file} failed: ${child.stderr}`)
  return JSON.parse(child.stdout) as Reading
}

async function read(work: Work, form: FileForm, file: string): Promise<Reading> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  const rows = await (work === 'cut' ? cutLines(file) : readProbes(file, form, work === 'screen'))
  const { user, system } = process.cpuUsage(before)
  return { rows, cpu_s: (user + system) / 1e6, wall_s: (performance.now() - start) / 1000, peak_mb: process.resourceUsage().maxRSS / 1024 }
}

async function readProbes(file: string, form: FileForm, screened: boolean): Promise<number> {
  let rows = 0
  const screen = screened ? new ProbeScreen(form, () => { rows++ }) : undefined
  for await (const batch of (await openProbes(file, fileContext(form))).batches()) {
    if (screen === undefined) rows += batch.length
    else for (const fix of batch) screen.push(fix)
  }
  screen?.end()
  return rows
}

async function cutLines(file: string): Promise<number> {
  let rows = -1
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const [vehicle, time, ...numbers] = line.split(',')
    const values = numbers.map(Number)
    if (vehicle !== '' && time !== '' && values.length > 0) rows++
  }
  return rows
}
