// How often random tests draw: all their seeds with the integration tests, the first quarter of them with the unit tests, which somebody waits for.
const isWhole = process.env.GREENWAVE_RUNS === 'all'

export const runsOf = (whole: number): number => (isWhole ? whole : Math.ceil(whole / 4))
