// What a Prometheus server reads of the API.
import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, type Registry } from 'prom-client'
import type { EventHub } from './http/event-stream.ts'

export function installTelemetry(server: FastifyInstance, registry: Registry, events: EventHub): void {
  const requests = new Histogram({
    name: 'greenwave_http_request_duration_seconds', help: 'From the first header to the last byte', labelNames: ['method', 'route', 'status'], buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30], registers: [registry],
  })
  registry.registerMetric(new Gauge({
    name: 'greenwave_event_listeners', help: 'Open event streams', registers: [],
    collect(this: Gauge) {
      this.set(events.listeners)
    },
  }))
  server.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    // The pattern of the address: addresses themselves would be without end.
    requests.observe({ method, route: routeOptions.url ?? 'none', status: statusCode }, elapsedTime / 1000)
  })
}
