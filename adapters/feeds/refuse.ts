// A feed that can't be believed as a whole: one sentence, in the account and thrown.
import { type ErrorCode, GreenwaveError, type Place } from '../../model/errors.ts'
import type { FeedAccount } from '../../model/feed-account.ts'

/** Throws; the account keeps the sentence. */
export function refuse(account: FeedAccount, code: ErrorCode, sentence: string, place?: Place): never {
  const error = new GreenwaveError(code, sentence, place)
  account.refuse(error.message)
  throw error
}
