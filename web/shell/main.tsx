// Start here: the frame of the workbench and the page that the address names.
import '../style.css'
import { computed, signal } from '@preact/signals'
import { type ComponentType, render } from 'preact'
import { useEffect } from 'preact/hooks'
import { hasToken, takeToken } from '../service/service.ts'
import { texts } from '../words/language.ts'
import { go, match, path } from './location.ts'
import { PAGES, type PageProps } from './pages.ts'

const words = texts({ en: { unknown: 'There is no such page.', failed: 'This page could not be loaded.' }, zh: { unknown: '没有此页面。', failed: '页面加载失败。' } })

const loaded = signal(new Map<string, ComponentType<PageProps>>())
const trouble = signal(false)
const current = computed(() => {
  for (const page of PAGES) {
    const fields = match(page.path, path.value)
    if (fields !== undefined) return { page, fields }
  }
  return undefined
})

function Frame() {
  const at = current.value
  useEffect(() => {
    if (at === undefined || loaded.value.has(at.page.path)) return
    trouble.value = false
    at.page.load().then((module) => { loaded.value = new Map(loaded.value).set(at.page.path, module.default) }, () => { trouble.value = true })
  }, [at?.page])
  if (at === undefined) return <p role="alert">{words().unknown}</p>
  const Page = loaded.value.get(at.page.path)
  if (Page === undefined) return trouble.value ? <p role="alert">{words().failed}</p> : null
  return <Page fields={at.fields} key={path.value} />
}

/** Links inside the workbench change the address and not the document. */
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || link.target !== '' || link.origin !== location.origin) return
  if (PAGES.every((page) => match(page.path, link.pathname) === undefined)) return
  event.preventDefault()
  go(link.pathname + link.search)
})

takeToken()
if (!hasToken() && location.pathname !== '/') location.assign('/')
render(<Frame />, document.querySelector('#page')!)
