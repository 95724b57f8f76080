// Short words about what was done, and what went wrong: read out, and shown in a corner until read.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { texts } from '../words/language.ts'

interface Toast { id: number; kind: 'status' | 'alert'; text: string; undo?: { title: string; run: () => void } }

const words = texts({ en: { close: 'Close message' }, zh: { close: '关闭消息' } })
const toasts = signal<readonly Toast[]>([])
/** Long enough to read two lines; what went wrong stays until it is closed. */
const SHOWN_MS = 6000
let last = 0

/** `alert` interrupts a screen reader; keep it for what went wrong. */
export function tell(text: string, kind: Toast['kind'] = 'status', undo?: Toast['undo']): void {
  toasts.value = [...toasts.value.filter((one) => one.text !== text).slice(-3), { id: ++last, kind, text, ...(undo === undefined ? {} : { undo }) }]
}

const close = (id: number): void => { toasts.value = toasts.value.filter((one) => one.id !== id) }

function Message({ toast }: { toast: Toast }) {
  useEffect(() => {
    if (toast.kind === 'alert') return
    const timer = setTimeout(() => close(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast.id])
  return (
    <div class={`sh-toast sh-toast-${toast.kind}`}>
      <span>{toast.text}</span>
      {toast.undo === undefined ? null : <button type="button" onClick={() => { toast.undo!.run(); close(toast.id) }}>{toast.undo.title}</button>}
      <button type="button" class="sh-close" aria-label={words().close} onClick={() => close(toast.id)}>×</button>
    </div>
  )
}

export function Toasts() {
  const of = (kind: Toast['kind']) => toasts.value.filter((one) => one.kind === kind).map((toast) => <Message key={toast.id} toast={toast} />)
  return <div class="sh-toasts"><div role="status">{of('status')}</div><div role="alert">{of('alert')}</div></div>
}
