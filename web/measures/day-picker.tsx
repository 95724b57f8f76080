// A calendar that says of which days something is known: a filled mark where the day was measured, an empty one where records came, none where nothing did.
import { useRef, useState } from 'preact/hooks'
import { language } from '../words/language.ts'
import { words } from './words.ts'

export interface KnownDay { day: string; measured: boolean; records: number }

const DAY_MS = 86_400_000
const monthOf = (day: string): string => day.slice(0, 7)
const shiftMonth = (month: string, by: number): string => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}
const shiftDay = (day: string, by: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS).toISOString().slice(0, 10)

/** Weeks of a month, Monday first; days of other months are undefined. */
function weeksOf(month: string): (string | undefined)[][] {
  const first = Date.parse(`${month}-01T00:00:00Z`)
  const before = (new Date(first).getUTCDay() + 6) % 7
  const weeks: (string | undefined)[][] = []
  for (let i = -before; i === -before || monthOf(new Date(first + i * DAY_MS).toISOString()) <= month; i += 7) {
    if (i > 31) break
    weeks.push(Array.from({ length: 7 }, (_, k) => {
      const day = new Date(first + (i + k) * DAY_MS).toISOString().slice(0, 10)
      return monthOf(day) === month ? day : undefined
    }))
  }
  return weeks.filter((week) => week.some((day) => day !== undefined))
}

export function DayPicker({ day, known, today, label, choose }: { day: string; known: readonly KnownDay[]; today: string; label: string; choose: (day: string) => void }) {
  const t = words()
  const [month, setMonth] = useState(monthOf(day))
  const details = useRef<HTMLDetailsElement>(null)
  const marks = new Map(known.map((one) => [one.day, one]))
  const locale = language.value === 'zh' ? 'zh-CN' : 'en-GB'
  const said = (date: string): string => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(Date.parse(`${date}T00:00:00Z`))
  const markOf = (date: string): 'measured' | 'heard' | 'nothing' => { const found = marks.get(date); return found?.measured === true ? 'measured' : (found?.records ?? 0) > 0 ? 'heard' : 'nothing' }
  const pick = (date: string, close = true): void => {
    choose(date)
    setMonth(monthOf(date))
    if (close) { details.current!.open = false; details.current!.querySelector('summary')!.focus() }
  }
  const walk = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') { details.current!.open = false; details.current!.querySelector('summary')!.focus(); return }
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key]
    const at = (event.target as HTMLElement).dataset['day']
    if (step === undefined || at === undefined) return
    event.preventDefault()
    event.stopPropagation()
    const to = shiftDay(at, step)
    if (to > today) return
    setMonth(monthOf(to))
    requestAnimationFrame(() => details.current!.querySelector<HTMLElement>(`[data-day="${to}"]`)?.focus())
  }
  return (
    <div class="ms-day">
      <button type="button" aria-label={`${t.earlier}: ${label}`} onClick={() => pick(shiftDay(day, -1), false)}>‹</button>
      <details ref={details} onKeyDown={walk}>
        <summary class="button"><span class={`ms-mark ms-${markOf(day)}`} aria-hidden="true" />{said(day)}<span class="ms-hidden">, {label}, {t[markOf(day)]}</span></summary>
        <div class="ms-menu ms-calendar">
          <div class="ms-month">
            <button type="button" aria-label={t.previous_month} onClick={() => setMonth(shiftMonth(month, -1))}>‹</button>
            <strong aria-live="polite">{new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(Date.parse(`${month}-01T00:00:00Z`))}</strong>
            <button type="button" aria-label={t.next_month} onClick={() => setMonth(shiftMonth(month, 1))}>›</button>
          </div>
          <table>
            <thead><tr>{[1, 2, 3, 4, 5, 6, 7].map((row) => <th key={row} scope="col">{t.rows[row]}</th>)}</tr></thead>
            <tbody>{weeksOf(month).map((week, i) => (
              <tr key={i}>{week.map((date, k) => (
                <td key={k}>{date === undefined ? null : (
                  <button type="button" data-day={date} disabled={date > today} class={`ms-date ms-${markOf(date)}`} aria-pressed={date === day} aria-label={`${said(date)}, ${t[markOf(date)]}`} onClick={() => pick(date)}>
                    {Number(date.slice(8))}<span class={`ms-mark ms-${markOf(date)}`} aria-hidden="true" />
                  </button>
                )}</td>
              ))}</tr>
            ))}</tbody>
          </table>
          <p class="ms-key"><span class="ms-mark ms-measured" aria-hidden="true" /> {t.measured} <span class="ms-mark ms-heard" aria-hidden="true" /> {t.heard} <span class="ms-mark ms-nothing" aria-hidden="true" /> {t.nothing}</p>
        </div>
      </details>
      <button type="button" aria-label={`${t.later}: ${label}`} disabled={day >= today} onClick={() => pick(shiftDay(day, 1), false)}>›</button>
    </div>
  )
}
