// The usual course of a day as a small picture: a band with its middle, dashed because it is history, and today as a full line as far as it is known.
import { element, px, subpath, text, type PixelPoint } from '../../diagram/svg.ts'

interface CourseChart {
  usual: readonly ({ travel_time_s: number; low_s: number; high_s: number } | null)[]
  today: readonly (number | null)[]
  now_s: number | undefined
  title: string
  minutes: (time_s: number) => string
}

const BOX = { width: 480, height: 150, left: 52, right: 8, top: 10, bottom: 22 } as const
const DAY_S = 86_400

export function courseChart({ usual, today, now_s, title, minutes }: CourseChart): string {
  const most = Math.max(60, ...usual.map((one) => one?.high_s ?? 0), ...today.map((one) => one ?? 0))
  const x = (time_s: number): number => BOX.left + ((BOX.width - BOX.left - BOX.right) * time_s) / DAY_S
  const y = (value: number): number => BOX.height - BOX.bottom - ((BOX.height - BOX.top - BOX.bottom) * value) / most
  const step = DAY_S / usual.length
  const runs = (values: readonly (number | null)[]): PixelPoint[][] => values.reduce<PixelPoint[][]>((all, value, i) => {
    if (value === null) return i > 0 && values[i - 1] !== null ? [...all, []] : all
    all.at(-1)!.push([x((i + 0.5) * step), y(value)])
    return all
  }, [[]]).filter((run) => run.length > 0)
  const [low, high] = [runs(usual.map((one) => one?.low_s ?? null)), runs(usual.map((one) => one?.high_s ?? null))]
  return element('svg', { 'class': 'pub-course', 'viewBox': `0 0 ${BOX.width} ${BOX.height}`, 'role': 'img', 'aria-label': title },
    ...[0, 0.5, 1].map((share) => element('path', { d: subpath([[BOX.left, y(most * share)], [BOX.width - BOX.right, y(most * share)]]), class: 'pub-rule' }) + text(minutes(most * share), { 'x': BOX.left - 5, 'y': y(most * share) + 4, 'text-anchor': 'end' })),
    ...[0, 6, 12, 18, 24].map((hour) => text(`${hour}:00`, { 'x': x(hour * 3600), 'y': BOX.height - 6, 'text-anchor': hour === 0 ? 'start' : hour === 24 ? 'end' : 'middle' })),
    ...high.map((run, i) => element('path', { d: subpath([...run, ...low[i]!.toReversed()], true), class: 'pub-band' })),
    ...runs(usual.map((one) => one?.travel_time_s ?? null)).map((run) => element('path', { d: subpath(run), class: 'pub-usual' })),
    ...runs(today).map((run) => element('path', { d: subpath(run), class: 'pub-today' })),
    ...(now_s === undefined ? [] : [element('path', { d: `M${px(x(now_s))} ${px(BOX.top)}V${px(BOX.height - BOX.bottom)}`, class: 'pub-nowline' })]))
}
