// One signal on one day: plans, greens, arrivals, splits.
export { signalDay, type SignalDayRequest } from './signal-day.ts'
