import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROBE_COLUMNS } from './layout.ts'

describe('the columns of probes', () => {
  it('are those that the documentation lists', () => {
    const page = readFileSync(new URL('../../../docs/feeds.md', import.meta.url), 'utf8')
    const table = page.slice(page.indexOf('## Probes'), page.indexOf('- **CSV**'))
    const listed = new Set([...table.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!))
    expect(new Set(Object.values(PROBE_COLUMNS).flat())).toEqual(listed)
  })
})
