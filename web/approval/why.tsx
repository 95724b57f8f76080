// Why the plan is as it is: what was proven of it, its bands and what limits them, what was assumed.
import { percent, seconds } from '../shell/units.ts'
import type { PlanView } from './plan.tsx'
import { words } from './words.ts'

export function Why({ view: { document, signalName } }: { view: PlanView }) {
  const { certificate, bands, provenance } = document
  return (
    <section class="ap-section" aria-labelledby="ap-why">
      <h2 id="ap-why">{words().why}</h2>
      <p><span class={`ap-mark ap-mark-${certificate.proven ? 'good' : 'open'}`}>{certificate.proven ? words().proven : words().notProven}</span> {certificate.sentence}</p>
      {bands.length === 0 ? null : (
        <ul class="ap-list" aria-label={words().bands}>
          {bands.map(({ direction, width_s, width_cycle, limited_by }) => (
            <li key={direction}>{limited_by.length === 0 ? words().bandFree(words().directions[direction], seconds(width_s, 1), percent(width_cycle)) : words().band(words().directions[direction], seconds(width_s, 1), percent(width_cycle), limited_by.map(signalName).join(', '))}</li>
          ))}
        </ul>
      )}
      <details>
        <summary>{words().assumptions} ({provenance.assumptions.length})</summary>
        {provenance.assumptions.length === 0 ? <p>{words().noAssumptions}</p> : <ul class="ap-list">{provenance.assumptions.map((one) => <li key={one}>{one}</li>)}</ul>}
        <p class="ap-quiet">{words().objective}: {provenance.objective} · {words().madeWith(provenance.version)}</p>
      </details>
    </section>
  )
}
