import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProjection } from '../../../model/projection.ts'
import { createClock, detectorFormat, eventFormat, phaseFormat, probeFormat, radarFormat, RowFile, trajectoryFormat, type RowContext } from './index.ts'

const context = (changes: Partial<RowContext> = {}): RowContext => ({ clock: createClock('2026-01-05', 'Asia/Shanghai'), sourceOf: (link) => `source of ${link}`, ...changes })
const at = { x_m: 12.345, y_m: -0.001, speed_mps: 7.777, heading_deg: 359.96 }

describe('rows of observations', () => {
  it('are probes with the columns that probe files have', () => {
    const format = probeFormat(context())
    expect(format.head).toBe('vehicle_id,time_s,x,y,speed_mps,heading_deg')
    expect(format.line({ vehicle_id: '7', time_s: 61200.5, ...at })).toBe('7,61200.5,12.35,0.00,7.78,360.0')
    expect(format.line({ vehicle_id: 'a,"b"', time_s: 1, ...at }).startsWith('"a,""b""",1,')).toBe(true)
  })

  it('have longitude and latitude where the projection is known', () => {
    const projection = findProjection({ kind: 'projected', projection: '+proj=utm +zone=32', net_offset_m: [-500_000, -5_300_000] })
    const { head, line } = probeFormat(context({ projection }))
    expect(head!.endsWith(',lon,lat')).toBe(true)
    const [lon, lat] = line({ vehicle_id: '1', time_s: 0, ...at, x_m: 0, y_m: 0 }).split(',').slice(-2).map(Number)
    expect(lon).toBeCloseTo(9, 6)
    expect(lat).toBeGreaterThan(47.8)
    expect(lat).toBeLessThan(47.9)
  })

  it('are radar objects, one document a line, with the time in the zone of the scenario', () => {
    const line = radarFormat(context()).line({ time_s: 61200.1, sensor: '1/a', id: 5, x_m: 1, y_m: 2, speed_mps: 3, lane: 0, length_m: 5 })
    expect(JSON.parse(line)).toEqual({ time: '2026-01-05T17:00:00.100+08:00', sensor: '1/a', id: 5, x: 1, y: 2, speed_mps: 3, lane: 0, length_m: 5 })
  })

  it('are controller events to the tenth of a second, on the next day after midnight', () => {
    const { head, line } = eventFormat(context())
    expect(head).toBe('TimeStamp,DeviceId,EventId,Parameter')
    expect(line({ time_s: 61200.149, device: '12', event: 82, parameter: 3 })).toBe('2026-01-05 17:00:00.1,12,82,3')
    expect(line({ time_s: 86400, device: '12', event: 1, parameter: 2 })).toBe('2026-01-06 00:00:00.0,12,1,2')
  })

  it('are trajectories, detectors and phases', () => {
    expect(trajectoryFormat(context()).line({ time_s: 1, vehicle_id: '2', type: 'car', ...at, link: 'l', lane: 1, position_m: 3 })).toBe('1,2,car,12.35,0.00,7.78,360.0,source of l,1,3.00')
    expect(detectorFormat(context()).line({ device: '1', channel: 4, phase: 2, function: 'Advance', link: 'l', lane: 0, distance_m: 83, length_m: 2 })).toBe('1,2,4,Advance,source of l,0,83.0,2.0')
    expect(phaseFormat().line({ device: '1', signal: 's', group: 'g', phase: 6, kind: 'overlap' })).toBe('1,6,overlap,g')
  })

  it.each(['2026-02-30', 'tomorrow', '2026-1-5'])('refuse the date %s', (date) => expect(() => createClock(date, 'UTC')).toThrow(`"${date}"`))

  it('refuse a time zone that nobody knows', () => expect(() => createClock('2026-01-05', 'Mars/Olympus')).toThrow('Mars/Olympus'))
})

describe('a file of rows', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'rows-')) })
  afterEach(() => rm(folder, { recursive: true }))

  it('has its name once it is whole, with every row in it however many', async () => {
    const file = new RowFile(folder, phaseFormat())
    for (let batch = 0; batch < 200; batch++) {
      file.write(Array.from({ length: 100 }, (_, i) => ({ device: `device ${batch}`, signal: 's', group: 'g', phase: i, kind: 'phase' as const })))
      await file.ready()
    }
    expect(await readdir(folder)).toEqual(['phases.csv.part'])
    await file.finish()
    expect(await readdir(folder)).toEqual(['phases.csv'])
    const lines = (await readFile(file.path, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBe(1 + 20_000)
    expect(lines.at(-1)).toBe('device 199,99,phase,g')
    expect(file.rows).toBe(20_000)
  })

  it('leaves nothing behind when it is discarded', async () => {
    const file = new RowFile(folder, phaseFormat())
    file.write([{ device: 'd', signal: 's', group: 'g', phase: 1, kind: 'phase' }])
    await file.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves nothing behind when it is discarded before the disk has opened it', async () => {
    for (let attempt = 0; attempt < 200; attempt++) {
      const files = Array.from({ length: 4 }, (_, i) => new RowFile(folder, { file: `${attempt}-${i}.csv`, line: String }))
      await Promise.all(files.map((file) => file.discard()))
    }
    expect(await readdir(folder)).toEqual([])
  })

  it('is discarded quietly where it could not be opened', async () => {
    const file = new RowFile(join(folder, 'missing'), phaseFormat())
    await expect(file.discard()).resolves.toBeUndefined()
    await expect(file.discard()).resolves.toBeUndefined()
  })

  it('says what keeps it from being written', async () => {
    const file = new RowFile(join(folder, 'missing'), phaseFormat())
    await expect(file.finish()).rejects.toThrow('missing')
  })
})
