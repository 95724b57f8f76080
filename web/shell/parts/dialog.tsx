// Something that must be answered or closed first. The browser's own: it keeps the focus in, closes on Escape and gives the focus back.
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { texts } from '../../words/language.ts'

const words = texts({ en: { close: 'Close' }, zh: { close: '关闭' } })

export interface DialogProps {
  title: string
  onClose: () => void
  children: ComponentChildren
  wide?: boolean
  /** Its title is for those who can't see it. */
  bare?: boolean
}

/** Rendered only while it is open. */
export function Dialog({ title, onClose, children, wide = false, bare = false }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => { if (before instanceof HTMLElement) before.focus() }
  }, [])
  return (
    <dialog ref={dialog} class={`sh-dialog ${wide ? 'sh-wide' : ''}`} aria-labelledby={id} onClose={onClose} onClick={(event) => { if (event.target === dialog.current) onClose() }}>
      <div class="sh-dialog-body">
        <header class={bare ? 'sh-hidden' : 'sh-dialog-head'}>
          <h2 id={id}>{title}</h2>
          {bare ? null : <button type="button" class="sh-close" aria-label={words().close} onClick={onClose}>×</button>}
        </header>
        {children}
      </div>
    </dialog>
  )
}
