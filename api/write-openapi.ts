// `npm run openapi`: writes api/openapi.json anew.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeApi, documentText } from './document.ts'

const root = join(import.meta.dirname, '..', '..')
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
await writeFile(join(root, 'api', 'openapi.json'), documentText(await describeApi(version)))
