// The reference of control delay: the same network, demand, drivers and seed with every signal always green.
// Nobody crosses anybody at a signal then, so crossing paths are free of each other; where two paths end in one lane they
// still merge, because there two vehicles cannot be in one place. Nodes without signals stay as they are. One reference
// run serves all plans of a seed.
import { GreenwaveError } from '../../model/errors.ts'
import type { Connection, Network } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { SimulationInput } from '../input.ts'
import { prepareNetwork, type PreparedNetwork } from '../prepare.ts'
import type { PassageTimes } from '../result.ts'
import { simulate } from '../simulate.ts'
import { tripTable, type TripTable } from '../trip-table.ts'

/** The network without what signals keep apart. */
export function referenceNetwork(network: Network): Network {
  const movements = new Map(network.movements.map((movement) => [movement.id, movement]))
  const byId = new Map(network.connections.map((connection) => [connection.id, connection]))
  const target = (connection: Connection): string => `${movements.get(connection.movement)?.to ?? ''} ${connection.to_lane}`
  const connections = network.connections.map((connection): Connection => {
    if (movements.get(connection.movement)?.signal === undefined) return connection
    const { turn_on_red: _turn, waiting_m: _waiting, ...rest } = connection
    const merging = connection.conflicts_with.filter((id) => {
      const foe = byId.get(id)
      return foe !== undefined && target(foe) === target(connection)
    })
    return { ...rest, conflicts_with: merging, yields_to: [], ...(connection.groups === undefined ? {} : { groups: connection.groups.map(({ group }) => ({ group, right_of_way: 'protected' as const })) }) }
  })
  return { ...network, connections }
}

/** Every group green for ever. */
const alwaysGreen = (signals: readonly CompiledSignal[]): CompiledSignal[] =>
  signals.map((signal) => ({ ...signal, groups: signal.groups.map((group) => ({ ...group, green_windows_s: [[0, signal.cycle_s]] })) }))

/** Prepares once; each call runs one seed. In: the input of a plan. Out: when each vehicle came by with nothing to hold it. */
export function referenceRunner(network: Network): (input: SimulationInput) => PassageTimes {
  const free = referenceNetwork(network)
  let prepared: PreparedNetwork | undefined
  return (input) => {
    prepared ??= prepareNetwork(free)
    const { options } = input
    const { passages } = simulate(prepared, {
      network: free, trips: ownTable(input.trips), vehicle_types: input.vehicle_types, signals: alwaysGreen(input.signals),
      options: {
        seed: options.seed, step_s: options.step_s, model: options.model, ...(options.rules === undefined ? {} : { rules: options.rules }),
        start_s: options.start_s, measure_from_s: options.measure_from_s, measure_until_s: options.measure_until_s, stop_at_s: options.stop_at_s,
        record_passages: true,
      },
    })
    if (passages === undefined) throw new GreenwaveError('internal', 'the reference run kept no passages')
    return passages
  }
}

/** Books of routes are kept by table; this one is of its own, so that the plans' book stays. */
function ownTable(trips: SimulationInput['trips']): TripTable {
  const table = tripTable(trips)
  return { ...table, route: table.route.slice() }
}
