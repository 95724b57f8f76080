// The thread in which the engine works. One file for all of them: the page opens as many as it needs.
import { Desk } from './desk.ts'
import type { Question } from './messages.ts'

const desk = new Desk()

addEventListener('message', ({ data }: MessageEvent<Question>) => desk.answer(data, (said, transfer) => { postMessage(said, { transfer }) }))
