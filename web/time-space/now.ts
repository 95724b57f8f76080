// The line of now: seconds since midnight in the town, ten times a second at most.
import { signal } from '@preact/signals'

const LOOK_MS = 200

export function nowOf(time_zone: string) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' })
  const read = (): number => {
    const at = Date.now()
    const [hours, minutes, seconds] = format.format(at).split(':').map(Number)
    return hours! * 3600 + minutes! * 60 + seconds! + (at % 1000) / 1000
  }
  const time_s = signal<number | undefined>(read())
  const timer = setInterval(() => { time_s.value = read() }, LOOK_MS)
  return { time_s, close: () => clearInterval(timer) }
}
