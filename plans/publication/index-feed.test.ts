import { describe, expect, it } from 'vitest'
import type { PublicNotice } from '../../model/publication.ts'
import { agedPublication, lagOf } from './aged.ts'
import { indexFeed, indexRows, INDEX_COLUMNS } from './index-feed.ts'
import { snapshot } from './snapshot.ts'
import { inputOf, minute, NOON } from './testing.ts'

const all = (options: Parameters<typeof minute>[2] = {}) => ['a', 'b', 'c', 'd'].map((link) => minute(link, 2, options))
const notice: PublicNotice = { id: 'n', kind: 'works', text: '', links: ['a'], from: NOON - 60, until: NOON + 200, approver: 'desk' }
const published = snapshot(inputOf(all(), { notices: [notice] }))

describe('a publication that nothing follows on', () => {
  it('is as it was for its minute and the next', () => {
    expect([0, 59, 60, 119].map((s) => agedPublication(published, NOON + s))).toEqual([published, published, published, published])
    expect([119, 120, 181].map((s) => lagOf(published, NOON + s))).toEqual([0, 60, 120])
  })

  it('is grey while the clock stands before it: it was put back', () => {
    expect(agedPublication(published, NOON - 30)).toEqual(published)
    expect(agedPublication(published, NOON - 3600)).toMatchObject({ index: null, age_s: null })
  })

  it('grows old, and has nothing left after ten minutes', () => {
    const at = (s: number) => agedPublication(published, NOON + s)
    expect([240, 420, 660].map((s) => at(s).segments[0]!.freshness)).toEqual(['ageing', 'old', 'old'])
    expect(at(240)).toMatchObject({ age_s: 180, index: 2, coverage: 1, segments: [{ age_s: 180, level: 'congested' }, {}], corridors: [{ freshness: 'ageing', age_s: 180, travel_time_s: 160 }] })
    const gone = at(720)
    expect(gone).toMatchObject({ index: null, coverage: 0, age_s: null, notices: [], corridors: [{ freshness: 'no-data', travel_time_s: null }], places: [{ delay_s: null }] })
    expect(gone.segments.map(({ freshness, level, speed_mps, vehicles }) => [freshness, level, speed_mps, vehicles])).toEqual([['no-data', null, null, null], ['no-data', null, null, null]])
  })

  it('has no aggregate of parts that are left', () => {
    const mixed = snapshot(inputOf([minute('a', 2, { ago_s: 500 }), minute('b', 2, { ago_s: 500 }), minute('c', 2), minute('d', 2)]))
    expect(agedPublication(mixed, NOON + 240)).toMatchObject({ index: null, coverage: 0.5, age_s: 180, segments: [{ freshness: 'no-data' }, { freshness: 'ageing' }], corridors: [{ freshness: 'no-data', index: null }] })
  })
})

describe('the index feed', () => {
  const earlier = snapshot(inputOf(all({ now: NOON - 60 }), { now: NOON - 60 }))
  const feed = indexFeed(published, [earlier])

  it('names the table, its version and status, age, coverage and limits, and the minutes before', () => {
    expect(feed).toMatchObject({
      format: 'greenwave.index/1', publication: published.id, computed_at: '2026-03-02T04:00:00.000Z', scale: { id: 'nav-delay-index', version: 1, status: 'unverified' }, age_s: 0, coverage: 1,
      limits: { live_s: 120, ageing_s: 300, old_s: 600, vehicles: 5, coverage: 0.6 }, minutes: [{ publication: earlier.id, computed_at: '2026-03-02T03:59:00.000Z' }],
    })
    expect(feed.segments[0]).toMatchObject({ id: 'west', level: 'congested', vehicles: 6, freshness: 'live' })
  })

  it('says the same as a table, and leaves empty what is not known', () => {
    const rows = indexRows(feed)
    expect(rows.map(({ computed_at, kind, id }) => `${String(computed_at).slice(11, 16)} ${kind} ${id}`)).toEqual(['03:59', '04:00'].flatMap((time) => [`${time} network street`, `${time} corridor out`, `${time} segment west`, `${time} segment east`]))
    for (const row of rows) expect(Object.keys(row).filter((key) => !(INDEX_COLUMNS as readonly string[]).includes(key))).toEqual([])
    for (const segment of feed.segments) expect(rows.at(segment.id === 'west' ? -2 : -1)).toMatchObject({ index: segment.index, speed_mps: segment.speed_mps, level: segment.level, age_s: segment.age_s, scale: 'nav-delay-index', scale_version: 1 })
    const grey = indexRows(indexFeed(snapshot(inputOf([])), []))
    expect(grey.map((row) => ['index', 'level', 'speed_mps', 'age_s'].filter((key) => key in row))).toEqual([[], [], [], []])
  })
})
