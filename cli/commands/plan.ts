import type { Command } from '../arguments.ts'
export const command: Command = { name: 'plan', positionals: '', summary: 'x', options: {}, async run() { await Promise.resolve() } }
