// What a screen shows as a picture: its face as SVG, and as PNG by the fonts of this machine. Both are the same drawing of the same content.
import { createHash } from 'node:crypto'
import { buildSignFace, lettersOf, paintLetters, paintSignFace, SIGN_FONT, type DotMatrix } from '../../diagram/sign-face.ts'
import { element } from '../../diagram/svg.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { ScreenRecord } from '../../plans/ports/publication.ts'
import { signOf, widthOf, type SignContent } from '../../plans/publication/signs/index.ts'
import { namedIn } from '../public/words.ts'
import type { PanelStreets } from '../wall.ts'
import { paint } from './painting-thread.ts'

/** Pictures that many ask for: a minute of screens. */
const KEPT = 32
/** Of what a stroke covers of a dot, to light it. */
const LIT_FROM = 110

export interface ScreenPicture {
  svg: string
  /** Changes whenever the picture does. */
  tag: string
}

/**
 * `page` counts from 1; a blank sign has one. `part: 'panel'` is without text. A sign of dots is one with the setting `dots_per_character`.
 * Throws `request.unknown` for a page that there is not.
 */
export async function screenPicture(screen: ScreenRecord, content: SignContent, streets: PanelStreets, { page, part }: { page: number; part: 'all' | 'panel' }): Promise<ScreenPicture> {
  const { sign, dots_per_character } = signOf(screen)
  const pages = content.pages.length === 0 ? [[]] : content.pages
  const lines = pages[page - 1]
  if (lines === undefined) throw new GreenwaveError('request.unknown', `The screen ${JSON.stringify(screen.id)} shows ${pages.length} ${pages.length === 1 ? 'page' : 'pages'}; there is no page ${page}`)
  // Without a message the streets of a panel are there, unlit.
  const lamps = content.lamps.length > 0 ? content.lamps : sign.segments.map((segment) => ({ segment, colour: 'off' as const }))
  const says = part === 'all' && (lines.length > 0 || screen.kind !== 'panel' || lamps.length === 0) ? lines : undefined
  const shape = { lines: Math.max(sign.lines, lines.length), characters_per_line: sign.characters_per_line, widthOf }
  const face = buildSignFace({ ...shape, page: says, lamps, streets: namedOnce(streets, lamps), ...(says === undefined || dots_per_character === undefined ? {} : { dots: await dotsOf(says, shape, dots_per_character) }) })
  const counted = (['green', 'yellow', 'red', 'off'] as const).map((colour) => `${colour} ${lamps.filter((lamp) => lamp.colour === colour).length}`).join(', ')
  const description = [says === undefined || says.length === 0 ? '' : says.join(' / '), lamps.length === 0 ? '' : counted].filter((said) => said !== '').join('; ')
  const svg = `${paintSignFace(face, { title: screen.name, description })}\n`
  return { svg, tag: createHash('sha256').update(svg).digest('hex').slice(0, 20) }
}

/** Each street once, in the language of signs, where it begins farthest out: its own line and those of others are then not under its name. */
function namedOnce(streets: PanelStreets, lamps: SignContent['lamps']): PanelStreets {
  const shown = new Set(lamps.map(({ segment }) => segment))
  const drawn = streets.segments.filter(({ id, points }) => shown.has(id) && points.length > 1)
  const begins = new Map(drawn.map(({ id, points }) => [id, points[0]!]))
  const middle = [0, 1].map((axis) => [...begins.values()].reduce((sum, point) => sum + point[axis]! / begins.size, 0))
  const names = new Map<string, PanelStreets['names'][number] & { out: number }>()
  for (const { name, segments } of streets.names) {
    const own = segments.filter((id) => begins.has(id))
    if (own.length === 0) continue
    const [said, from] = [namedIn('zh', name), begins.get(own[0]!)!]
    const out = Math.hypot(from[0] - middle[0]!, from[1] - middle[1]!)
    if (!(out <= (names.get(said)?.out ?? -1))) names.set(said, { name: said, segments: own, out })
  }
  return { ...streets, names: [...names.values()].map(({ name, segments }) => ({ name, segments })) }
}

const pictures = new Map<string, Promise<Buffer>>()
const matrices = new Map<string, Promise<DotMatrix>>()

/** The same picture gives the same bytes; whoever asks while it is painted waits for the same one. */
export const pngOf = ({ svg, tag }: ScreenPicture): Promise<Buffer> => kept(pictures, tag, async () => Buffer.from(await paint(svg, 'png')))

/** Characters of so many dots each way; what covers enough of a dot lights it. */
function dotsOf(page: readonly string[], { lines, characters_per_line, widthOf: wide }: { lines: number; characters_per_line: number; widthOf: (text: string) => number }, dots: number): Promise<DotMatrix> {
  return kept(matrices, JSON.stringify([page, lines, characters_per_line, dots]), async () => {
    const [columns, rows] = [Math.round(characters_per_line * dots), Math.round(lines * dots * 1.1)]
    const letters = lettersOf(page, { x: 0, y: ((lines - page.length) * dots * 1.1) / 2, cell: dots, characters_per_line, leading: 1.1, widthOf: wide })
    const svg = element('svg', { 'xmlns': 'http://www.w3.org/2000/svg', 'width': columns, 'height': rows, 'fill': '#fff', 'font-family': SIGN_FONT, 'text-anchor': 'middle' }, element('rect', { width: columns, height: rows, fill: '#000' }), ...letters.map(paintLetters))
    const points = await paint(svg, 'points')
    return { columns, lit: Uint8Array.from({ length: columns * rows }, (_, i) => (points[4 * i]! >= LIT_FROM ? 1 : 0)) }
  })
}

/** The oldest goes first, and at once what failed. */
function kept<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key)
  if (found !== undefined) return found
  const made = make()
  if (known.size >= KEPT) known.delete(known.keys().next().value!)
  known.set(key, made)
  made.catch(() => { if (known.get(key) === made) known.delete(key) })
  return made
}
