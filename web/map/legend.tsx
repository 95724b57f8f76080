// What colours, patterns and shapes mean. Drawn as the streets are, so that the key is the thing.
import { SERVICE_LETTERS, STYLES, UNKNOWN, type ClassStyle, type Theme } from './classes.ts'
import { words } from './words.ts'

function Swatch({ style }: { style: ClassStyle }) {
  const { colour, pattern, gaps } = style
  return (
    <svg class="map-swatch" viewBox="0 0 30 10" aria-hidden="true">
      <line x1="0" y1="5" x2="30" y2="5" stroke={`var(${colour})`} stroke-width={7 * style.width} {...(gaps === true ? { 'stroke-dasharray': '9 6' } : {})} />
      {pattern !== 'none' && <line x1="0" y1="5" x2="30" y2="5" stroke="var(--pattern)" stroke-width="2" {...(pattern === 'solid' ? {} : { 'stroke-dasharray': pattern.map((times) => times * 4).join(' ') })} />}
    </svg>
  )
}

const SHAPES = { planned: 'var(--brand)', before: 'var(--panel)', doubted: 'var(--level-2)', unknown: 'var(--panel)' } as const

export function Legend({ theme, source, places, cards }: { theme: Theme; source?: string | undefined; places: boolean; cards: boolean }) {
  const t = words()
  const names = theme === 'movements' ? t.service_ranges : theme === 'coverage' ? t.coverage_classes : t.levels.map((name, i) => `${name} ${t.level_ranges[i]!}`)
  const title = theme === 'movements' ? t.service : theme === 'coverage' ? t.coverage : t.index
  const unknown = theme === 'now' ? t.unknown_now : theme === 'published' ? t.unknown_published : theme === 'coverage' ? t.unseen : t.unknown
  return (
    <details class="map-legend" open>
      <summary><b>{title}</b>{source !== undefined && <small>{source}</small>}</summary>
      <ul>
        {STYLES[theme].map((style, i) => <li key={theme === 'movements' ? SERVICE_LETTERS[i] : i}><Swatch style={style} />{names[i]}</li>)}
        <li><Swatch style={UNKNOWN} />{unknown}</li>
        {(theme === 'now' || theme === 'published') && <li class="map-quiet">{t.old}</li>}
      </ul>
      <b>{t.signals}</b>
      <ul>
        {(['planned', 'before', 'doubted', 'unknown'] as const).map((state) => (
          <li key={state}>
            <svg class="map-swatch" viewBox="0 0 30 12" aria-hidden="true">
              {state === 'doubted' ? <rect x="10" y="1.5" width="9" height="9" fill={SHAPES[state]} stroke="var(--ink)" stroke-width="1.5" /> : <circle cx="15" cy="6" r="4.6" fill={SHAPES[state]} stroke="var(--ink)" stroke-width="1.5" {...(state === 'unknown' ? { 'stroke-dasharray': '2 2' } : {})} />}
            </svg>{t.states[state]}
          </li>
        ))}
        {places && <li><b class="map-number">1</b>{t.congested}</li>}
        {cards && <li><b class="map-number map-card">1</b>{t.card}</li>}
      </ul>
    </details>
  )
}
