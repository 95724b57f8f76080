// Why there is nothing to see here, in the service's own words, and what can be done.
import { Refused } from '../../service/service.ts'
import { texts } from '../../words/language.ts'
import { Button } from './button.tsx'
import { Said, sentenceOf } from './said.tsx'

const words = texts({
  en: { lost: 'The service does not answer.', again: 'Try again', waiting: 'Loading …' },
  zh: { lost: '服务无应答。', again: '重试', waiting: '加载中……' },
})

export function Trouble({ error, onAgain }: { error: Error; onAgain?: (() => void) | undefined }) {
  const refused = error instanceof Refused ? error : undefined
  return (
    <div class="sh-trouble" role="alert">
      <p>{refused === undefined ? words().lost : <Said {...sentenceOf(refused)} />}</p>
      {refused?.errors.length === 0 ? null : <ul>{refused?.errors.map(({ pointer, message }) => <li key={pointer}><code>{pointer}</code> {message}</li>)}</ul>}
      {refused?.next === undefined ? null : <p class="sh-quiet">{refused.next}</p>}
      {onAgain === undefined ? null : <Button onPress={onAgain}>{words().again}</Button>}
    </div>
  )
}

export const Waiting = () => <p class="sh-waiting" role="status">{words().waiting}</p>

/** What stands in place of a resource that is not there yet; undefined as soon as it is. */
export function standIn({ data, error, refresh }: { data: unknown; error: Error | undefined; refresh: () => void }) {
  if (data !== undefined) return undefined
  return error === undefined ? <Waiting /> : <Trouble error={error} onAgain={refresh} />
}
