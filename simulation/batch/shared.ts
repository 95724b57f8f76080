// Columns that threads share: a typed array on shared memory is handed to a worker without a copy.

type Column = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array

/** A copy of the column on shared memory; one that lies there is handed back. */
function shareColumn<T extends Column>(column: T): T {
  if (column.buffer instanceof SharedArrayBuffer) return column
  const shared = new (column.constructor as new (buffer: SharedArrayBuffer) => T)(new SharedArrayBuffer(column.byteLength))
  shared.set(column)
  return shared
}

/** The same plain value, its columns on shared memory: in objects, lists and maps down to the given depth, at the top by default. */
export function shareColumns<T>(value: T, depth = 1): T {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return shareColumn(value as unknown as Column) as unknown as T
  if (depth === 0 || typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, shareColumns(part, depth - 1)])) as T
  if (Array.isArray(value)) return value.map((part: unknown) => shareColumns(part, depth - 1)) as T
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shareColumns(part as unknown, depth - 1)])) as T
}
