// Export of what is drawn: as picture, table or print, all of it or what is shown, whichever the person says.
import { useRef, useState } from 'preact/hooks'
import { words } from './words.ts'

export type Extent = 'all' | 'shown'

export interface ExportItem {
  id: string
  title: string
  run: (extent: Extent) => Promise<void> | void
}

/** `extents` false where all there is is shown. */
export function ExportMenu({ items, extents = true }: { items: readonly ExportItem[]; extents?: boolean }) {
  const t = words()
  const [extent, setExtent] = useState<Extent>('shown')
  const [said, setSaid] = useState('')
  const details = useRef<HTMLDetailsElement>(null)
  const run = async (item: ExportItem): Promise<void> => {
    setSaid('')
    try {
      await item.run(extents ? extent : 'all')
      setSaid(t.saved(item.title))
      if (details.current !== null) details.current.open = false
    } catch (error) {
      setSaid(t.failed((error as Error).message))
    }
  }
  return (
    <details class="ms-export" ref={details} onKeyDown={(event) => { if (event.key === 'Escape') { details.current!.open = false; details.current!.querySelector('summary')!.focus() } }}>
      <summary class="button">{t.export}</summary>
      <div class="ms-menu">
        {!extents ? null : (
          <fieldset>
            <legend>{t.extent}</legend>
            {(['shown', 'all'] as const).map((one) => <label key={one}><input type="radio" name="extent" checked={extent === one} onChange={() => setExtent(one)} /> {t[one]}</label>)}
          </fieldset>
        )}
        {items.map((item) => <button type="button" key={item.id} data-export={item.id} onClick={() => void run(item)}>{item.title}</button>)}
      </div>
      <span role="status" class="ms-said">{said}</span>
    </details>
  )
}
