// What changes over the day at one phase: quarter-hours of the log beside hours of the measurement.
import { useMemo } from 'preact/hooks'
import type { SignalDay, SignalPhase } from '../../model/signal-day.ts'
import { asShown } from '../../reports/comparison.ts'
import { BIN_MEASURES, HOUR_MEASURES } from '../../reports/signal-rows.ts'
import { named } from '../words/language.ts'
import { Series, type SeriesLine } from './series.tsx'
import { words } from './words.ts'

interface Chart { key: string; unit: string; decimals: number; lines: SeriesLine[] }

/** Those with something to tell, in the order of the measures. */
export function chartsOf({ bins, hours }: SignalDay, phase: SignalPhase, measureName: (key: string) => string): Chart[] {
  const own = bins.filter((bin) => bin.phase === phase.phase)
  const movements = new Set(phase.movements.map(({ movement }) => movement))
  const ofLog = BIN_MEASURES.map(([key, unit, decimals, scale]): Chart => ({
    key: `log ${key}`, unit, decimals, lines: [{ label: measureName(key), points: own.map((bin) => ({ from_s: bin.from_s, until_s: bin.until_s, value: asShown(bin[key] === null ? null : scale * bin[key], decimals) })) }],
  }))
  const ofHours = HOUR_MEASURES.map(([key, unit, decimals, scale]): Chart => ({
    key: `hours ${key}`, unit, decimals,
    lines: phase.movements.filter(({ movement }) => movements.has(movement)).map(({ movement, name, from, to }) => ({
      label: named(name ?? `${from} → ${to}`),
      points: hours.flatMap(({ start_s, end_s, movements: rows }) => {
        const estimate = rows.find((row) => row.movement === movement)?.[key]
        const shown = (value: number | null | undefined): number | null => asShown(value === null || value === undefined ? null : scale * value, decimals)
        return estimate === undefined ? [] : [{ from_s: start_s, until_s: end_s, value: shown(estimate.value), low: shown(estimate.low), high: shown(estimate.high) }]
      }),
    })),
  }))
  return [...ofHours, ...ofLog].map((chart) => ({ ...chart, lines: chart.lines.filter(({ points }) => points.some(({ value }) => value !== null)) })).filter(({ lines }) => lines.length > 0)
}

export function DaySeries({ data, phase, range }: { data: SignalDay; phase: SignalPhase; range: readonly [number, number] }) {
  const t = words()
  const charts = useMemo(() => chartsOf(data, phase, (key) => t.measures[key] ?? key), [data, phase, t])
  return (
    <section class="ms-card" aria-labelledby="ms-series">
      <header><h2 id="ms-series">{t.series}</h2></header>
      {charts.length === 0 ? <p class="ms-quiet">{t.no_series}</p> : <div class="ms-grid">{charts.map(({ key, unit, decimals, lines }) => <Series key={key} title={t.measures[key.split(' ')[1]!] ?? key} unit={unit} decimals={decimals} lines={lines} range_s={range} />)}</div>}
    </section>
  )
}
