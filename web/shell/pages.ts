// The pages of the workbench: where each lives and what loads it. A page is the default export of its file and gets the fields of its path.
import type { ComponentType } from 'preact'

export interface PageProps { fields: Record<string, string> }
export interface Page { path: string; load: () => Promise<{ default: ComponentType<PageProps> }> }

export const PAGES: Page[] = [
  { path: '/map', load: () => import('../map/page.tsx') },
  { path: '/playback', load: () => import('../playback/page.tsx') },
  { path: '/corridors/:corridor', load: () => import('../time-space/page.tsx') },
]
