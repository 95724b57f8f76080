// Run times hour by weekday, before and after a change; a slot opens the days behind it.
import { useMemo } from 'preact/hooks'
import { buildMatrix, type MatrixScene } from '../../diagram/hour-matrix.ts'
import { matrixBox, paintMatrix } from '../../diagram/paint-hour-matrix.ts'
import type { HourMatrix, MatrixCell, MatrixRow } from '../../model/link-hours.ts'
import { fixed, signed } from '../../reports/format.ts'
import { look, query } from '../shell/location.ts'
import { ExportMenu } from './export-menu.tsx'
import type { At } from './heat-view.tsx'
import { saveAnswer, savePng, saveSvg } from './save.ts'
import { SceneView } from './scene-view.tsx'
import { useAnswer } from './use-answer.ts'
import { words } from './words.ts'

const ROWS: readonly MatrixRow[] = ['workdays', 1, 2, 3, 4, 5, 6, 7]
const EXPORT_PX = 1100
const SIDES = [7, 14, 21, 28, 35] as const

export function MatrixView({ base, corridor, name, direction, changed }: At & { changed: string }) {
  const t = words()
  const days = SIDES.find((one) => String(one) === query.value.get('days')) ?? 28
  const asked = `changed=${changed}&direction=${direction}&days=${days}`
  const path = `${base}/corridors/${encodeURIComponent(corridor)}/hours`
  const { data, error, loading } = useAnswer<HourMatrix>(`${path}?${asked}`)
  const scene = useMemo(() => (data === undefined ? undefined : buildMatrix({
    rows: ROWS.map((row) => ({ row, label: t.rows[row]! })),
    cells: data.cells.map(({ row, hour, before, after, difference_s, verdict }) => ({ row, hour, before: before.days, after: after.days, change: difference_s.value, mean_before: before.mean_s, verdict })),
  })), [data, t])
  const slot = query.value.get('slot')
  const picked = data?.cells.find(({ row, hour }) => `${row}-${hour}` === slot)
  const pick = (row: MatrixRow, hour: number): void => look({ slot: `${row}-${hour}` })
  const title = `${name}, ${t.directions[direction]}: ${t.hours}, ${changed}`
  const file = `${corridor}-${direction}-${changed}-hours`
  return (
    <section class="ms-card" aria-labelledby="ms-hours">
      <header><h2 id="ms-hours">{t.hours}</h2>
        <label class="ms-quiet">{t.side_days} <select onChange={({ currentTarget }) => look({ days: currentTarget.value === '28' ? undefined : currentTarget.value, slot: undefined })}>{SIDES.map((one) => <option key={one} value={String(one)} selected={one === days}>{one}</option>)}</select></label>
        {scene === undefined ? null : (
          <ExportMenu extents={false} items={[
            { id: 'svg', title: t.as_svg, run: () => saveSvg(file, paintMatrix(scene, { title, width: EXPORT_PX, words: t.matrix })) }, { id: 'png', title: t.as_png, run: () => savePng(file, paintMatrix(scene, { title, width: EXPORT_PX, words: t.matrix })) },
            { id: 'csv', title: t.as_csv, run: () => saveAnswer(`${file}.csv`, `${path}.csv?${asked}`) },
          ]} />
        )}
      </header>
      <p class="ms-quiet">{t.transition} {t.slot_hint}</p>
      {error === undefined ? null : <p role="alert" class="ms-fault">{t.failed(error)}</p>}
      {data === undefined || scene === undefined ? (loading ? <p role="status">{t.loading}</p> : null) : (
        <>
          <SceneView of={[scene, t, title]} paint={(width) => paintMatrix(scene, { title, width, words: t.matrix })} onPoint={({ x, y, width }, kind) => {
            if (kind !== 'press') return
            const found = slotAt(scene, x, y, width)
            if (found !== undefined) pick(found.row, found.hour)
          }}>{(width) => (picked === undefined ? null : <Ring scene={scene} row={picked.row} hour={picked.hour} width={width} />)}</SceneView>
          {picked === undefined ? null : <Slot cell={picked} data={data} />}
          <details><summary class="ms-quiet">{t.as_table}</summary><Slots cells={data.cells} pick={pick} /></details>
        </>
      )}
    </section>
  )
}

