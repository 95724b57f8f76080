/** A process that pushes batches of fixes of a town's vehicles: each vehicle's first at once, whatever that takes, then for some seconds. Prints a SendReport as JSON. */
import { benchTown, Drives } from './drives.ts'

export interface SendReport {
  /** Of the first rows, in order, all of which were acknowledged. */
  fixes: number
  refused: number
  /** Of each batch in the order of the acknowledgements: its first row, when it was due, when it was acknowledged; ms since 1970. */
  batches: [row: number, due_ms: number, acknowledged_ms: number][]
}

export interface SendSettings {
  port: number
  secret: string
  vehicles: number
  size: number
  rows: number
  senders: number
  seconds: number
  /** Fixes a second; 0: as soon as the one before is answered. */
  rate: number
  begin_s: number
  most_rows: number
}

const { port, secret, vehicles, size, rows, senders, seconds, rate, begin_s, most_rows } = JSON.parse(process.argv[2]!) as SendSettings
const drives = new Drives(benchTown(size), vehicles, begin_s)
const report: SendReport = { fixes: 0, refused: 0, batches: [] }
const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

async function push(batch: number, due_ms: number): Promise<void> {
  let body = ''
  for (let i = batch * rows; i < (batch + 1) * rows; i++) body += drives.line(i)
  const bytes = Buffer.from(body, 'latin1')
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/feeds/taxis/batches/b${batch}`, { method: 'POST', headers: { 'authorization': `Bearer ${secret}`, 'content-type': 'application/x-ndjson' }, body: bytes })
    const text = await answer.text()
    if (answer.status === 200) break
    // 202: the stream has it; sent again it is answered as soon as it is stored.
    if (answer.status !== 503 && answer.status !== 202) throw new Error(`${answer.status}: ${text}`)
    report.refused++
    await wait(100)
  }
  report.batches.push([batch * rows, due_ms, Date.now()])
}

const first = Math.ceil(vehicles / rows)
let next = 0
await Promise.all(Array.from({ length: senders }, async () => {
  while (next < first) await push(next++, Date.now())
}))
const began = Date.now()
await Promise.all(Array.from({ length: senders }, async () => {
  while ((next + 1) * rows <= most_rows) {
    const batch = next++
    const due_ms = rate === 0 ? Date.now() : began + ((batch - first) * rows * 1000) / rate
    if (due_ms > began + seconds * 1000) break
    // Late or not, what was due is what counts.
    await wait(Math.max(0, due_ms - Date.now()))
    await push(batch, due_ms)
  }
}))
report.fixes = report.batches.length * rows
process.stdout.write(JSON.stringify(report))
