/** A process that pushes batches of fixes: vehicles that go along the links of a town, each heard of once a round. Prints a SendReport as JSON. */
import { makeTown } from '../../state/matching/testing/town.ts'

export interface SendReport {
  fixes: number
  wall_s: number
  refused: number
  /** To the acknowledgement, of each batch that was taken, in order. */
  ms: number[]
}

interface Settings { port: number; secret: string; vehicles: number; size: number; batches: number; rows: number; senders: number }

const settings = JSON.parse(process.argv[2]!) as Settings
const { port, secret, vehicles, size, batches, rows, senders } = settings
const { links } = makeTown({ size, seed: 1 })
const INTERVAL_S = 3
const SPEED_MPS = 8

/** Vehicle v in its round: on its link, 24 m further each time; at the end it begins anew under another name. */
function rowOf(v: number, round: number, begin_s: number): string {
  const link = links[v % links.length]!
  const line = link.shape_m!
  const [[x0, y0], [x1, y1]] = [line[0]!, line.at(-1)!]
  const share = Math.min(1, (10 + (v % 50) + SPEED_MPS * INTERVAL_S * round) / link.length_m)
  const x = x0 + (x1 - x0) * share
  const y = y0 + (y1 - y0) * share
  const heading = (90 - (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI + 360) % 360
  return `{"vehicle_id":"v${v}","time":${(begin_s + round * INTERVAL_S + (v % 1000) / 1000).toFixed(3)},"x":${x.toFixed(2)},"y":${y.toFixed(2)},"speed":${SPEED_MPS},"heading_deg":${heading.toFixed(1)}}`
}

const begin_s = Math.floor(Date.now() / 1000) - 120
const bodies = Array.from({ length: batches }, (_, b) => Array.from({ length: rows }, (_, i) => rowOf((b * rows + i) % vehicles, Math.floor((b * rows + i) / vehicles), begin_s)).join('\n') + '\n')
const report: SendReport = { fixes: batches * rows, wall_s: 0, refused: 0, ms: [] }
const began = performance.now()
let next = 0
await Promise.all(Array.from({ length: senders }, async () => {
  while (next < batches) {
    const batch = next++
    for (;;) {
      const sent = performance.now()
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/feeds/taxis/batches/b${batch}`, { method: 'POST', headers: { 'authorization': `Bearer ${secret}`, 'content-type': 'application/x-ndjson' }, body: bodies[batch]! })
      const text = await answer.text()
      if (answer.status === 200) {
        report.ms.push(performance.now() - sent)
        break
      }
      if (answer.status !== 503) throw new Error(`${answer.status}: ${text}`)
      report.refused++
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
  }
}))
report.wall_s = (performance.now() - began) / 1000
report.ms.sort((a, b) => a - b)
process.stdout.write(JSON.stringify(report))
