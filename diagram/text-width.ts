// How much room a text takes before a font is known: columns of a terminal, where Chinese, Japanese and Korean
// characters take two and combining marks none (Unicode Standard Annex 11, wide and fullwidth ranges).

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u

/** Columns that a text takes in a terminal. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  return columns
}

/** The text, or its beginning with an ellipsis, in at most `most` columns. */
export function shorten(text: string, most: number): string {
  if (columnsOf(text) <= most) return text
  let kept = ''
  for (const character of text) {
    if (columnsOf(kept + character) > most - 1) break
    kept += character
  }
  return `${kept.trimEnd()}…`
}

/** Columns to pixels for a proportional sans serif: 0.56 em a column, a little over the mean of Latin text. */
export const pixelsOf = (text: string, font_px: number): number => columnsOf(text) * 0.56 * font_px
