// Start here: what is opened in the browser, and links inside the workbench, which change the address and not the document.
import '../style.css'
import './shell.css'
import { render } from 'preact'
import { takeToken } from '../service/service.ts'
import { Frame } from './frame.tsx'
import { go, match } from './location.ts'
import { PAGES } from './pages.ts'

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (link === null || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || link.target !== '' || link.download !== '' || link.origin !== location.origin || link.hash !== '') return
  if (PAGES.every((page) => page.load === undefined || match(page.path, link.pathname) === undefined)) return
  event.preventDefault()
  go(link.pathname + link.search)
})

takeToken()
render(<Frame />, document.querySelector('#page')!)
