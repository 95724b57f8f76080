// One signal on one day: coordination diagram, splits, arrivals on green, volumes, delays and queues.
import './measures.css'
import { useMemo, useState } from 'preact/hooks'
import { coordinationBox, paintCoordination } from '../../diagram/paint-coordination.ts'
import { paintProbes } from '../../diagram/paint-probe-trajectories.ts'
import { paintSplitMonitor } from '../../diagram/paint-split-monitor.ts'
import { buildProbeScene } from '../../diagram/probe-trajectories.ts'
import type { StreetDrawing } from '../../diagram/street-drawing.ts'
import type { SignalArrival, SignalDay, SignalPhase } from '../../model/signal-day.ts'
import { fixed } from '../../reports/format.ts'
import { asShown } from '../../reports/comparison.ts'
import { coordinationOf, onGreenRows, splitMonitorOf } from '../../reports/signal-rows.ts'
import { useCommands } from '../shell/commands.ts'
import { cursor } from '../shell/cursor.ts'
import { look, query } from '../shell/location.ts'
import type { PageProps } from '../shell/pages.ts'
import { town } from '../shell/session.ts'
import { seconds } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { DayPicker, type KnownDay } from './day-picker.tsx'
import { ExportMenu, type Extent } from './export-menu.tsx'
import { openReport, saveAnswer, savePng, saveSvg } from './save.ts'
import { SceneView } from './scene-view.tsx'
import { DaySeries } from './day-series.tsx'
import { clockText, localDay, timeOf, useAnswer } from './use-answer.ts'
import { words } from './words.ts'

const DAY_S = 86_400
const QUARTER_S = 900
const LEAST_SPAN_S = 300
/** Pointer to dot, px. */
const NEAR_PX = 10
const EXPORT_PX = 1100

export default function SignalPage({ fields }: PageProps) {
  const t = words()
  const network = town.value
  const drawing = useAnswer<StreetDrawing>(network === undefined ? undefined : `/networks/${network.id}/drawing`).data
  const known = useAnswer<{ items: KnownDay[] }>(network === undefined ? undefined : `/networks/${network.id}/days?limit=400`).data?.items ?? []
  const today = network === undefined ? undefined : localDay(network.time_zone, Date.now())
  const day = query.value.get('day') ?? known.find((one) => one.measured || one.records > 0)?.day ?? today
  const path = network === undefined || day === undefined ? undefined : `/networks/${network.id}/signals/${encodeURIComponent(fields['signal']!)}/days/${day}/measures`
  const { data, error, loading } = useAnswer<SignalDay>(path)
  const corridors = (drawing?.corridors ?? []).filter(({ intersections }) => intersections.includes(fields['signal']!))
  return (
    <div class="ms-page">
      <header class="ms-head">
        <h1>{named(data?.name ?? drawing?.signals.find(({ id }) => id === fields['signal'])?.name ?? fields['signal']!)}</h1>
        {day === undefined || today === undefined ? null : <DayPicker day={day} known={known} today={today} label={t.day} choose={(to) => look({ day: to, at: undefined }, { push: true })} />}
        <nav class="ms-links">{corridors.map(({ id, name }) => <a key={id} href={`/corridors/${encodeURIComponent(id)}?signal=${encodeURIComponent(fields['signal']!)}`}>{named(name)}</a>)}</nav>
      </header>
      {error === undefined ? null : <p role="alert" class="ms-fault">{t.failed(error)}</p>}
      {loading && data === undefined && error === undefined ? <p role="status">{t.loading}</p> : null}
      {data === undefined || path === undefined ? null : <Day data={data} path={path} corridor={corridors[0]?.id} />}
    </div>
  )
}

