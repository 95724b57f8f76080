// A progress bar on stderr for what takes longer than a second; nothing where nobody watches.
const SHOW_AFTER_MS = 1000
const WIDTH = 24

export interface Progress {
  /** Share done, 0 to 1, and what is being done. */
  (share: number, label: string): void
}

/** On a terminal one line that is overwritten; elsewhere (a log) nothing but the last state of each label. */
export function startProgress(stream: NodeJS.WritableStream, quiet: boolean): { report: Progress; stop: () => void } {
  const terminal = (stream as NodeJS.WriteStream).isTTY === true
  const started = performance.now()
  let shown = false
  let lastLabel = ''
  const report: Progress = (share, label) => {
    if (quiet || performance.now() - started < SHOW_AFTER_MS) return
    if (terminal) {
      const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
      stream.write(`\r\u001b[K[${'#'.repeat(done)}${'.'.repeat(WIDTH - done)}] ${String(Math.round(share * 100)).padStart(3)} % ${label}`)
      shown = true
    } else if (label !== lastLabel) {
      stream.write(`${label}\n`)
      lastLabel = label
    }
  }
  const stop = (): void => {
    if (shown) stream.write('\r\u001b[K')
    shown = false
  }
  return { report, stop }
}
