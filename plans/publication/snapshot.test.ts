import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PublicNotice, Publication } from '../../model/publication.ts'
import { getScale } from '../../state/congestion/index.ts'
import { nextLevel, type ShownLevel } from './calm.ts'
import { lampColour, mayShowTimes, webLook } from './display.ts'
import { snapshot } from './snapshot.ts'
import { inputOf, minute, NOON } from './testing.ts'

const all = (index: number, options: Parameters<typeof minute>[2] = {}) => ['a', 'b', 'c', 'd'].map((link) => minute(link, index, options))
const west = (publication: Publication) => publication.segments[0]!

describe('the publication of a minute', () => {
  it('tells level, time, age, vehicles, grade and the table that the level is of', () => {
    const made = snapshot(inputOf(all(2)))
    expect(west(made)).toMatchObject({ freshness: 'live', level: 'congested', index: 2, travel_time_s: 80, coverage: 1, age_s: 0, vehicles: 6, grade: 'D', since: NOON })
    expect(made).toMatchObject({ scale: { id: 'nav-delay-index', version: 1, status: 'unverified' }, index: 2, coverage: 1, network_version: 3 })
    expect(made.corridors[0]).toMatchObject({ travel_time_s: 160, index: 2, freshness: 'live' })
    expect(made.places[0]).toMatchObject({ delay_s: 40, trend: 'growing' })
  })

  it.each([[0, 'live'], [120, 'live'], [121, 'ageing'], [300, 'ageing'], [301, 'old'], [600, 'old'], [601, 'no-data']] as const)('calls data of %d s %s', (ago_s, freshness) => {
    expect(west(snapshot(inputOf(all(1.2, { ago_s })))).freshness).toBe(freshness)
  })

  it('counts what the source itself is late', () => {
    const sources = new Map(['a', 'b', 'c', 'd'].map((link) => [link, { latency_s: 300, grade: 'C' as const }]))
    expect(west(snapshot(inputOf(all(1.2), { sources })))).toMatchObject({ age_s: 300, freshness: 'ageing', grade: 'C' })
  })

  it('says nothing of a refused source', () => {
    const sources = new Map([['a', { latency_s: 0, grade: 'A' as const, refused: true }]])
    expect(snapshot(inputOf(all(1.2), { sources })).segments.map(({ level }) => level)).toEqual([null, 'free'])
  })

  it('gathers five vehicles from the newest minutes and no older ones than it needs', () => {
    const minutes = ['a', 'b'].flatMap((link) => [minute(link, 1, { vehicles: 3 }), minute(link, 3, { vehicles: 3, ago_s: 60 }), minute(link, 9, { vehicles: 50, ago_s: 120 })])
    expect(west(snapshot(inputOf(minutes)))).toMatchObject({ vehicles: 6, index: 2, age_s: 0 })
  })

  it('is grey below 60 % of the length, and has no travel time of a part', () => {
    expect(west(snapshot(inputOf([minute('a', 1.2)])))).toMatchObject({ level: null, index: null, travel_time_s: null, coverage: 0.5, age_s: null, vehicles: null, grade: null, freshness: 'no-data' })
    const wide = inputOf([minute('a', 2), minute('b', 2)], { segments: [{ id: 'west', name: 'West', links: ['a', 'b', 'c'] }, { id: 'east', name: 'East', links: ['d'] }] })
    expect(west(snapshot(wide))).toMatchObject({ level: 'congested', index: 2, travel_time_s: null })
    expect(snapshot(wide).corridors[0]).toMatchObject({ index: null, travel_time_s: null, freshness: 'no-data', coverage: 0.5 })
  })

  it('never shows a value with fewer than five vehicles, too old, or from after the clock', () => {
    fc.assert(fc.property(fc.array(fc.record({ link: fc.constantFrom('a', 'b', 'c', 'd'), ago_s: fc.integer({ min: -600, max: 1200 }), vehicles: fc.integer({ min: 0, max: 7 }), index: fc.double({ min: 0.5, max: 8, noNaN: true }) }), { maxLength: 12 }), (drawn) => {
      const made = snapshot(inputOf(drawn.map(({ link, ago_s, vehicles, index }) => minute(link, index, { ago_s, vehicles }))))
      for (const segment of made.segments) {
        const known = segment.links.filter((link) => drawn.filter((one) => one.link === link && one.ago_s >= 0 && one.ago_s <= 600).reduce((sum, { vehicles }) => sum + vehicles, 0) >= 5)
        const shown = known.length / segment.links.length >= 0.6
        expect([segment.level !== null, segment.index !== null, segment.speed_mps !== null, segment.freshness !== 'no-data']).toEqual([shown, shown, shown, shown])
        if (shown) expect([segment.vehicles! >= 5, segment.age_s! >= 0 && segment.age_s! <= 600]).toEqual([true, true])
      }
    }), { numRuns: 60 })
  })

  it('cannot be changed, and is the same bytes again', () => {
    const made = snapshot(inputOf(all(2)))
    expect(() => { (west(made) as { level: string }).level = 'free' }).toThrow(TypeError)
    expect(JSON.stringify(snapshot(inputOf(all(2))))).toBe(JSON.stringify(made))
    expect(snapshot(inputOf(all(2.1))).id).not.toBe(made.id)
    expect(made.id).toMatch(/^street-20260302T0400Z-[0-9a-f]{12}$/)
  })

  it('refuses segments of links that are not there, and names used twice', () => {
    expect(() => snapshot(inputOf([], { segments: [{ id: 'x', name: 'X', links: ['zz'] }], corridors: [], places: [] }))).toThrow('link "zz"')
    expect(() => snapshot(inputOf([], { segments: [], places: [] }))).toThrow('segment "west"')
    expect(() => snapshot(inputOf([], { segments: [{ id: 'x', name: 'X', links: ['a'] }, { id: 'x', name: 'X', links: ['b'] }], corridors: [], places: [] }))).toThrow('twice')
  })
})