function Day({ data, path, corridor }: { data: SignalDay; path: string; corridor: string | undefined }) {
  const t = words()
  // What tells most comes first: a phase with arrivals.
  const usual = [...data.phases].sort((a, b) => b.arrivals.length - a.arrivals.length)[0]?.phase
  const phase = data.phases.find((one) => String(one.phase) === (query.value.get('phase') ?? String(usual))) ?? data.phases[0]
  const range = rangeOf(data)
  const origin = query.value.get('origin') === 'start-of-green' ? 'start-of-green' as const : 'end-of-green' as const
  const setRange = ([from, until]: readonly [number, number]): void => {
    const span = Math.min(DAY_S, Math.max(LEAST_SPAN_S, until - from))
    const start = Math.round(Math.max(0, Math.min(DAY_S - span, from)))
    look({ from: start === 0 && span === DAY_S ? undefined : clockText(start, true), until: start === 0 && span === DAY_S ? undefined : start + span >= DAY_S ? '24:00:00' : clockText(start + span, true) })
  }
  const zoom = (factor: number): void => { const [middle, half] = [(range[0] + range[1]) / 2, ((range[1] - range[0]) / 2) * factor]; setRange([middle - half, middle + half]) }
  const shift = (share: number): void => { const by = share * (range[1] - range[0]); setRange([range[0] + by, range[1] + by]) }
  const arrivals = phase?.arrivals ?? []
  const picked = arrivals.find(({ time_s }) => String(time_s) === query.value.get('at'))
  const pick = (arrival: SignalArrival | undefined): void => {
    look({ at: arrival === undefined ? undefined : String(arrival.time_s) })
    if (arrival !== undefined) cursor.value = { signal: data.signal, time_s: arrival.time_s, ...(arrival.run === undefined ? {} : { movement: arrival.run.movement }), from: 'measures' }
  }
  const step = (by: 1 | -1): void => {
    const inside = arrivals.filter(({ time_s }) => time_s >= range[0] && time_s < range[1])
    const at = picked === undefined ? (by === 1 ? -1 : inside.length) : inside.indexOf(picked)
    pick(inside[Math.max(0, Math.min(inside.length - 1, at + by))])
  }
  useCommands([
    { id: 'measures.whole-day', title: () => words().whole_day, keys: ['0'], run: () => setRange([0, DAY_S]) },
    { id: 'measures.closer', title: () => words().closer, keys: ['+', '='], run: () => zoom(0.5) }, { id: 'measures.wider', title: () => words().wider, keys: ['-'], run: () => zoom(2) },
    { id: 'measures.earlier', title: () => words().earlier, keys: ['Shift+ArrowLeft'], run: () => shift(-0.5) }, { id: 'measures.later', title: () => words().later, keys: ['Shift+ArrowRight'], run: () => shift(0.5) },
    { id: 'measures.previous-arrival', title: () => `${words().picked} ‹`, keys: [','], run: () => step(-1) }, { id: 'measures.next-arrival', title: () => `${words().picked} ›`, keys: ['.'], run: () => step(1) },
  ], [data, range[0], range[1], phase, picked])
  if (phase === undefined) return <p role="alert">{t.no_signal}</p>
  return (
    <>
      <div class="ms-tools">
        <label>{t.phase} <select value={String(phase.phase)} onChange={({ currentTarget }) => look({ phase: currentTarget.value, at: undefined }, { push: true })}>
          {data.phases.map((one) => <option key={one.phase} value={String(one.phase)} selected={one === phase}>{t.phase_of(one.phase, nameOf(one))}</option>)}
        </select></label>
        <label>{t.origin} <select value={origin} onChange={({ currentTarget }) => look({ origin: currentTarget.value === 'end-of-green' ? undefined : currentTarget.value })}>
          {(['end-of-green', 'start-of-green'] as const).map((one) => <option key={one} value={one} selected={one === origin}>{t.origins[one]}</option>)}
        </select></label>
        <TimeField label={t.from} value_s={range[0]} commit={(time) => setRange([time, Math.max(time + LEAST_SPAN_S, range[1])])} />
        <TimeField label={t.until} value_s={range[1]} commit={(time) => setRange([Math.min(range[0], time - LEAST_SPAN_S), time])} />
        <span class="ms-zoom">
          <button type="button" aria-label={t.earlier} onClick={() => shift(-0.5)}>‹</button><button type="button" aria-label={t.closer} onClick={() => zoom(0.5)}>+</button>
          <button type="button" aria-label={t.wider} onClick={() => zoom(2)}>−</button><button type="button" aria-label={t.later} onClick={() => shift(0.5)}>›</button>
          <button type="button" onClick={() => setRange([0, DAY_S])}>{t.whole_day}</button>
        </span>
      </div>
      <Coordination {...{ data, phase, range, origin, path, picked, pick, setRange }} />
      {picked === undefined ? null : <Picked arrival={picked} phase={phase} corridor={corridor} signal={data.signal} day={data.day} close={() => pick(undefined)} />}
      <Splits {...{ data, phase, range, path }} />
      <DaySeries data={data} phase={phase} range={range} />
    </>
  )
}

const nameOf = ({ name, movements }: SignalPhase): string => named(name ?? movements.map((one) => one.name ?? `${one.from} → ${one.to}`).join(', '))

