// What tests of feeds share.
import { LocalTime } from '../../model/local-time.ts'
import type { FeedContext } from './feed.ts'

/** Scenario metres, times in UTC. */
export const testContext = (changes: Partial<FeedContext> = {}): FeedContext => ({ source: 'made up', datum: 'scenario', projection: undefined, local: new LocalTime('UTC'), day: 20_458, ...changes })

/** 2026-01-05, the day of the test context. */
export const TEST_DAY_S = 20_458 * 86_400
