import type { SettingStore } from '../ports/settings.ts'
import { given, kept, requireVersion, type Access } from './memory-tables.ts'

export const memorySettings = (access: Access): SettingStore => ({
  get: (name) => access(({ settings }) => given(settings.get(name))),
  put: (name, value, expected) => access(({ settings }) => {
    requireVersion(`the setting "${name}"`, settings.get(name)?.version ?? 0, expected)
    const next = kept({ value, version: expected + 1 })
    settings.set(name, next)
    return given(next)
  }),
})