function rangeOf({ from_s, until_s }: SignalDay): readonly [number, number] {
  const [from, until] = [query.value.get('from'), query.value.get('until')].map((text) => (text === null ? undefined : timeOf(text)))
  const [start, end] = [Math.max(from_s, from ?? from_s), Math.min(until_s, until ?? until_s)]
  return end - start >= LEAST_SPAN_S / 2 ? [start, end] : [from_s, until_s]
}

function TimeField({ label, value_s, commit }: { label: string; value_s: number; commit: (time_s: number) => void }) {
  const shown = value_s >= DAY_S ? '24:00' : clockText(value_s)
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const done = (): void => {
    const time = typed === undefined ? undefined : timeOf(typed)
    if (time !== undefined && time <= DAY_S) commit(time)
    setTyped(undefined)
  }
  return <label>{label} <input class="ms-time" inputMode="numeric" value={typed ?? shown} onInput={({ currentTarget }) => setTyped(currentTarget.value)} onBlur={done} onKeyDown={({ key }) => { if (key === 'Enter') done(); else if (key === 'Escape') setTyped(undefined) }} /></label>
}

interface PartProps { data: SignalDay; phase: SignalPhase; range: readonly [number, number]; path: string }

const planLabel = (plan: string | null): string => (plan === null ? words().no_plan : plan.length > 12 ? plan.slice(0, 8) : plan)
const planMarks = ({ reigns }: SignalDay) => reigns.map(({ from_s, plan }) => ({ time_s: from_s, label: planLabel(plan) }))
/** The report of the same figures; `path` ends with the measures. */
const printPath = (path: string, range: readonly [number, number], extent: Extent, paper: 'a4' | 'a3'): string => `${path.replace(/measures$/, 'report.html')}?paper=${paper}${extent === 'all' ? '' : `&from_s=${range[0]}&until_s=${range[1]}`}`
const csvPath = (path: string, range: readonly [number, number], extent: Extent): string => `${path}.csv${extent === 'all' ? '' : `?from_s=${range[0]}&until_s=${range[1]}`}`

function Coordination({ data, phase, range, origin, path, picked, pick, setRange }: PartProps & { origin: 'end-of-green' | 'start-of-green'; picked: SignalArrival | undefined; pick: (arrival: SignalArrival | undefined) => void; setRange: (range: readonly [number, number]) => void }) {
  const t = words()
  const scene = useMemo(() => coordinationOf(phase, range, origin), [phase, range[0], range[1], origin])
  const rows = useMemo(() => onGreenRows(data, phase, range), [data, phase, range[0], range[1]])
  const title = `${named(data.name)}, ${t.phase_of(phase.phase, nameOf(phase))}: ${t.pcd}`
  const paint = (of: typeof scene, width: number): string => paintCoordination(of, { title, width, words: t.coordination, plans: planMarks(data) })
  const file = `${data.signal}-${data.day}-phase-${phase.phase}`
  const drawn = (extent: Extent): string => paint(extent === 'all' ? coordinationOf(phase, [data.from_s, data.until_s], origin) : scene, EXPORT_PX)
  const box = coordinationBox
  const toTime = (x: number, width: number): number => { const { left, right } = box(width); return range[0] + ((x - left) / (right - left)) * (range[1] - range[0]) }
  const toX = (time_s: number, width: number): number | undefined => { const { left, right } = box(width); return time_s < range[0] || time_s > range[1] ? undefined : left + ((time_s - range[0]) / (range[1] - range[0])) * (right - left) }
  const toY = (since_s: number, width: number): number => { const { top, bottom } = box(width); return bottom - (since_s / scene.height_s) * (bottom - top) }
  const nearest = (x: number, y: number, width: number): SignalArrival | undefined => {
    let best: { d: number; time_s: number } | undefined
    for (const dot of scene.dots) {
      const d = Math.hypot(toX(dot.time_s, width)! - x, toY(dot.since_s, width) - y)
      if (d <= NEAR_PX && (best === undefined || d < best.d)) best = { d, time_s: dot.time_s }
    }
    return best === undefined ? undefined : phase.arrivals.find(({ time_s }) => time_s === best.time_s)
  }
  const at = picked === undefined ? undefined : scene.dots.find(({ time_s }) => time_s === picked.time_s)
  return (
    <section class="ms-card" aria-labelledby="ms-pcd">
      <header><h2 id="ms-pcd">{t.pcd}</h2><p class="ms-quiet">{t.greens[phase.greens]}</p>
        <ExportMenu items={[
          { id: 'svg', title: t.as_svg, run: (extent) => saveSvg(`${file}-coordination`, drawn(extent)) }, { id: 'png', title: t.as_png, run: (extent) => savePng(`${file}-coordination`, drawn(extent)) },
          { id: 'csv', title: t.as_csv, run: (extent) => saveAnswer(`${data.signal}-${data.day}.csv`, csvPath(path, range, extent)) },
          ...(['a4', 'a3'] as const).map((paper) => ({ id: `print-${paper}`, title: t.print(paper.toUpperCase()), run: (extent: Extent) => openReport(printPath(path, range, extent, paper)) })),
        ]} />
      </header>
      <SceneView
        of={[scene, t, data, phase]} paint={(width) => paint(scene, width)}
        cursorX={(width) => { const time_s = cursor.value?.time_s; return time_s === undefined ? undefined : toX(time_s, width) }}
        onPoint={({ x, y, width }, kind, from_x) => {
          if (kind === 'leave') { if (cursor.peek()?.from === 'measures') cursor.value = undefined }
          else if (kind === 'drag') setRange([toTime(Math.min(x, from_x!), width), toTime(Math.max(x, from_x!), width)])
          else if (kind === 'press') pick(nearest(x, y, width))
          else { const time_s = toTime(x, width); if (time_s >= range[0] && time_s <= range[1]) cursor.value = { signal: data.signal, time_s, from: 'measures' } }
        }}
      >
        {(width) => (at === undefined ? null : <div class="ms-ring" style={{ left: `${toX(at.time_s, width) ?? 0}px`, top: `${toY(at.since_s, width)}px` }} />)}
      </SceneView>
      <p class="ms-quiet">{arrivalsHint(phase)}</p>
      {rows.length === 0 ? null : (
        <table class="ms-table" id="ms-on-green">
          <caption>{t.arrivals_on_green}</caption>
          <thead><tr><th scope="col">{t.time}</th><th scope="col">{t.plan}</th><th scope="col">{t.source}</th><th scope="col" class="n">{t.arrivals}</th><th scope="col" class="n">{t.on_green}</th></tr></thead>
          <tbody>{rows.map((row) => <tr key={`${row.from_s} ${row.source}`}><th scope="row">{clockText(row.from_s)}–{row.until_s >= DAY_S ? '24:00' : clockText(row.until_s)}</th><td>{planLabel(row.plan)}</td><td>{t.sources[row.source]}</td><td class="n">{row.arrivals}</td><td class="n">{fixed(row.on_green, 1)}</td></tr>)}</tbody>
        </table>
      )}
      <Quarters phase={phase} range={range} />
    </section>
  )
}

