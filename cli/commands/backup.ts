// backup: everything that the service keeps, in one file.
import { resolve } from 'node:path'
import { storeAddress, wordsOf } from '../../api/configuration/store-address.ts'
import { onlyPositional, type Command } from '../arguments.ts'
import { configurationFrom, STORE_OPTIONS } from '../service-options.ts'

export const command: Command = {
  name: 'backup',
  positionals: '<file>',
  summary: 'everything that the service keeps, into one file; PostgreSQL may be in use, the embedded database must not',
  options: STORE_OPTIONS,
  async run(context) {
    const file = resolve(onlyPositional(context, 'the file to write'))
    const { configuration } = configurationFrom(context.options)
    const { backup } = await import('../../adapters/store/backup.ts')
    await backup(storeAddress(configuration), file)
    const from = wordsOf(configuration)
    context.out.write(context.options.flag('json') ? `${JSON.stringify({ wrote: file, database: from })}\n` : `wrote ${file}: the database ${from}\n`)
  },
}
