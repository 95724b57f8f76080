// Speeds of a corridor over a day, link by link: travel time over free travel time in classes, the figures under the pointer and in a table.
import { useMemo, useState } from 'preact/hooks'
import { buildHeatMap, LEVEL_COLOUR, type HeatMapScene } from '../../diagram/heat-map.ts'
import { heatMapBox, paintHeatMap } from '../../diagram/paint-heat-map.ts'
import type { CorridorDay, SpaceTimeWay } from '../../model/link-hours.ts'
import { fixed, speed as speedText, speedUnit } from '../../reports/format.ts'
import { cursor } from '../shell/cursor.ts'
import { units } from '../shell/units.ts'
import { language, named } from '../words/language.ts'
import { ExportMenu, type Extent } from './export-menu.tsx'
import { saveAnswer, savePng, saveSvg } from './save.ts'
import { SceneView } from './scene-view.tsx'
import { clockText, useAnswer } from './use-answer.ts'
import { words } from './words.ts'

export interface At { base: string; corridor: string; name: string; direction: 'outbound' | 'inbound' }

const COLUMN_S = 900
const EXPORT_PX = 1100

/** `all`: the whole day; else from the first column that anybody drove to the last. */
function sceneOf({ scale, column_s, columns }: CorridorDay, { links, cells }: SpaceTimeWay, extent: Extent, levelName: (level: { en: string; zh: string }) => string): { scene: HeatMapScene; first: number } {
  const driven = Array.from({ length: columns }, (_, column) => column).filter((column) => cells.some((row) => row[column] !== null))
  const [first, last] = extent === 'all' || driven.length === 0 ? [0, columns - 1] : [driven[0]!, driven.at(-1)!]
  const levels = scale.levels.map((level, i) => {
    const range = i === 0 ? `≤ ${scale.limits[0]}` : i === scale.limits.length ? `> ${scale.limits.at(-1)}` : `${scale.limits[i - 1]}–${scale.limits[i]}`
    return { label: `${levelName(level)} ${range}`, colour: LEVEL_COLOUR[level.colour], mark: String(i + 1) }
  })
  const unique = new Set(links.map(({ name }) => name)).size === links.length
  return { first, scene: buildHeatMap({ rows: links.map(({ name, link }) => ({ label: unique ? named(name) : link })), start_s: first * column_s, column_s, columns: driven.length === 0 ? 0 : last - first + 1, levels, levelOf: (row, column) => cells[row]![first + column]?.level }) }
}

export function HeatView({ base, corridor, name, direction, day }: At & { day: string }) {
  const t = words()
  const path = `${base}/corridors/${encodeURIComponent(corridor)}/days/${day}/speeds`
  const { data, error, loading } = useAnswer<CorridorDay>(`${path}?column_s=${COLUMN_S}`)
  const [picked, setPicked] = useState<{ row: number; column: number } | undefined>(undefined)
  const zh = language.value === 'zh'
  const way = data?.ways.find((one) => one.direction === direction)
  const built = useMemo(() => (data === undefined || way === undefined ? undefined : sceneOf(data, way, 'shown', (level) => (zh ? level.zh : level.en))), [data, way, zh])
  if (error !== undefined) return <p role="alert" class="ms-fault">{t.failed(error)}</p>
  if (data === undefined) return <p role="status">{loading ? t.loading : t.nothing}</p>
  if (way === undefined || built === undefined) return <p>{t.nothing}</p>
  const { scene, first } = built
  const title = `${name}, ${t.directions[direction]}: ${t.heat_map}, ${day}`
  const paint = (of: HeatMapScene, width: number): string => paintHeatMap(of, { title, width, words: t.heat })
  const drawn = (extent: Extent): string => paint(sceneOf(data, way, extent, (level) => (zh ? level.zh : level.en)).scene, EXPORT_PX)
  const file = `${corridor}-${direction}-${day}-speeds`
  const cell = picked === undefined ? undefined : way.cells[picked.row]?.[picked.column] ?? undefined
  const unit = units.value === 'imperial' ? 'us' as const : 'metric' as const
  const place = (x: number, y: number, width: number): { row: number; column: number } | undefined => {
    const box = heatMapBox(scene, width)
    const column = Math.floor(((x - box.left) / (box.right - box.left)) * scene.columns)
    const row = Math.floor((box.bottom - y) / box.row_px)
    return column >= 0 && column < scene.columns && row >= 0 && row < scene.rows.length ? { row, column: first + column } : undefined
  }
  return (
    <section class="ms-card" aria-labelledby="ms-heat">
      <header><h2 id="ms-heat">{t.heat_map}</h2><p class="ms-quiet">{t.index}</p>
        <ExportMenu items={[
          { id: 'svg', title: t.as_svg, run: (extent) => saveSvg(file, drawn(extent)) }, { id: 'png', title: t.as_png, run: (extent) => savePng(file, drawn(extent)) },
          { id: 'csv', title: t.as_csv, run: () => saveAnswer(`${file}.csv`, `${path}.csv?column_s=${COLUMN_S}`) },
        ]} />
      </header>
      <SceneView
        of={[scene, t]} paint={(width) => paint(scene, width)}
        cursorX={(width) => { const time_s = cursor.value?.time_s; const box = heatMapBox(scene, width); const share = time_s === undefined ? -1 : (time_s - scene.start_s) / (scene.columns * scene.column_s); return share < 0 || share > 1 ? undefined : box.left + share * (box.right - box.left) }}
        onPoint={({ x, y, width }, kind) => {
          const at = kind === 'leave' ? undefined : place(x, y, width)
          setPicked(at)
          cursor.value = at === undefined ? undefined : { link: way.links[at.row]!.link, time_s: (at.column + 0.5) * data.column_s, from: 'measures' }
        }}
      >
        {(width) => {
          if (picked === undefined) return null
          const box = heatMapBox(scene, width)
          const wide = (box.right - box.left) / scene.columns
          return <div class="ms-cell" style={{ left: `${box.left + (picked.column - first) * wide}px`, top: `${box.bottom - (picked.row + 1) * box.row_px}px`, width: `${wide}px`, height: `${box.row_px}px` }} />
        }}
      </SceneView>
      <p class="ms-quiet" role="status">{picked === undefined ? t.pick_cell : `${t.cell_at(scene.rows[picked.row]!.label, `${clockText(picked.column * data.column_s)}–${clockText((picked.column + 1) * data.column_s)}`)}: ${cell === undefined ? t.heat.unknown : `${fixed(cell.index, 2)} · ${speedText(cell.speed_mps, unit)} ${speedUnit(unit)} · ${t.passages} ${fixed(cell.passages, 1)}`}`}</p>
      <p class="ms-quiet">{t.scale_of(data.scale.id, data.scale.version, data.scale.status)}</p>
      <table class="ms-hidden" id="ms-heat-table"><caption>{title}</caption>
        <thead><tr><th scope="col">{t.link}</th><th scope="col">{t.time}</th><th scope="col">{t.index}</th></tr></thead>
        <tbody>{way.cells.map((row, i) => row.map((one, column) => (one === null ? null : <tr key={`${i} ${column}`}><th scope="row">{scene.rows[i]!.label}</th><td>{clockText(column * data.column_s)}</td><td>{fixed(one.index, 2)}</td></tr>)))}</tbody>
      </table>
    </section>
  )
}
