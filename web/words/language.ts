// The language of the page, and how a page declares its texts: `const words = texts({ en, zh })` with `const zh: typeof en`,
// so that a text missing in one language does not compile. Reading `words()` inside a component follows the language.
import { effect, signal } from '@preact/signals'

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

const KEPT = 'greenwave.language'

function first(): Language {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.languages.find((one) => /^(en|zh)/.test(one))?.startsWith('zh') === true ? 'zh' : 'en'
}

export const language = signal<Language>(first())

effect(() => {
  localStorage.setItem(KEPT, language.value)
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
})

export const texts = <T>(all: Record<Language, T>) => (): T => all[language.value]

/** Of a name in both languages (`Nanhu Avenue 南湖大道`, also several by slashes) the part in this one; other names as they are. */
export function named(name: string): string {
  return name.split(' / ').map((one) => {
    const [, latin, han] = /^(.*[A-Za-z.]) (\p{Script=Han}.*)$/u.exec(one) ?? []
    return (language.value === 'zh' ? han : latin) ?? one
  }).join(' / ')
}
