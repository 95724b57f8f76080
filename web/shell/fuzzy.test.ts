import { describe, expect, it } from 'vitest'
import { findFitting, fit } from './fuzzy.ts'

const TITLES = ['Nanhu Avenue', 'Go to corridors', 'Show the keyboard map', 'Signal 12 Cross street', '南湖大道']

describe('what is typed into the palette', () => {
  it('finds by first letters of words, by pieces, in Chinese, and in whatever case', () => {
    expect(findFitting('na', TITLES, String)[0]).toBe('Nanhu Avenue')
    expect(findFitting('KM', TITLES, String)[0]).toBe('Show the keyboard map')
    expect(findFitting('s12', TITLES, String)[0]).toBe('Signal 12 Cross street')
    expect(findFitting('大道', TITLES, String)).toEqual(['南湖大道'])
  })

  it('leaves out what lacks a letter, and keeps the order where nothing is typed', () => {
    expect(findFitting('zzz', TITLES, String)).toEqual([])
    expect(findFitting(' ', TITLES, String)).toEqual(TITLES)
  })

  it('prefers letters that follow one another over letters that are strewn about', () => {
    expect(fit('cor', 'corridor')!).toBeGreaterThan(fit('cor', 'cross the road')!)
  })
})
