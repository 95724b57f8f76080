// What the service answers at an address; the last answer stays while the next one is on its way.
import { useEffect, useState } from 'preact/hooks'
import { ask } from '../service/service.ts'

export interface Answered<T> { data: T | undefined; error: string | undefined; loading: boolean }

export function useAnswer<T>(path: string | undefined): Answered<T> {
  const [state, setState] = useState<Answered<T> & { of?: string }>({ data: undefined, error: undefined, loading: true })
  useEffect(() => {
    if (path === undefined) return
    let current = true
    setState((old) => ({ ...old, error: undefined, loading: true }))
    ask<T>(path).then((data) => { if (current) setState({ data, error: undefined, loading: false, of: path }) }, (error: unknown) => { if (current) setState({ data: undefined, error: (error as Error).message, loading: false, of: path }) })
    return () => { current = false }
  }, [path])
  return state
}

/** Local date of a zone at an instant of this computer. */
export const localDay = (time_zone: string, at_ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: time_zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at_ms)

export const clockText = (time_s: number, seconds = false): string => {
  const whole = Math.round(time_s)
  const part = (value: number): string => String(value).padStart(2, '0')
  return `${part(Math.floor(whole / 3600) % 24)}:${part(Math.floor((whole % 3600) / 60))}${seconds ? `:${part(whole % 60)}` : ''}`
}
/** Of `08:30`; 24:00 is the end of the day. */
export function timeOf(text: string): number | undefined {
  const found = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text)
  return found === null ? undefined : Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0)
}
