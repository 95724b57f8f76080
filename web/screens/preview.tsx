// What a screen shows now: the service's own drawing of its content, asked for again by the time a screen would ask, at the end of a message, and while it is in view only.
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SignContent } from '../../plans/publication/signs/index.ts'
import { addressOf, type Answer, text } from '../service/service.ts'
import { useResource } from '../shell/resource.ts'
import { timeOfDay } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { words } from './words.ts'

export type Screen = Answer<'GET /screens'>['items'][number]

/** As the page of a kiosk asks. */
const EVERY_MS = 10_000
/** Without news for so long nobody knows what stands there. */
const LOST_MS = 60_000
const SECOND_MS = 1000

export interface Shown {
  content: SignContent | undefined
  /** In words: a message until when, default text, blank, or not known. */
  said: string
  lost: boolean
}

/** Nothing is asked for while `wanted` is false. */
export function useShown(screen: string, time_zone: string, wanted = true): Shown {
  const { data, error, told_ms, refresh } = useResource('/screens/{screen}/content', wanted ? { screen } : undefined, { every_ms: EVERY_MS, events: ['screen.'] })
  const [, turn] = useState(0)
  // A message is over at its second, not when the next answer comes.
  const left_ms = data?.expires_at === undefined || data.expires_at === null ? undefined : (data.expires_at - data.now) * SECOND_MS - (Date.now() - told_ms)
  useEffect(() => {
    if (left_ms === undefined) return
    const timer = setTimeout(refresh, Math.max(SECOND_MS, left_ms + SECOND_MS / 5))
    return () => clearTimeout(timer)
  }, [told_ms])
  useEffect(() => {
    if (error === undefined) return
    const timer = setTimeout(() => turn((n) => n + 1), LOST_MS)
    return () => clearTimeout(timer)
  }, [error, told_ms])
  const lost = error !== undefined && Date.now() - told_ms >= LOST_MS
  if (data === undefined || lost) return { content: undefined, said: told_ms === 0 ? (error?.message ?? '') : words().lost(timeOfDay(told_ms, time_zone)), lost: error !== undefined }
  const content = data.content as unknown as SignContent
  const said = data.expires_at !== null ? words().message_until(timeOfDay(data.expires_at * SECOND_MS, time_zone)) : content.pages.length > 0 ? words().default_text : words().dark
  return { content, said, lost: false }
}

/** `page` counts from 1. */
export function Picture({ screen, content, page = 1 }: { screen: Screen; content: SignContent | undefined; page?: number }) {
  const [picture, setPicture] = useState<string | undefined>(undefined)
  const [failed, setFailed] = useState<string | undefined>(undefined)
  const of = content === undefined ? undefined : JSON.stringify([screen.id, screen.version, page, content])
  useEffect(() => {
    if (of === undefined) return
    let current = true
    void text(addressOf('/screens/{screen}/picture.svg', { screen: screen.id }, { page })).then((svg) => {
      if (!current) return
      setFailed(undefined)
      setPicture(URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' })))
    }, (error: unknown) => { if (current) setFailed((error as Error).message) })
    return () => { current = false }
  }, [of])
  useEffect(() => () => { if (picture !== undefined) URL.revokeObjectURL(picture) }, [picture])
  if (failed !== undefined) return <p class="sn-fault" role="alert">{words().failed(failed)}</p>
  const lines = content?.pages[page - 1] ?? []
  const label = [words().shows(named(screen.name)), lines.join(' / '), lampsInWords(content)].filter((part) => part !== '').join(': ')
  return <div class={`sn-face ${content === undefined ? 'sn-unknown' : ''}`}>{picture === undefined || content === undefined ? null : <img src={picture} alt={label} />}</div>
}

export function lampsInWords(content: SignContent | undefined): string {
  return (['green', 'yellow', 'red', 'off'] as const).flatMap((colour) => {
    const count = (content?.lamps ?? []).filter((lamp) => lamp.colour === colour).length
    return count === 0 ? [] : [words().lamp_count(count, words().colours[colour])]
  }).join(' · ')
}

/** Whether it has come into view: a town may have hundreds. */
export function useInView<E extends Element>() {
  const at = useRef<E>(null)
  const [inView, setInView] = useState(false)
  useEffect(() => {
    if (at.current === null) return
    const watch = new IntersectionObserver((entries) => setInView(entries.at(-1)!.isIntersecting), { rootMargin: '200px' })
    watch.observe(at.current)
    return () => watch.disconnect()
  }, [])
  return { at, inView }
}
