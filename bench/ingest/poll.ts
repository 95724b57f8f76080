/** A process that polls the timing of a signal as cabinets do, with the tag of the answer before. Prints a PollReport as JSON. */
import autocannon from 'autocannon'

export interface PollReport {
  a_second: number
  unchanged: number
  others: number
  p50_ms: number
  p99_ms: number
  most_ms: number
}

const { url, secret, rate, seconds } = JSON.parse(process.argv[2]!) as { url: string; secret: string; rate: number; seconds: number }
const headers = { authorization: `Bearer ${secret}` }
const first = await fetch(url, { headers })
const tag = first.headers.get('etag')
if (first.status !== 200 || tag === null) throw new Error(`${first.status}: ${await first.text()}`)
const { requests, latency, ...result } = await autocannon({ url, connections: 20, overallRate: rate, duration: seconds, headers: { ...headers, 'if-none-match': tag } })
const report: PollReport = {
  a_second: requests.average, unchanged: result['3xx'], others: result['1xx'] + result['2xx'] + result['4xx'] + result['5xx'] + result.errors + result.timeouts, p50_ms: latency.p50, p99_ms: latency.p99, most_ms: latency.max,
}
process.stdout.write(JSON.stringify(report))
