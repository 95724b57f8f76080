// restore: a backup into an empty database or directory.
import { resolve } from 'node:path'
import { storeAddress, wordsOf } from '../../api/configuration/store-address.ts'
import { onlyPositional, type Command } from '../arguments.ts'
import { configurationFrom, STORE_OPTIONS } from '../service-options.ts'

export const command: Command = {
  name: 'restore',
  positionals: '<file>',
  summary: 'a backup into an empty database or directory, all or nothing',
  options: STORE_OPTIONS,
  async run(context) {
    const file = resolve(onlyPositional(context, 'the file of the backup'))
    const { configuration } = configurationFrom(context.options)
    const { restore } = await import('../../adapters/store/backup.ts')
    await restore(file, storeAddress(configuration))
    const into = wordsOf(configuration)
    context.out.write(context.options.flag('json') ? `${JSON.stringify({ read: file, database: into })}\n` : `restored ${file} into the database ${into}\n`)
  },
}
