// Light, dark, or as the computer wishes.
import { effect, signal } from '@preact/signals'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
const KEPT = 'greenwave.theme'
const kept = localStorage.getItem(KEPT)

export const theme = signal<Theme>(THEMES.find((one) => one === kept) ?? 'auto')

effect(() => {
  localStorage.setItem(KEPT, theme.value)
  if (theme.value === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme.value
})
