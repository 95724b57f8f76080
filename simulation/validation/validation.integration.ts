// Does the traffic behave as measured in the field? Each phenomenon is measured once; its figures are judged and compared
// with docs/validation.md, which `npm run validate` writes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PHENOMENA } from './catalogue.ts'
import { listMisses } from './figures.ts'
import { findSection, judged, measure, section, type Measured } from './page.ts'

const written = readFileSync(new URL('../../docs/validation.md', import.meta.url), 'utf8')
const known = new Map<string, Measured>()
const measured = (title: string): Measured => {
  const found = known.get(title) ?? measure(PHENOMENA.find((phenomenon) => phenomenon.title === title)!)
  known.set(title, found)
  return found
}

describe.each(PHENOMENA.map(({ title }) => title))('%s', (title) => {
  it('comes out within its published targets', { timeout: 300_000 }, () => {
    expect(listMisses(judged(measured(title)))).toEqual([])
  })

  it('stands on the page as this code measures it; npm run validate writes it anew', { timeout: 300_000 }, () => {
    expect(findSection(written, title).trim()).toBe(section(measured(title)).trim())
  })
})

describe('the page of validation', () => {
  it('has a section for each phenomenon and no other', () => {
    expect([...written.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(PHENOMENA.map(({ title }) => title))
  })
})
