import type { SettingRecord, SettingStore } from '../../plans/ports/settings.ts'
import type { Sql } from './database.ts'
import { documentOf, textOf, written } from './rows.ts'

interface Row { value: string; version: number }
const recordOf = ({ value, version }: Row): SettingRecord => ({ value: documentOf(value), version })

export const settingStore = (sql: Sql): SettingStore => ({
  async get(name) {
    const [row] = await sql.query<Row>('SELECT value, version FROM setting WHERE name = $1', [name])
    return row === undefined ? undefined : recordOf(row)
  },
  async put(name, value, expected) {
    const rows = await sql.query<Row>(expected === 0
      ? 'INSERT INTO setting (name, value, version) VALUES ($1, $2::json, $3::integer + 1) ON CONFLICT DO NOTHING RETURNING value, version'
      : 'UPDATE setting SET value = $2::json, version = version + 1 WHERE name = $1 AND version = $3 RETURNING value, version', [name, textOf(value), expected])
    return recordOf(await written(sql, rows, `the setting "${name}"`, expected, { from: 'setting', where: 'name = $1', key: [name] }))
  },
})
