// How often random tests draw: all their seeds with the integration tests, the first quarter of them with the unit tests, which somebody waits for.
// `long` is for by hand: it repeats what takes too long for every change.
export const isLong = process.env.GREENWAVE_RUNS === 'long'
const isWhole = isLong || process.env.GREENWAVE_RUNS === 'all'

export const runsOf = (whole: number): number => (isWhole ? whole : Math.ceil(whole / 4))
