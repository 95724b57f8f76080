// How far a long job is, on stderr, and about how long it will still take; nothing for what takes less than a second.
const SHOW_AFTER_MS = 1000
const WIDTH = 24
/** In a log a line now and then is enough. */
const LOG_EVERY_MS = 10_000

export interface Progress {
  /** Share done, 0 to 1, and what is being done. */
  (share: number, label: string): void
}

/** On a terminal one line that is overwritten; elsewhere (a log) a line per label and then one every ten seconds. `now` in ms. */
export function startProgress(stream: NodeJS.WritableStream, quiet: boolean, now: () => number = () => performance.now()): { report: Progress; stop: () => void } {
  const terminal = (stream as NodeJS.WriteStream).isTTY === true
  const started = now()
  let shown = false
  let last: { label: string; at: number } | undefined
  let first: { share: number; at: number } | undefined
  const report: Progress = (share, label) => {
    const at = now()
    first ??= { share, at }
    if (quiet || at - started < SHOW_AFTER_MS) return
    const left = timeLeft(first, share, at)
    const percent = `${Math.round(share * 100)} %`
    if (terminal) {
      const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
      stream.write(`\r\u001b[K[${'#'.repeat(done)}${'.'.repeat(WIDTH - done)}] ${percent.padStart(5)} ${label}${left}`)
      shown = true
    } else if (label !== last?.label || at - last.at >= LOG_EVERY_MS) {
      stream.write(label === last?.label ? `${label}: ${percent}${left}\n` : `${label}\n`)
      last = { label, at }
    }
  }
  const stop = (): void => {
    if (shown) stream.write('\r\u001b[K')
    shown = false
  }
  return { report, stop }
}

/** At the pace since the first report, which leaves out what came before the work; empty while there is no pace. */
function timeLeft(first: { share: number; at: number }, share: number, at: number): string {
  if (!(share > first.share) || share >= 1) return ''
  const seconds = ((at - first.at) / 1000) * ((1 - share) / (share - first.share))
  return seconds < 90 ? `, about ${Math.max(1, Math.round(seconds))} s left` : `, about ${Math.round(seconds / 60)} min left`
}
