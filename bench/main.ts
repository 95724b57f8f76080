/** Runs one bench by name: `npm run bench -- bands`. Each answers one question, checks its answers and times them. */

/** A bench prints its table to stdout and returns the process's exit code: 1 if an answer is wrong. */
export type Bench = (args: readonly string[]) => Promise<number>

const BENCHES: Readonly<Record<string, () => Promise<{ main: Bench }>>> = {
  bands: () => import('./bands.ts'),
  day: () => import('./day.ts'),
  matching: () => import('./matching.ts'),
  feeds: () => import('./feeds.ts'),
  town: () => import('./town.ts'),
  progression: () => import('./progression.ts'),
  drag: () => import('./drag.ts'),
  speed: () => import('./speed.ts'),
  sumo: () => import('./sumo.ts'),
  peers: () => import('./peers.ts'),
  state: () => import('./state.ts'),
  store: () => import('./store.ts'),
  night: () => import('./night.ts'),
  ingest: () => import('./ingest.ts'),
  controllers: () => import('./controllers.ts'),
  endurance: () => import('./endurance.ts'),
  cabinets: () => import('./cabinets.ts'),
  dynamic: () => import('./dynamic.ts'),
  coordination: () => import('./coordination.ts'),
}

async function run([name, ...args]: readonly string[]): Promise<number> {
  const load = name === undefined ? undefined : BENCHES[name]
  if (!load) {
    console.error(`which bench? ${Object.keys(BENCHES).join(', ')}; got ${name ?? 'none'}`)
    return 2
  }
  const { main } = await load()
  return main(args)
}

process.exitCode = await run(process.argv.slice(2))
