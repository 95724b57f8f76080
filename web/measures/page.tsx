// Measures of a corridor: speeds over a day, run times hour by weekday before and after a change, and plans compared movement by movement.
import './measures.css'
import { useRef } from 'preact/hooks'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import { look, query } from '../shell/location.ts'
import { town } from '../shell/session.ts'
import { named } from '../words/language.ts'
import { ComparisonView } from './comparison-view.tsx'
import { DayPicker, type KnownDay } from './day-picker.tsx'
import { HeatView } from './heat-view.tsx'
import { MatrixView } from './matrix-view.tsx'
import { localDay, useAnswer } from './use-answer.ts'
import { words } from './words.ts'

const VIEWS = ['heat_map', 'hours', 'comparison'] as const
type View = (typeof VIEWS)[number]

export default function MeasuresPage() {
  const t = words()
  const network = town.value
  const base = network === undefined ? undefined : `/networks/${network.id}`
  const drawing = useAnswer<StreetDrawing>(base === undefined ? undefined : `${base}/drawing`).data
  const known = useAnswer<{ items: KnownDay[] }>(base === undefined ? undefined : `${base}/days?limit=400`).data?.items
  const tabs = useRef<HTMLDivElement>(null)
  if (network === undefined || base === undefined || drawing === undefined || known === undefined) return <p class="ms-page" role="status">{t.loading}</p>
  const view: View = VIEWS.find((one) => one === query.value.get('view')) ?? 'heat_map'
  const corridor = drawing.corridors.find(({ id }) => id === query.value.get('corridor')) ?? drawing.corridors[0]
  const direction = query.value.get('direction') === 'inbound' ? 'inbound' as const : 'outbound' as const
  const today = localDay(network.time_zone, Date.now())
  const day = query.value.get('day') ?? known.find((one) => one.measured || one.records > 0)?.day ?? today
  const change = (to: View): void => look({ view: to === 'heat_map' ? undefined : to }, { push: true })
  const walk = (event: KeyboardEvent): void => {
    const at = VIEWS.indexOf(view)
    const to = { ArrowRight: (at + 1) % VIEWS.length, ArrowLeft: (at + VIEWS.length - 1) % VIEWS.length }[event.key]
    if (to === undefined) return
    event.preventDefault()
    change(VIEWS[to]!)
    tabs.current!.querySelectorAll<HTMLElement>('[role=tab]')[to]!.focus()
  }
  const at = { base, corridor: corridor?.id ?? '', name: named(corridor?.name ?? ''), direction }
  return (
    <div class="ms-page">
      <header class="ms-head">
        <h1>{t.title}</h1>
        <div class="ms-tools">
          <label>{t.corridor} <select onChange={({ currentTarget }) => look({ corridor: currentTarget.value, plan: undefined }, { push: true })}>{drawing.corridors.map(({ id, name }) => <option key={id} value={id} selected={id === corridor?.id}>{named(name)}</option>)}</select></label>
          {view === 'comparison' ? null : <label>{t.direction} <select onChange={({ currentTarget }) => look({ direction: currentTarget.value === 'outbound' ? undefined : currentTarget.value }, { push: true })}>{(['outbound', 'inbound'] as const).map((one) => <option key={one} value={one} selected={one === direction}>{t.directions[one]}</option>)}</select></label>}
          {view === 'heat_map' ? <DayPicker day={day} known={known} today={today} label={t.day} choose={(to) => look({ day: to }, { push: true })} /> : null}
          {view === 'hours' ? <DayPicker day={query.value.get('changed') ?? day} known={known} today={today} label={t.changed} choose={(to) => look({ changed: to }, { push: true })} /> : null}
        </div>
      </header>
      <div role="tablist" class="ms-tabs" aria-label={t.title} ref={tabs} onKeyDown={walk}>
        {VIEWS.map((one) => <button key={one} type="button" role="tab" id={`ms-tab-${one}`} aria-controls="ms-panel" aria-selected={one === view} tabIndex={one === view ? 0 : -1} onClick={() => change(one)}>{t[one]}</button>)}
      </div>
      <div role="tabpanel" id="ms-panel" aria-labelledby={`ms-tab-${view}`}>
        {corridor === undefined ? <p>{t.nothing}</p> : view === 'heat_map' ? <HeatView {...at} day={day} /> : view === 'hours' ? <MatrixView {...at} changed={query.value.get('changed') ?? day} /> : <ComparisonView {...at} network={network.id} />}
      </div>
    </div>
  )
}