describe('the colour that is shown', () => {
  /** Publications minute by minute. */
  const play = (indices: readonly (number | null)[], noticeAt?: { minute: number; notice: PublicNotice }): Publication[] => {
    const made: Publication[] = []
    indices.forEach((index, i) => {
      const now = NOON + 60 * i
      const previous = made.at(-1)
      made.push(snapshot(inputOf(index === null ? [] : all(index, { now }), { now, ...(previous === undefined ? {} : { previous }), notices: noticeAt !== undefined && i >= noticeAt.minute ? [noticeAt.notice] : [] })))
    })
    return made
  }
  const levels = (made: readonly Publication[]): (string | null)[] => made.map((one) => west(one).level)

  it('stays until the index is clearly beyond the boundary', () => {
    expect(levels(play([1.4, 1.4, 1.4, 1.4, 1.4, 1.6, 1.64, 1.66, 1.66]))).toEqual(['free', 'free', 'free', 'free', 'free', 'free', 'free', 'slow', 'slow'])
    expect(levels(play([1.6, 1.6, 1.6, 1.6, 1.6, 1.4, 1.36, 1.3]))).toEqual(['slow', 'slow', 'slow', 'slow', 'slow', 'slow', 'slow', 'free'])
  })

  it('is held for four minutes', () => {
    expect(levels(play([1.2, 3, 3, 3, 3, 3]))).toEqual(['free', 'free', 'free', 'free', 'severe', 'severe'])
  })

  it('is grey at once without data, and coloured at once with it', () => {
    expect(levels(play([1.2, null, 3, null, 1.2]))).toEqual(['free', null, 'severe', null, 'free'])
  })

  it('changes at once with a closure or an incident', () => {
    const notice: PublicNotice = { id: 'i', kind: 'accident', text: '', links: ['a'], from: NOON, until: null, approver: 'desk' }
    expect(levels(play([1.2, 3, 3], { minute: 1, notice }))).toEqual(['free', 'severe', 'severe'])
  })

  it('changes at most six times in any hour, whatever the index does', () => {
    const table = getScale('nav-delay-index')
    fc.assert(fc.property(fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { minLength: 90, maxLength: 90 }), (indices) => {
      let shown: ShownLevel | undefined
      const changes: number[] = []
      indices.forEach((index, i) => {
        const next = nextLevel(table, shown, index, 60 * i)
        if (shown !== undefined && next.level !== shown.level) changes.push(i)
        shown = next
      })
      for (const first of changes) expect(changes.filter((i) => i >= first && i < first + 60).length).toBeLessThanOrEqual(6)
    }), { numRuns: 100 })
  })
})

describe('how it looks', () => {
  it('says a word and a numeral beside each colour', () => {
    expect(webLook({ level: 'severe', freshness: 'live' })).toEqual({ colour: 'dark-red', zh: '严重', en: 'severe', numeral: '4', hatched: false })
    expect(webLook({ level: 'slow', freshness: 'old' }).hatched).toBe(true)
    expect([webLook({ level: 'free', freshness: 'no-data' }).colour, webLook({ level: null, freshness: 'live' }).colour, webLook({ level: 'fine', freshness: 'live' }).colour]).toEqual(['grey', 'grey', 'grey'])
  })

  it('turns lamps off without data, and withdraws times before colours', () => {
    expect(lampColour({ level: 'free', freshness: 'no-data' })).toBe('off')
    expect(lampColour({ level: 'severe', freshness: 'old' })).toBe('red')
    expect([mayShowTimes('ageing'), mayShowTimes('old')]).toEqual([true, false])
  })
})
