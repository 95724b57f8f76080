// The streets of a network's version, kept while they are worked with: a version never changes.
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Stores } from '../ports/store.ts'

export interface Streets {
  scenario: Scenario
  graph: RoadGraph
}

/** Networks of a city take tens of megabytes each. */
const KEEP = 4

export class StreetCache {
  readonly #kept = new Map<string, Streets>()

  /** Throws `request.unknown` for a network or version that there is not. */
  async get(stores: Pick<Stores, 'networks'>, network: string, version: number): Promise<Streets> {
    const key = JSON.stringify([network, version])
    let streets = this.#kept.get(key)
    if (streets === undefined) {
      const scenario = await stores.networks.scenario(network, version)
      if (scenario === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}" with a version ${version}`)
      streets = { scenario, graph: new RoadGraph(scenario.network) }
    }
    this.#kept.delete(key)
    this.#kept.set(key, streets)
    if (this.#kept.size > KEEP) this.#kept.delete(this.#kept.keys().next().value!)
    return streets
  }
}
