// The traffic lights of a network that was imported from SUMO, or exported to it, as controllers of the service: which connection of each light belongs to which
// group follows from the network.
import type { Network } from '../../../model/network.ts'
import type { DeviceRecord } from '../../../plans/ports/controllers.ts'
import { linkDisplays } from '../../formats/sumo/display.ts'

/**
 * One record a signal, of a SUMO that listens on a port of this computer. `network_id`: of the network in the service. `more`: further settings (`starts_at`,
 * `steps_per_s`, `host`, ...), which the driver checks.
 */
export function lightDevices(network: Network, network_id: string, port: number, more: Record<string, unknown> = {}): DeviceRecord[] {
  return network.signals.map((signal) => ({
    id: `light-${signal.id}`, network: network_id, signal: signal.id, protocol: 'traci', enabled: true, version: 1,
    settings: { host: '127.0.0.1', port, light: signal.source_id, links: linkDisplays(network, signal), ...more },
  }))
}
