// Entry: high-resolution logs of signal controllers and the tables that explain them.
export { readAtspmChannels, readChannels, readPhases, type AtspmTables, type ChannelTable, type LogPhase } from './channels.ts'
export { openEvents, type ClockStep, type EventFeed } from './open-events.ts'
