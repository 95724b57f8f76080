// Short outages of what is under a service, one after the other. Of a minute each, with fsync: `npm run bench -- endurance --outages`.
import { describe, expect, it } from 'vitest'
import { FROZEN, outages, type OutagesReport, smallDisk, steppedClock, STOPPED } from './outages.ts'

/** Times depend on what else the machine does: they are for who reads the log. */
const tell = ({ figures, acknowledged, longest_s, repeats }: OutagesReport): void => { process.stderr.write(`${JSON.stringify({ figures, acknowledged, longest_s, repeats })}\n`) }

describe('a service under traffic', () => {
  it('says that its database is stopped, hangs or has a full disk, leaves nobody waiting, and has lost nothing when that is over', async ({ onTestFinished }) => {
    const disk = smallDisk()
    onTestFinished(() => disk?.remove())
    const report = await outages({ outages: [STOPPED, FROZEN, ...(disk === undefined ? [] : [disk.outage])], away_ms: 5000, job_each: false })
    tell(report)
    expect(report.wrong.slice(0, 20)).toEqual([])
    expect(report.repeats).toHaveProperty('503 store.unreachable')
  }, 600_000)

  it('goes on when the clock is put on and back', async ({ skip }) => {
    const clock = steppedClock()
    if (clock === undefined) return skip('no libfaketime')
    try {
      const report = await outages({ ...clock, outages: clock.outages.slice(0, 2), away_ms: 1000, job_each: false })
      tell(report)
      expect(report.wrong.slice(0, 20)).toEqual([])
      expect(Object.keys(report.repeats).filter((why) => why.startsWith('429'))).toEqual([])
    } finally {
      clock.remove()
    }
  }, 600_000)
})
