// What `serve`, `doctor`, `backup` and `restore` share: where the configuration comes from.
import { type LoadedConfiguration, loadConfiguration } from '../api/configuration/load.ts'
import { type Setting, SETTINGS } from '../api/configuration/settings.ts'
import type { Options, OptionSpec } from './arguments.ts'

type Flagged = Setting & { flag: string }
const FLAGGED = SETTINGS.filter((setting): setting is Flagged => setting.flag !== undefined)
const SHOWN: Record<Setting['kind']['type'], string> = { text: 'name', path: 'dir', address: 'url', whole: 'n', boolean: 'yes', choice: 'word', choices: 'words', mapping: 'json', time: 'HH:MM' }

const optionOf = ({ flag, kind, help }: Flagged): [string, OptionSpec] => [flag, { type: 'string', value: SHOWN[kind.type], help }]
const CONFIG: OptionSpec = { type: 'string', value: 'f', help: 'settings (default greenwave.config.json here, if it is there)' }

export const SERVICE_OPTIONS: Record<string, OptionSpec> = { config: CONFIG, ...Object.fromEntries(FLAGGED.map(optionOf)) }
export const STORE_OPTIONS: Record<string, OptionSpec> = { config: CONFIG, ...Object.fromEntries(FLAGGED.filter(({ key }) => key === 'database_url' || key === 'data').map(optionOf)) }

/** File < environment < flags. Throws `usage`, `input.*`. */
export function configurationFrom(options: Options): LoadedConfiguration {
  const file = options.findText('config')
  return loadConfiguration({
    flags: Object.fromEntries(FLAGGED.map(({ flag }) => [flag, options.findText(flag)])), env: process.env, folder: process.cwd(), ...(file === undefined ? {} : { file }),
  })
}
