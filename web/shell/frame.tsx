// The frame of the workbench around the page that the address names.
import { computed, signal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { useEffect, useErrorBoundary, useRef } from 'preact/hooks'
import { signedIn } from '../service/service.ts'
import { language, LANGUAGES, named } from '../words/language.ts'
import { useCommands } from './commands.ts'
import { Header } from './header.tsx'
import { KeyboardMap, keyboardMapOpen } from './keyboard-map.tsx'
import { go, match, path } from './location.ts'
import { Login } from './login.tsx'
import { type Page, PAGES, type PageProps } from './pages.ts'
import { Palette, paletteOpen } from './palette.tsx'
import { Button } from './parts/button.tsx'
import { Waiting } from './parts/trouble.tsx'
import { me, town, towns, trouble } from './session.ts'
import { THEMES, theme } from './theme.ts'
import { Toasts } from './toasts.tsx'
import { units } from './units.ts'
import { words } from './words.ts'

const loaded = signal(new Map<string, ComponentType<PageProps>>())
/** Paths of pages that could not be loaded. */
const failed = signal<ReadonlySet<string>>(new Set())

const current = computed(() => {
  for (const page of PAGES) {
    if (page.load === undefined) continue
    const fields = match(page.path, path.value)
    if (fields !== undefined) return { page, fields }
  }
  return undefined
})

function load(page: Page): void {
  page.load?.().then((module) => { loaded.value = new Map(loaded.value).set(page.path, module.default) }, () => { failed.value = new Set(failed.value).add(page.path) })
}

const Message = ({ title, more, children }: { title: string; more?: string; children?: ComponentChildren }) => <div class="sh-message" role="alert"><h1>{title}</h1>{more === undefined ? null : <p>{more}</p>}{children}</div>

function Content() {
  const at = current.value
  useEffect(() => { if (at !== undefined && !loaded.value.has(at.page.path)) load(at.page) }, [at?.page])
  const [error, reset] = useErrorBoundary()
  useEffect(() => { if (error !== undefined) reset() }, [path.value])
  if (at === undefined) return <Message title={words().unknown} more={words().unknown_more}><a class="sh-button" href="/">{words().home}</a></Message>
  if (error !== undefined) return <Message title={words().broke} more={error instanceof Error ? error.message : String(error)}><Button onPress={() => reset()}>{words().reload}</Button></Message>
  if (failed.value.has(at.page.path)) return <Message title={words().failed} more={words().failed_more}><Button onPress={() => location.reload()}>{words().reload}</Button></Message>
  const PageOf = loaded.value.get(at.page.path)
  return PageOf === undefined ? <Waiting /> : <PageOf fields={at.fields} key={path.value} />
}

const next = <T,>(all: readonly T[], at: T): T => all[(all.indexOf(at) + 1) % all.length]!

function useShellCommands(): void {
  useCommands([
    { id: 'shell.palette', title: () => words().palette, keys: ['Ctrl+k'], run: () => { paletteOpen.value = true } },
    { id: 'shell.keys', title: () => words().keys, keys: ['?'], run: () => { keyboardMapOpen.value = true } },
    ...PAGES.filter((page) => page.nav !== undefined && !page.path.includes(':')).map((page) => ({ id: `shell.go ${page.path}`, title: () => words().places_nav(page.title()), ...(page.key === undefined ? {} : { keys: [`g ${page.key}`] }), run: () => { if (page.load === undefined) location.assign(page.path); else go(page.path) } })),
    { id: 'shell.language', title: () => words().switch_language, run: () => { language.value = next(LANGUAGES, language.value) } },
    { id: 'shell.units', title: () => words().switch_units, run: () => { units.value = units.value === 'metric' ? 'imperial' : 'metric' } },
    { id: 'shell.theme', title: () => words().switch_theme, run: () => { theme.value = next(THEMES, theme.value) } },
  ])
}

/** Above the page while something concerns all of it. */
function Notice() {
  const said = trouble.value === 'lost' ? words().lost : trouble.value === 'starting' ? words().starting : undefined
  return <div role="alert">{said === undefined ? null : <p class="sh-notice">{said}</p>}</div>
}

function Workbench({ page }: { page: Page | undefined }) {
  useShellCommands()
  const main = useRef<HTMLElement>(null)
  const before = useRef(path.value)
  useEffect(() => {
    // Who goes to another page reads on there; who just came starts at the top.
    if (before.current !== path.value) main.current?.focus()
    before.current = path.value
  }, [path.value])
  const known = signedIn.value || page?.open === true
  const empty = towns.value?.length === 0
  return (
    <>
      <a class="sh-skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus() }}>{words().skip}</a>
      <Header />
      <Notice />
      <main id="main" tabIndex={-1} ref={main} class="sh-main">
        {!known ? <Login /> : me.value === undefined && page?.open !== true ? <Waiting /> : empty ? <Message title={words().no_town} more={words().no_town_more} /> : <Content />}
      </main>
      <div class="sh-hidden" role="status">{page === undefined || !known ? '' : words().opened(page.title())}</div>
      <Palette />
      <KeyboardMap />
    </>
  )
}

export function Frame() {
  const page = current.value?.page
  useEffect(() => { document.title = [page?.title(), town.value === undefined ? undefined : named(town.value.name), 'greenwave'].filter((one) => one !== undefined).join(' · ') }, [page, town.value?.name, language.value])
  return <>{page?.bare === true && (page.open === true || signedIn.value) ? <Content /> : <Workbench page={page} />}<Toasts /></>
}
