// What an administrator switches while the service runs: a document each, for the whole service and for a network.

export interface SettingRecord {
  value: unknown
  version: number
}

export interface SettingStore {
  get(name: string): Promise<SettingRecord | undefined>
  /** `expected` as for networks: 0 for a new one. Throws `store.conflict` when it is another by now. */
  put(name: string, value: unknown, expected: number): Promise<SettingRecord>
}
