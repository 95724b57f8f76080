// `npm run openapi`: writes api/openapi.json anew, and the types by which the pages ask.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { clientTypes } from './client-types.ts'
import { describeApi, documentText } from './document.ts'
import { BASE } from './http/route.ts'

const root = join(import.meta.dirname, '..', '..')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
const document = await describeApi(version)
await writeFile(join(root, 'api', 'openapi.json'), documentText(document))
await writeFile(join(root, 'web', 'service', 'api-types.ts'), clientTypes(document, BASE))
