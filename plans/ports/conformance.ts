// The suite that every store passes, as a function of the store. It knows no test runner: `test` registers a titled case, and a case fails by
// throwing. All cases may run on one store: each uses names of its own, and days of its own where it lets days go.
import type { RegisterTest, StoreSuite } from './conformance/suite.ts'
import { newSuite } from './conformance/suite.ts'
import { controllerCases } from './conformance/controllers.ts'
import { documentCases } from './conformance/documents.ts'
import { logCases } from './conformance/logs.ts'
import { networkCases } from './conformance/networks.ts'
import { observationCases } from './conformance/observations.ts'
import { pagingCases } from './conformance/paging.ts'
import { peopleCases } from './conformance/people.ts'
import { publicationCases } from './conformance/publication.ts'
import { transactionCases } from './conformance/transactions.ts'
import { versionCases } from './conformance/versions.ts'
import { workflowCases } from './conformance/workflow.ts'
import type { Store } from './store.ts'

/** `store` is asked in every case; it may give a new store each time or the same one. */
export function storeConformance(name: string, store: () => Store | Promise<Store>, test: RegisterTest): void {
  const suite: StoreSuite = newSuite(name, store, test)
  for (const cases of [
    transactionCases, documentCases, versionCases, pagingCases, networkCases, observationCases, workflowCases, peopleCases, publicationCases, logCases, controllerCases,
  ]) cases(suite)
}
