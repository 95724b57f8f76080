// What shapes and colours of playback mean; drawn as in the picture.
import { words } from './words.ts'

export function Legend() {
  const { legend } = words()
  const entry = (name: keyof typeof legend, shape: preact.JSX.Element) => <li key={name}><svg viewBox="0 0 24 14" aria-hidden="true">{shape}</svg>{legend[name]}</li>
  return (
    <ul class="play-legend">
      {entry('moves', <><circle cx="5" cy="7" r="2.6" fill="var(--run-moves)" /><path d="M10 4h9l3 1.5v3L19 10h-9z" fill="var(--run-moves)" /></>)}
      {entry('stands', <><rect x="2" y="4.4" width="5.2" height="5.2" fill="var(--run-stands)" /><path d="M10 4h9l3 1.5v3L19 10h-9z" fill="var(--run-stands)" /><rect x="10" y="4" width="2" height="6" fill="var(--run-brake)" /></>)}
      {entry('queue', <rect x="1" y="4" width="22" height="6" fill="var(--run-queue)" />)}
      {entry('red', <rect x="10" y="1" width="4" height="12" fill="var(--run-red)" stroke="var(--run-edge)" />)}
      {entry('yellow', <path d="M12 1.5 17.5 7 12 12.5 6.5 7z" fill="var(--run-yellow)" stroke="var(--run-edge)" />)}
      {entry('green', <path d="M20 7 8 12.5v-11z" fill="var(--run-green)" stroke="var(--run-edge)" />)}
      {entry('yields', <path d="M20 7 8 12.5v-11z" fill="none" stroke="var(--run-green)" stroke-width="2" />)}
    </ul>
  )
}
