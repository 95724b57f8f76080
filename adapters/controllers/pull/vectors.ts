// The bundle that the protocol's description shows, with its signature, and the configuration of a cabinet with four stages: for tests.
import { createPrivateKey } from 'node:crypto'
import type { SigningKey } from './bundle.ts'
import type { CabinetConfig } from './report.ts'

/** RFC 8032, 7.1, test 1. */
const SEED = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
export const PUBLIC = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
export const ED25519_PKCS8 = '302e020100300506032b657004220420'
export const KEY: SigningKey = { kid: 'test-1', key: createPrivateKey({ key: Buffer.from(ED25519_PKCS8 + SEED, 'hex'), format: 'der', type: 'pkcs8' }) }
export const BODY = '{"baselineHash":"sha256:0000000000000000000000000000000000000000000000000000000000000000","bundleId":"42","cabinetId":"cab-0001","expiresAt":"2026-01-01T01:00:00Z","fallback":"local","mode":"temporary","notBefore":"2026-01-01T00:00:00Z","plans":[{"cycleS":100,"offsetS":37,"planNo":4,"stages":[{"allRedS":2,"greenS":29,"stageNo":1,"yellowS":3},{"allRedS":2,"greenS":14,"stageNo":2,"yellowS":3},{"allRedS":2,"greenS":24,"stageNo":3,"yellowS":3},{"allRedS":2,"greenS":13,"stageNo":4,"yellowS":3}]}],"schedule":[],"schema":"greenwave.timing/1"}'
export const HASH = 'd0701675facad8143c9f1856f244e6284174ce7c7a1a0826ae46706eac4b3255'
export const JWS = 'eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il0sImtpZCI6InRlc3QtMSJ9..7D_0rkrp6gr1QODrbaIr-yc8uebtarK6wLxmPemcg8Ri9ut9pn9Isp1O9q6zXs76B5jEx2uUj0Nq82-2ORMfAQ'

/** Group n is green in stage n alone; stage 5 is one that nobody should ask for. */
export const CONFIG: CabinetConfig = {
  schema: 'greenwave.cabinet/1', vendor: 'example', model: 'four stages', firmware: '1',
  groups: ['1', '2', '3', '4'].map((group) => ({ group, name: `group ${group}`, kind: 'vehicle', minGreenS: 7, yellowS: 3, allRedS: 2 })),
  conflicts: [['1', '2'], ['1', '3'], ['1', '4'], ['2', '3'], ['2', '4'], ['3', '4']], intergreens: [],
  stages: [...['1', '2', '3', '4'].map((group, i) => ({ stageNo: i + 1, groups: [group] })), { stageNo: 5, groups: ['1', '2'] }], plans: [], daily: [], bundlePlans: { least: 4, most: 9 },
}