function slotAt(scene: MatrixScene<MatrixRow>, x: number, y: number, width: number): { row: MatrixRow; hour: number } | undefined {
  const box = matrixBox(scene, width)
  const columns = scene.hours[1] - scene.hours[0] + 1
  const [column, row] = [Math.floor(((x - box.left) / (box.right - box.left)) * columns), Math.floor((y - box.top) / box.row_px)]
  return scene.rows[row]?.cells[column] === undefined ? undefined : { row: scene.rows[row].row, hour: scene.hours[0] + column }
}

function Ring({ scene, row, hour, width }: { scene: MatrixScene<MatrixRow>; row: MatrixRow; hour: number; width: number }) {
  const box = matrixBox(scene, width)
  const wide = (box.right - box.left) / (scene.hours[1] - scene.hours[0] + 1)
  return <div class="ms-cell" style={{ left: `${box.left + (hour - scene.hours[0]) * wide}px`, top: `${box.top + scene.rows.findIndex((one) => one.row === row) * box.row_px}px`, width: `${wide}px`, height: `${box.row_px}px` }} />
}

const seconds = (value: number | null): string => fixed(value ?? undefined, 1)

function Slot({ cell, data }: { cell: MatrixCell; data: HourMatrix }) {
  const t = words()
  const rows = data.values.filter(({ hour, day, day_type }) => hour === cell.hour && (cell.row === 'workdays' ? day_type === 'weekday' : weekday(day) === cell.row && day_type === (cell.row === 6 ? 'saturday' : cell.row === 7 ? 'sunday' : 'weekday')))
  const { value, low, high } = cell.difference_s
  return (
    <div role="status">
      <h3>{t.slot(t.rows[cell.row]!, cell.hour)}</h3>
      <p>{t.before} {seconds(cell.before.mean_s)} s, {t.after} {seconds(cell.after.mean_s)} s; {t.change} <strong class={`ms-${cell.verdict}`}>{value === null ? '–' : `${signed(value, 1)} s`}</strong>{low === null || high === null ? '' : ` (${t.interval_of(signed(low, 1), signed(high, 1))})`} · {t.verdicts[cell.verdict]} · {t.days_of(cell.before.days, cell.after.days)}</p>
      <table class="ms-table"><caption>{t.run_time}</caption><thead><tr><th scope="col">{t.day}</th><th scope="col" class="n">{t.before}</th><th scope="col" class="n">{t.after}</th></tr></thead>
        <tbody>{rows.map(({ day, side, run_s }) => <tr key={day}><th scope="row">{day}</th><td class="n">{side === 'before' ? fixed(run_s, 1) : ''}</td><td class="n">{side === 'after' ? fixed(run_s, 1) : ''}</td></tr>)}</tbody></table>
    </div>
  )
}

const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7

function Slots({ cells, pick }: { cells: readonly MatrixCell[]; pick: (row: MatrixRow, hour: number) => void }) {
  const t = words()
  return (
    <div class="ms-scroll"><table class="ms-table" id="ms-hours-table">
      <thead><tr><th scope="col">{t.time}</th><th scope="col" class="n">{t.before}</th><th scope="col" class="n">{t.after}</th><th scope="col" class="n">{t.change}, s</th><th scope="col" class="n">{t.interval90}</th><th scope="col" class="n">n</th><th scope="col">{t.verdict}</th></tr></thead>
      <tbody>{cells.map(({ row, hour, before, after, difference_s: { value, low, high }, verdict }) => (
        <tr key={`${row} ${hour}`}><th scope="row"><button type="button" onClick={() => pick(row, hour)}>{t.slot(t.rows[row]!, hour)}</button></th><td class="n">{seconds(before.mean_s)}</td><td class="n">{seconds(after.mean_s)}</td><td class="n">{value === null ? '–' : signed(value, 1)}</td>
          <td class="n">{low === null || high === null ? '–' : t.interval_of(signed(low, 1), signed(high, 1))}</td><td class="n">{before.days} | {after.days}</td><td class={`ms-verdict ms-${verdict}`}>{t.verdicts[verdict]}</td></tr>
      ))}</tbody>
    </table></div>
  )
}
