// Entry: speeds of single vehicles at one place.
export { openSpeeds } from './open-speeds.ts'
