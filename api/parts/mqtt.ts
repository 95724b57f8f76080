// Feeds of MQTT brokers.
import type { Part } from './part.ts'

export const mqttPart: Part = {
  name: 'mqtt',
  roles: ['ingest'],
  async start(context) {
    // The client of MQTT is loaded with the first feed that needs it.
    const { startMqtt } = await import('../ingest/mqtt.ts')
    return startMqtt(context)
  },
}
