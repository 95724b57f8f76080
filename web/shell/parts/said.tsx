// A sentence of the service. On Chinese pages first what it means in Chinese, then the service's own words: place and value stand in them.
import { Refused } from '../../service/service.ts'
import { chineseOf } from '../../words/chinese.ts'
import { language } from '../../words/language.ts'

export interface Sentence {
  sentence: string
  /** Of the catalogue of errors, where there is one. */
  code?: string | undefined
}

export const sentenceOf = (error: unknown): Sentence => (error instanceof Refused ? { sentence: error.message, code: error.code } : { sentence: error instanceof Error ? error.message : String(error) })

export function Said({ sentence, code }: Sentence) {
  if (language.value !== 'zh') return <>{sentence}</>
  const chinese = chineseOf(sentence, code)
  return chinese === undefined ? <span lang="en">{sentence}</span> : <>{chinese} <small class="sh-original" lang="en">{sentence}</small></>
}
