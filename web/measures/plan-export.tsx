// What leaves of a plan: prints, tables, the diagram, and files for other tools, all drawn and written by the service.
import './measures.css'
import { units } from '../shell/units.ts'
import { ExportMenu } from './export-menu.tsx'
import { openReport, saveAnswer } from './save.ts'
import { words } from './words.ts'

/** `range_s`: what of the diagram is shown, seconds of the day. */
export function PlanExport({ path, file, range_s }: { path: string; file: string; range_s?: readonly [number, number] }) {
  const t = words()
  const at = (extent: 'all' | 'shown', more: string): string => {
    const fields = [...(extent === 'shown' && range_s !== undefined ? [`from_s=${range_s[0]}&until_s=${range_s[1]}`] : []), ...(more === '' ? [] : [more]), ...(units.value === 'imperial' ? ['units=us'] : [])]
    return fields.length === 0 ? '' : `?${fields.join('&')}`
  }
  return (
    <ExportMenu extents={range_s !== undefined} items={[
      { id: 'print-a4', title: t.print('A4'), run: (extent) => openReport(`${path}/report.html${at(extent, 'paper=a4')}`) }, { id: 'print-a3', title: t.print('A3'), run: (extent) => openReport(`${path}/report.html${at(extent, 'paper=a3')}`) },
      { id: 'csv', title: t.as_csv, run: () => saveAnswer(`${file}-report.csv`, `${path}/report.csv`) }, { id: 'timing', title: t.as_timing, run: () => saveAnswer(`${file}-timing.csv`, `${path}/timing.csv`) },
      { id: 'svg', title: t.as_svg, run: (extent) => saveAnswer(`${file}.svg`, `${path}/report.svg${at(extent, 'width=1100')}`, 'image/svg+xml') },
      { id: 'utdf', title: t.as_utdf, run: () => saveAnswer(`${file}-utdf.csv`, `${path}/report.utdf.csv`) }, { id: 'geojson', title: t.as_geojson, run: () => saveAnswer(`${file}.geojson`, `${path}/report.geojson`, 'application/geo+json') },
    ]} />
  )
}
