import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { bearer } from '../../api/testing.ts'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { MEASURED, measuredTown } from './measures-town.ts'
import { textOfPdf } from './pdf-text.ts'
import type { WebTown } from './serve.ts'

const SIGNAL = `/signals/${MEASURED.signal}?day=${MEASURED.day}&phase=${MEASURED.phase}&from=08:00:00&until=10:00:00`
const plain = (text: string): string => text.replaceAll('−', '-').replaceAll(/[\u00a0\u202f]/g, ' ')

describe.skipIf(!hasChromium())('the measures', () => {
  let town: WebTown
  let browser: TestBrowser
  beforeAll(async () => {
    town = await measuredTown()
    browser = await TestBrowser.start()
  }, 120_000)
  afterEach(async () => { await browser.clear(); browser.expectQuiet() })
  afterAll(async () => { await browser?.stop(); await town?.stop() })
  const get = async (path: string): Promise<string> => (await town.server.inject({ url: `/api/v1${path}`, headers: bearer(town.tokens.viewer) })).body

  it('show a signal’s day with the figures of the service and of its table', async () => {
    const page = await browser.open(town, SIGNAL)
    await page.locator('#ms-on-green tbody tr').first().waitFor()
    const rows = await page.locator('#ms-on-green tbody tr').allInnerTexts()
    const table = await get(`/networks/${town.network}/signals/1/days/${MEASURED.day}/measures.csv?from_s=${MEASURED.from_s}&until_s=${MEASURED.until_s}`)
    const told = table.split('\r\n').filter((row) => row.startsWith(`1,${MEASURED.day},on-green,phase ${MEASURED.phase},`)).map((row) => row.split(','))
    expect(told.length).toBeGreaterThanOrEqual(2)
    for (const [i, row] of told.entries()) {
      const cells = plain(rows[i]!).split('\t')
      expect([cells[3], Number(cells[4])]).toEqual([row[12], Number(row[9])])
    }
    expect(await page.locator('.coordination path').count()).toBeGreaterThan(3)
    await page.locator('.uplot canvas').first().waitFor()
    await checkAccessible(page)
    await expectPicture(page, 'signal-light', { of: 'main' })
  }, 120_000)

  it('open the run behind a dot, by keyboard too, and keep it in the address', async () => {
    const page = await browser.open(town, SIGNAL, { language: 'zh', scheme: 'dark', width: 1920, height: 1080 })
    await page.locator('#ms-on-green tbody tr').first().waitFor()
    for (let i = 0; i < 60 && !(await page.locator('.ms-picked dl').isVisible()); i++) await page.keyboard.press('.')
    await page.locator('.ms-picked .probes').waitFor()
    expect(new URL(page.url()).searchParams.get('at')).not.toBeNull()
    expect(await page.locator('.ms-picked').innerText()).toContain('延误')
    await expectPicture(page, 'signal-dark-zh', { of: 'main' })
  }, 120_000)

  it('show speeds over a day, and before and after hour by weekday, as the service tells them', async () => {
    const page = await browser.open(town, `/measures?corridor=${town.corridor}&day=${MEASURED.day}`)
    await page.locator('.heat-map').waitFor()
    const cells = await page.locator('#ms-heat-table tbody tr').allInnerTexts()
    const speeds = (await get(`/networks/${town.network}/corridors/${town.corridor}/days/${MEASURED.day}/speeds.csv`)).split('\r\n').filter((row) => row.includes(',outbound,'))
    expect(cells).toHaveLength(speeds.length)
    expect(cells.map((row) => Number(row.split('\t')[2]))).toEqual(speeds.map((row) => Number(row.split(',')[8])))
    await checkAccessible(page)
    await expectPicture(page, 'measures-speeds', { of: 'main' })
    await page.goto(`${town.url}/measures?corridor=${town.corridor}&view=hours&changed=${MEASURED.changed}&slot=workdays-17`)
    await page.locator('.hour-matrix').waitFor()
    await page.locator('#ms-panel details:not(.ms-export) summary').click()
    const slots = await page.locator('#ms-hours-table tbody tr').allInnerTexts()
    const hours = (await get(`/networks/${town.network}/corridors/${town.corridor}/hours.csv?changed=${MEASURED.changed}`)).split('\r\n').filter((row) => row.includes(',slots,')).map((row) => row.split(','))
    expect(slots).toHaveLength(hours.length)
    for (const [i, row] of hours.entries()) expect(plain(slots[i]!).split('\t').slice(1, 4).map((text) => (text === '–' ? '' : String(Number(text))))).toEqual([row[8], row[9], row[10]])
    await page.locator('#ms-panel details:not(.ms-export) summary').click()
    await checkAccessible(page)
  }, 120_000)

  it('compare plans with the same figures on the page, in the answer, in the table and in the printed report', async () => {
    const page = await browser.open(town, `/measures?corridor=${town.corridor}&view=comparison&plan=${town.plans.simulated}`)
    await page.locator('#ms-movements tbody tr').first().waitFor()
    const shown = new Map((await page.locator('#ms-measures tbody tr').evaluateAll((rows) => rows.map((row) => [(row as HTMLElement).dataset['id']!, [...row.querySelectorAll('td')].map((cell) => cell.innerText)]))) as [string, string[]][])
    const moved = new Map((await page.locator('#ms-movements tbody tr').evaluateAll((rows) => rows.map((row) => [(row as HTMLElement).dataset['id']!, [...row.querySelectorAll('td')].map((cell) => cell.innerText)]))) as [string, string[]][])
    const answer = JSON.parse(await get(`/plans/${town.plans.simulated}/comparison`)) as { measures: Row[]; movements: Row[] }
    const table = await get(`/plans/${town.plans.simulated}/report.csv`)
    const report = await get(`/plans/${town.plans.simulated}/report.html`)
    // Figures of one width are placed one by one.
    const printed = (await print(page, report)).replaceAll(/\s/g, '')
    expect(answer.measures.length).toBeGreaterThan(3)
    for (const row of answer.measures) {
      const [before, after, change] = shown.get(row.id)!.map(plain)
      const digits = [row.before, row.after].map((value) => value.toFixed(row.decimals))
      expect([before, after]).toEqual(digits)
      expect(change).toContain(`± ${row.half!.toFixed(row.decimals)}`)
      expect(printed).toContain(`${digits.join('')}${row.change > 0 ? '+' : ''}${row.change.toFixed(row.decimals)}±${row.half!.toFixed(row.decimals)}`)
      expect(table).toContain(`,${row.before},${row.after},${row.change},${row.half},`)
    }
    expect(moved.size).toBe(answer.movements.length)
    for (const row of answer.movements) {
      expect(moved.get(row.id)!.map(plain).slice(2, 4)).toEqual([row.before.toFixed(1), row.after.toFixed(1)])
      expect(printed).toContain(row.after.toFixed(1))
      expect(table).toContain(`,${row.before},${row.after},${row.change},${row.half},`)
    }
    await checkAccessible(page)
    await expectPicture(page, 'measures-comparison', { of: 'main' })
  }, 120_000)

  it('save what is drawn as picture and as table', async () => {
    const page = await browser.open(town, SIGNAL)
    await page.locator('#ms-on-green tbody tr').first().waitFor()
    const menu = page.locator('.ms-export').first()
    const saved = async (id: string): Promise<string> => {
      if (!(await menu.locator('.ms-menu').isVisible())) await menu.locator('summary').click()
      const [file] = await Promise.all([page.waitForEvent('download'), menu.locator(`[data-export=${id}]`).click()])
      return readFileSync(await file.path(), 'latin1')
    }
    const [svg, again, png, csv] = [await saved('svg'), await saved('svg'), await saved('png'), await saved('csv')]
    expect(svg).toContain('<svg')
    expect(again).toBe(svg)
    expect(png.slice(1, 4)).toBe('PNG')
    expect(csv).toContain('on-green')
  }, 120_000)
})

interface Row { id: string; decimals: number; before: number; after: number; change: number; half: number | null }

/** What stands on the printed pages, read out of the file; the same report twice is the same file but for its dates. */
async function print(page: Page, html: string): Promise<string> {
  const paper = await page.context().newPage()
  try {
    await paper.setContent(html)
    const [one, two] = [await paper.pdf({ preferCSSPageSize: true }), await paper.pdf({ preferCSSPageSize: true })].map((pdf) => pdf.toString('latin1').replaceAll(/\/(CreationDate|ModDate) \(D:[^)]*\)/g, ''))
    expect(one!.length).toBeGreaterThan(20_000)
    expect(one === two).toBe(true)
    return plain(textOfPdf(Buffer.from(one!, 'latin1')))
  } finally {
    await paper.close()
  }
}