const arrivalsHint = ({ arrivals }: SignalPhase): string => (arrivals.length === 0 ? words().no_arrivals : words().pick_hint)

/** The dots in figures, for those who cannot see them. */
function Quarters({ phase, range }: { phase: SignalPhase; range: readonly [number, number] }) {
  const t = words()
  const rows = useMemo(() => {
    const found: { from_s: number; arrivals: number; on_green: number }[] = []
    for (let from = Math.floor(range[0] / QUARTER_S) * QUARTER_S; from < range[1]; from += QUARTER_S) {
      const { on_green } = coordinationOf(phase, [Math.max(from, range[0]), Math.min(from + QUARTER_S, range[1])])
      const arrivals = on_green.reduce((sum, one) => sum + one.arrivals, 0)
      if (arrivals > 0) found.push({ from_s: from, arrivals, on_green: asShown((100 * on_green.reduce((sum, one) => sum + one.green, 0)) / arrivals, 1)! })
    }
    return found
  }, [phase, range[0], range[1]])
  return (
    <table class="ms-hidden"><caption>{t.pcd}, {t.quarter}</caption>
      <thead><tr><th scope="col">{t.time}</th><th scope="col">{t.arrivals}</th><th scope="col">{t.on_green}</th></tr></thead>
      <tbody>{rows.map(({ from_s, arrivals, on_green }) => <tr key={from_s}><th scope="row">{clockText(from_s)}</th><td>{arrivals}</td><td>{fixed(on_green, 1)}</td></tr>)}</tbody>
    </table>
  )
}

