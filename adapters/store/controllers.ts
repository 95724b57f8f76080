import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import type { AcceptedBaseline, DeviceLock, DeviceStore, DeviceWrites } from '../../plans/ports/devices.ts'
import type { Sql } from './database.ts'
import { documentOf, present, textOf, written } from './rows.ts'

const COLUMNS = 'id, network, signal, protocol, settings, enabled, version'
type Row = Omit<DeviceRecord, 'settings'> & { settings: string }
const deviceOf = (row: Row): DeviceRecord => ({ ...row, settings: documentOf(row.settings) })
const THERE = { from: 'controller', where: 'id = $1 AND NOT removed' } as const
const LOCK = 'controller AS device, deployment, owner, token, until_s'

export const deviceStore = (sql: Sql): DeviceStore => ({
  async list(network) {
    return (await sql.query<Row>(`SELECT ${COLUMNS} FROM controller WHERE NOT removed AND network = coalesce($1, network) ORDER BY id`, [network ?? null])).map(deviceOf)
  },
  async get(id) {
    const [row] = await sql.query<Row>(`SELECT ${COLUMNS} FROM controller WHERE ${THERE.where}`, [id])
    return row === undefined ? undefined : deviceOf(row)
  },
  put: ({ id, network, signal, protocol, settings, enabled }, expected) => sql.atomically(async (own) => {
    const values = [id, network, signal, protocol, textOf(settings), enabled]
    const rows = expected === 0
      ? await own.query<Row>(`
          INSERT INTO controller (id, network, signal, protocol, settings, enabled, version) VALUES ($1, $2, $3, $4, $5::json, $6, 1)
          ON CONFLICT (id) DO UPDATE SET network = $2, signal = $3, protocol = $4, settings = $5::json, enabled = $6, version = controller.version + 1, removed = false
          WHERE controller.removed RETURNING ${COLUMNS}`, values)
      : await own.query<Row>(`
          UPDATE controller SET network = $2, signal = $3, protocol = $4, settings = $5::json, enabled = $6, version = version + 1
          WHERE id = $1 AND NOT removed AND version = $7 RETURNING ${COLUMNS}`, [...values, expected])
    return deviceOf(await written(own, rows, `controller "${id}"`, expected, { ...THERE, key: [id] }))
  }),
  remove: (id, expected) => sql.atomically(async (own) => {
    const rows = await own.query('UPDATE controller SET removed = true WHERE id = $1 AND NOT removed AND version = $2 RETURNING id', [id, expected])
    await written(own, rows, `controller "${id}"`, expected, { ...THERE, key: [id] })
    await own.query('DELETE FROM controller_baseline WHERE controller = $1', [id])
  }),
  async accepted(id) {
    const [row] = await sql.query<{ accepted: string }>('SELECT accepted FROM controller_baseline WHERE controller = $1', [id])
    return row === undefined ? undefined : documentOf<AcceptedBaseline>(row.accepted)
  },
  async accept(id, baseline) {
    await sql.query('INSERT INTO controller_baseline (controller, accepted) VALUES ($1, $2::json) ON CONFLICT (controller) DO UPDATE SET accepted = $2::json', [id, textOf(baseline)])
  },
  async writes(id) {
    const [row] = await sql.query<{ [K in keyof DeviceWrites]: DeviceWrites[K] | null }>('SELECT changed_s, day, writes FROM controller_writes WHERE controller = $1', [id])
    return row === undefined ? { writes: 0 } : present<DeviceWrites>(row as never)
  },
  async countWrite(id, day) {
    await sql.query(`
      INSERT INTO controller_writes (controller, day, writes) VALUES ($1, $2, 1)
      ON CONFLICT (controller) DO UPDATE SET day = $2, writes = CASE WHEN controller_writes.day = $2 THEN controller_writes.writes + 1 ELSE 1 END`, [id, day])
  },
  async noteChange(id, changed_s) {
    await sql.query('INSERT INTO controller_writes (controller, changed_s) VALUES ($1, $2) ON CONFLICT (controller) DO UPDATE SET changed_s = $2', [id, changed_s])
  },
  async lock({ device, deployment, owner, until_s, now, force = false }) {
    const own = 'NOT $6 AND controller_lock.deployment = $2 AND controller_lock.owner = $3'
    const [row] = await sql.query<DeviceLock>(`
      INSERT INTO controller_lock (controller, deployment, owner, token, until_s) VALUES ($1, $2, $3, 1, $4)
      ON CONFLICT (controller) DO UPDATE SET deployment = $2, owner = $3, until_s = $4, token = controller_lock.token + CASE WHEN ${own} THEN 0 ELSE 1 END
      WHERE $6 OR controller_lock.until_s <= $5 OR (${own}) RETURNING ${LOCK}`, [device, deployment, owner, until_s, now, force])
    return row
  },
  async holder(device) {
    const [row] = await sql.query<DeviceLock>(`SELECT ${LOCK} FROM controller_lock WHERE controller = $1`, [device])
    return row
  },
  async unlock({ device, token }) {
    await sql.query('UPDATE controller_lock SET until_s = 0 WHERE controller = $1 AND token = $2', [device, token])
  },
})
