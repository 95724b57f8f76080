// What the ingest tells its operators: how much came, what was refused and why, how long it waits, how long until it is shown.
import { Counter, Gauge, Histogram } from 'prom-client'
import type { BatchResult, IngestFigures } from '../../plans/live/index.ts'
import type { Service } from '../server.ts'

/** A batch that waits for longer is a trouble that operators should hear of. */
const TROUBLE_S = 30

export interface IngestWatch {
  /** `seconds`: from its arrival until it was committed; what was taken is in the state of now before. */
  batch(result: BatchResult, seconds: number): void
  refused(code: string): void
}

/** `figures`: of each network that is live here. */
export function watchIngest({ metrics, checks }: Pick<Service, 'metrics' | 'checks'>, figures: () => IngestFigures[]): IngestWatch {
  const registers = [metrics]
  const fixes = new Counter({ name: 'greenwave_fixes_total', help: 'Fixes that came in batches, by whether they were believed', labelNames: ['verdict'], registers })
  const issues = new Counter({ name: 'greenwave_fix_issues_total', help: 'Records that were refused or set aside, by cause', labelNames: ['verdict', 'cause'], registers })
  const batches = new Counter({ name: 'greenwave_batches_total', help: 'Batches by outcome: stored, duplicate, or the code of the refusal', labelNames: ['outcome'], registers })
  const shown = new Histogram({ name: 'greenwave_fix_to_published_seconds', help: 'From the arrival of a batch until its fixes are in the state of now and committed', buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30], registers })
  const oldest = (): number => Math.max(0, ...figures().map(({ oldest_s }) => oldest_s))
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: () => made.set(value()) })
  }
  gauge('greenwave_ingest_waiting_batches', 'Batches that are not committed', () => figures().reduce((sum, { waiting_batches }) => sum + waiting_batches, 0))
  gauge('greenwave_ingest_waiting_fixes', 'Fixes that are not committed', () => figures().reduce((sum, { waiting_fixes }) => sum + waiting_fixes, 0))
  gauge('greenwave_ingest_oldest_seconds', 'Age of the oldest batch that is not committed', oldest)
  checks.push({ name: 'ingest', ask: async () => (oldest() > TROUBLE_S ? `the oldest batch has waited for ${Math.round(oldest())} s to be stored` : undefined) })
  return {
    batch({ outcome, read, accepted, issues: own }, seconds) {
      batches.inc({ outcome })
      if (outcome === 'duplicate') return
      fixes.inc({ verdict: 'accepted' }, accepted)
      fixes.inc({ verdict: 'refused' }, Math.max(0, read - accepted))
      for (const { verdict, cause, records } of own) issues.inc({ verdict, cause }, records)
      shown.observe(seconds)
    },
    refused: (outcome) => batches.inc({ outcome }),
  }
}
