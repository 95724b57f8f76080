// Builds the pages for people into dist/web: one document each, scripts with the hash of their content in the name, nothing from another host.
import { defineConfig } from 'vite'

const at = (name: string): string => new URL(name, import.meta.url).pathname

export default defineConfig({
  root: at('.'),
  base: '/web/',
  publicDir: at('static'),
  logLevel: 'warn',
  worker: { format: 'es' },
  build: {
    outDir: at('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // The map library comes in a piece of its own, asked for only where a map is drawn.
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: at('index.html'), wall: at('wall.html'), public: at('public.html') } },
  },
})
