// A drawing as points, with the fonts of this machine. Reading the fonts alone takes a good part of a second: whoever answers requests leaves it to `painting-thread.ts`.
import { Resvg } from '@resvg/resvg-js'

/** A file, or four bytes a point: red, green, blue, alpha. */
export type PaintedAs = 'png' | 'points'

/** The same drawing gives the same bytes. Throws for what is no SVG. */
export function painted(svg: string, as: PaintedAs): Uint8Array {
  const image = new Resvg(svg, { font: { loadSystemFonts: true, defaultFontFamily: 'Noto Sans CJK SC' } }).render()
  return as === 'png' ? image.asPng() : image.pixels
}
