// How well what was typed fits a text: its letters in their order, better where words begin and where they follow one another.
const WORD_START = 8
const FOLLOWING = 5
const GAP = -1
/** However far apart the letters are. */
const MOST_GAP = -6

/** The higher the better; undefined where a letter is missing. Nothing typed fits everything. */
export function fit(typed: string, text: string): number | undefined {
  const letters = [...typed.toLowerCase().replaceAll(/\s+/g, '')]
  const within = text.toLowerCase()
  let [score, from, before] = [0, 0, -2]
  for (const letter of letters) {
    const at = within.indexOf(letter, from)
    if (at < 0) return undefined
    if (at === before + 1) score += FOLLOWING
    else if (before >= 0) score += Math.max(MOST_GAP, GAP * (at - before - 1))
    if (at === 0 || /[\s\-_/·.(]/.test(within[at - 1]!)) score += WORD_START
    before = at
    from = at + letter.length
  }
  // Of two that fit alike the shorter.
  return score - within.length / 100
}

/** Those that fit, best first; as they were where nothing is typed. */
export function findFitting<T>(typed: string, all: readonly T[], textOf: (one: T) => string): T[] {
  if (typed.trim() === '') return [...all]
  return all.flatMap((one, place) => {
    const score = fit(typed, textOf(one))
    return score === undefined ? [] : [{ one, score, place }]
  }).sort((a, b) => b.score - a.score || a.place - b.place).map(({ one }) => one)
}
