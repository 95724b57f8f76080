// The pages of the workbench: where each lives and what loads it. A page is the default export of its file and gets the fields of its path.
import type { ComponentType } from 'preact'
import { words } from './words.ts'

export interface PageProps { fields: Record<string, string> }

export interface Page {
  path: string
  /** In the language of the moment; what the browser's tab and the navigation say. */
  title: () => string
  /** Place in the navigation, from the left; without it no link is there. */
  nav?: number
  /** Key that goes there, after `g`. */
  key?: string
  /** Without the frame: for walls and for the public. */
  bare?: boolean
  /** For everybody, without logging in. */
  open?: boolean
  /** Without it, a document of its own is there. */
  load?: () => Promise<{ default: ComponentType<PageProps> }>
}

/** Whoever adds one also says in api/pages.ts which document answers at its path. */
export const PAGES: Page[] = [
  { path: '/', title: () => words().overview, nav: 10, key: 'o', load: () => import('../overview/page.tsx') },
  { path: '/corridors', title: () => words().corridors, nav: 20, key: 'c', load: () => import('../corridors/page.tsx') },
  { path: '/map', title: () => words().map, nav: 30, key: 'm', load: () => import('../map/page.tsx') },
  { path: '/measures', title: () => words().measures, nav: 50, key: 'e', load: () => import('../measures/page.tsx') },
  { path: '/signals/:signal', title: () => words().signal, load: () => import('../measures/signal-page.tsx') },
  { path: '/playback', title: () => words().playback, nav: 60, key: 'b', load: () => import('../playback/page.tsx') },
  { path: '/corridors/:corridor', title: () => words().corridor, load: () => import('../time-space/page.tsx') },
  { path: '/worklist', title: () => words().worklist, nav: 40, key: 'l', load: () => import('../worklist/page.tsx') },
  { path: '/plans', title: () => words().approval, nav: 42, key: 'p', load: () => import('../approval/page.tsx') },
  { path: '/plans/:plan', title: () => words().plan, load: () => import('../approval/plan.tsx') },
  { path: '/schedules', title: () => words().schedules, nav: 44, key: 's', load: () => import('../approval/schedules.tsx') },
  { path: '/controllers', title: () => words().controllers, nav: 46, key: 't', load: () => import('../approval/controllers.tsx') },
  { path: '/screens', title: () => words().screens, nav: 80, key: 'n', load: () => import('../screens/page.tsx') },
  { path: '/plans/:plan/signals/:signal', title: () => words().timing, load: () => import('../stages/page.tsx') },
  { path: '/wall', title: () => words().wall, nav: 90, bare: true },
  { path: '/public', title: () => words().public_page, nav: 95, bare: true },
]
