import { defineConfig } from 'vitest/config'

// Not a test: writes the pictures of the documents anew.
export default defineConfig({ test: { globalSetup: ['./test/built.ts'], include: ['test/web/pictures.ts'], hookTimeout: 600_000 } })
