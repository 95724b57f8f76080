import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { startProgress } from './progress.ts'

/** A stream, and a clock that the test moves. */
function watched(isTTY: boolean, quiet = false): { at: (ms: number, share: number, label: string) => void; stop: () => void; text: () => string } {
  let [text, time] = ['', 0]
  const stream = Object.assign(new Writable({ write: (chunk: Buffer, _encoding, done) => { text += String(chunk); done() } }), { isTTY })
  const { report, stop } = startProgress(stream, quiet, () => time)
  return { at: (ms, share, label) => { time = ms; report(share, label) }, stop, text: () => text }
}

describe('startProgress', () => {
  it('says nothing in the first second and nothing at all when quiet', () => {
    const short = watched(false)
    short.at(900, 0.5, 'simulating')
    expect(short.text()).toBe('')
    const quiet = watched(true, true)
    quiet.at(5000, 0.5, 'simulating')
    expect(quiet.text()).toBe('')
  })

  it('writes a log a line per label, then one every ten seconds with the time that is left', () => {
    const log = watched(false)
    log.at(2000, 0.1, 'comparing')
    log.at(3000, 0.2, 'comparing')
    log.at(4000, 0.3, 'simulating')
    log.at(14_000, 0.5, 'simulating')
    log.at(15_000, 0.6, 'simulating')
    log.at(302_000, 0.55, 'simulating')
    // 0.4 in 12 s leaves 15 s for 0.5; 0.45 in 300 s leaves 300 s for 0.45.
    expect(log.text().split('\n')).toEqual(['comparing', 'simulating', 'simulating: 50 %, about 15 s left', 'simulating: 55 %, about 5 min left', ''])
  })

  it('keeps one line of a terminal up to date and clears it in the end', () => {
    const bar = watched(true)
    bar.at(1500, 0.25, 'simulating')
    bar.at(2500, 0.5, 'simulating')
    bar.stop()
    expect(bar.text()).toBe('\r\u001b[K[######..................]  25 % simulating\r\u001b[K[############............]  50 % simulating, about 2 s left\r\u001b[K')
  })
})
