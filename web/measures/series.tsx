// Series over the day: quarter-hours of the controller's log, and hours of the day's measurement with their intervals. The library of charts comes with the first one.
import { useEffect, useRef } from 'preact/hooks'
import type uPlotType from 'uplot'
import { cursor } from '../shell/cursor.ts'
import { clockText } from './use-answer.ts'

export interface SeriesLine {
  label: string
  /** Middles and values; null breaks the line. */
  points: readonly { from_s: number; until_s: number; value: number | null; low?: number | null; high?: number | null }[]
}

export interface SeriesProps { title: string; unit: string; decimals: number; lines: readonly SeriesLine[]; range_s: readonly [number, number] }

const COLOURS = ['#0f62a8', '#b4530a', '#2c8a5e', '#8a4f9e', '#5b6774', '#a61e2e'] as const
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3]]

/** Steps: a value holds from the begin of its span to the end. */
export function columnsOf({ lines, range_s: [from, until] }: Pick<SeriesProps, 'lines' | 'range_s'>): [number[], ...(number | null)[][]] {
  const times = [...new Set([from, until, ...lines.flatMap(({ points }) => points.flatMap(({ from_s, until_s }) => [from_s, until_s - 1]))])].filter((time) => time >= from && time <= until).sort((a, b) => a - b)
  return [times, ...lines.flatMap(({ points }) => {
    const at = (time: number) => points.find(({ from_s, until_s }) => time >= from_s && time < until_s)
    return [times.map((time) => at(time)?.low ?? null), times.map((time) => at(time)?.high ?? null), times.map((time) => at(time)?.value ?? null)]
  })]
}

const HIGH_PX = 168

export function Series({ title, unit, decimals, lines, range_s }: SeriesProps) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let plot: uPlotType | undefined
    let observer: ResizeObserver | undefined
    let gone = false
    let stop: (() => void) | undefined
    void Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]).then(([{ default: UPlot }]) => {
      const element = host.current
      if (gone || element === null) return
      const style = getComputedStyle(element)
      const [ink, rule] = [style.getPropertyValue('color'), style.getPropertyValue('border-color')]
      const colour = (i: number): string => COLOURS[i % COLOURS.length]!
      plot = new UPlot({
        width: Math.max(320, element.clientWidth), height: HIGH_PX, legend: { show: false }, cursor: { drag: { x: false, y: false }, points: { show: false } },
        scales: { x: { time: false, range: [range_s[0], range_s[1]] }, y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
        axes: [
          { stroke: ink, grid: { stroke: rule }, ticks: { stroke: rule }, values: (_plot, values) => values.map((value) => clockText(value)), incrs: [300, 900, 1800, 3600, 7200, 10_800, 21_600], font: '11px system-ui' },
          { stroke: ink, grid: { stroke: rule }, ticks: { stroke: rule }, size: 46, font: '11px system-ui' },
        ],
        series: [{}, ...lines.flatMap((_line, i) => [
          { show: true, stroke: 'transparent', points: { show: false } }, { show: true, stroke: 'transparent', points: { show: false } },
          { stroke: colour(i), width: 1.8, dash: [...DASHES[i % DASHES.length]!], points: { show: false } },
        ])],
        bands: lines.map((_line, i): uPlotType.Band => ({ series: [3 * i + 2, 3 * i + 1], fill: `${colour(i)}2b` })),
      }, columnsOf({ lines, range_s }) as uPlotType.AlignedData, element)
      plot.over.addEventListener('pointermove', (event) => { cursor.value = { time_s: plot!.posToVal(event.offsetX, 'x'), from: 'series' } })
      plot.over.addEventListener('pointerleave', () => { if (cursor.peek()?.from === 'series') cursor.value = undefined })
      stop = cursor.subscribe((at) => { if (at?.from !== 'series') plot!.setCursor({ left: at?.time_s === undefined ? -10 : plot!.valToPos(at.time_s, 'x'), top: 10 }) })
      observer = new ResizeObserver(() => plot!.setSize({ width: Math.max(320, element.clientWidth), height: HIGH_PX }))
      observer.observe(element)
    })
    return () => { gone = true; stop?.(); observer?.disconnect(); plot?.destroy() }
  }, [lines, range_s[0], range_s[1]])
  return (
    <figure class="ms-series">
      <figcaption>{title}{unit === '' ? '' : `, ${unit}`}
        <span class="ms-legend" aria-hidden="true">{lines.length < 2 ? null : lines.map(({ label }, i) => <span key={label}><svg width="22" height="8"><path d="M0 4h22" stroke={COLOURS[i % COLOURS.length]} stroke-width="2" stroke-dasharray={DASHES[i % DASHES.length]!.join(' ')} /></svg>{label}</span>)}</span>
      </figcaption>
      <div ref={host} class="ms-plot" aria-hidden="true" />
      <table class="ms-hidden">
        <caption>{title}</caption>
        <tbody>{lines.map(({ label, points }) => points.filter(({ value }) => value !== null).map(({ from_s, value }) => <tr key={`${label} ${from_s}`}><th scope="row">{label} {clockText(from_s)}</th><td>{value!.toFixed(decimals)}</td></tr>))}</tbody>
      </table>
    </figure>
  )
}