function Picked({ arrival, phase, corridor, signal, day, close }: { arrival: SignalArrival; phase: SignalPhase; corridor: string | undefined; signal: string; day: string; close: () => void }) {
  const t = words()
  const { run } = arrival
  const movement = phase.movements.find((one) => one.movement === run?.movement)
  return (
    <section class="ms-card ms-picked" aria-labelledby="ms-picked" role="status">
      <header><h2 id="ms-picked">{t.picked} {clockText(arrival.time_s, true)}</h2><button type="button" onClick={close}>{t.close}</button></header>
      {run === undefined ? <p>{t.no_run}</p> : (
        <>
          <dl class="ms-facts">
            <div><dt>{t.movement}</dt><dd>{movement === undefined ? run.movement : named(movement.name ?? `${movement.from} → ${movement.to}`)}</dd></div>
            <div><dt>{t.arrived}</dt><dd>{clockText(arrival.time_s, true)}</dd></div><div><dt>{t.crossed}</dt><dd>{clockText(run.crossing_s, true)}</dd></div>
            <div><dt>{t.delay}</dt><dd>{seconds(asShown(run.delay_s, 1)!, 1)}</dd></div><div><dt>{t.stops}</dt><dd>{run.stops.filter(({ s_m }) => s_m <= 0).length}</dd></div>
          </dl>
          <SceneView of={[run, t]} paint={(width) => paintProbes(buildProbeScene([run]), { title: t.run_of, width: Math.min(width, 620), words: t.probes })} />
        </>
      )}
      {corridor === undefined ? null : <a class="button" href={`/corridors/${encodeURIComponent(corridor)}?vehicles=observed&day=${day}&t=${Math.round(arrival.time_s)}&signal=${encodeURIComponent(signal)}`}>{t.in_diagram}</a>}
    </section>
  )
}

function Splits({ data, phase, range, path }: PartProps) {
  const t = words()
  const scene = useMemo(() => splitMonitorOf(phase, range), [phase, range[0], range[1]])
  const title = `${named(data.name)}, ${t.phase_of(phase.phase, nameOf(phase))}: ${t.split_monitor}`
  const file = `${data.signal}-${data.day}-phase-${phase.phase}-splits`
  const drawn = (extent: Extent): string => paintSplitMonitor(extent === 'all' ? splitMonitorOf(phase, [data.from_s, data.until_s]) : scene, { title, width: EXPORT_PX, words: t.split })
  const { left, right } = coordinationBox()
  const share = (value: number | undefined): string => (value === undefined ? '–' : `${fixed(100 * value, 1)} %`)
  return (
    <section class="ms-card" aria-labelledby="ms-splits">
      <header><h2 id="ms-splits">{t.split_monitor}</h2>
        <ExportMenu items={[
          { id: 'svg', title: t.as_svg, run: (extent) => saveSvg(file, drawn(extent)) }, { id: 'png', title: t.as_png, run: (extent) => savePng(file, drawn(extent)) },
          { id: 'csv', title: t.as_csv, run: (extent) => saveAnswer(`${data.signal}-${data.day}.csv`, csvPath(path, range, extent)) },
        ]} />
      </header>
      <SceneView
        of={[scene, t, data, phase]} paint={(width) => paintSplitMonitor(scene, { title, width, words: t.split })}
        cursorX={(width) => { const time_s = cursor.value?.time_s; const end = width - (760 - right); return time_s === undefined || time_s < range[0] || time_s > range[1] || scene.dots.length === 0 ? undefined : left + ((time_s - range[0]) / (range[1] - range[0])) * (end - left) }}
      />
      {phase.splits.length === 0 ? <p class="ms-quiet">{t.no_splits}</p> : (
        <table class="ms-table" id="ms-split-table">
          <caption>{t.split_monitor}, {t.phase_of(phase.phase, nameOf(phase))}</caption>
          <thead><tr><th scope="col">{t.time}</th><th scope="col">{t.plan}</th><th scope="col" class="n">{t.programmed}</th><th scope="col" class="n">{t.green_count}</th><th scope="col" class="n">{t.median}</th><th scope="col" class="n">{t.p85}</th>{(['gap', 'max', 'force'] as const).map((end) => <th key={end} scope="col" class="n">{t.ends[end]}</th>)}</tr></thead>
          <tbody>{phase.splits.map((row) => (
            <tr key={row.from_s}><th scope="row">{clockText(row.from_s)}–{row.until_s >= DAY_S ? '24:00' : clockText(row.until_s)}</th><td>{planLabel(row.plan)}</td><td class="n">{fixed(row.programmed_s ?? undefined, 1)}</td><td class="n">{row.greens}</td><td class="n">{fixed(row.median_s ?? undefined, 1)}</td><td class="n">{fixed(row.p85_s ?? undefined, 1)}</td>
              {(['gap', 'max', 'force'] as const).map((end) => <td key={end} class="n">{share(row.terminations?.[end])}</td>)}</tr>
          ))}</tbody>
        </table>
      )}
    </section>
  )
}
