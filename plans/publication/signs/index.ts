// Texts for signs: what is shown, whether it can be read, on which data it rests.
export { composeSign, REFRESH, TIME_TO_LIVE_S, worthSending, type ComposeOptions, type NoticeTemplate, type Sign, type SignBasis, type SignContent, type SignMessage, type TravelTimeTemplate } from './compose.ts'
export { readingTime, READING, requireReadable, shownMinutes, widthOf, type ReadingTime, type SignFace, type SignText } from './reading.ts'
export { signOf, tellScreen, type ScreenSign, type SignTemplate } from './send.ts'
export { requireReadableScreen } from './settle.ts'
export { SPEED_PLATE, speedPlate, type PlateVerdict, type WaveState } from './speed-plate.ts'
