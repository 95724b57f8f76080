// Several views of one thing, one at a time; arrow keys go from one to the next.
import type { ComponentChildren } from 'preact'
import { useId, useRef } from 'preact/hooks'

export interface TabsProps<T extends string> {
  label: string
  tabs: readonly { id: T; title: string }[]
  at: T
  onChange: (id: T) => void
  children: ComponentChildren
}

export function Tabs<T extends string>({ label, tabs, at, onChange, children }: TabsProps<T>) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const go = (event: KeyboardEvent): void => {
    const here = tabs.findIndex((tab) => tab.id === at)
    const to = { ArrowRight: (here + 1) % tabs.length, ArrowLeft: (here - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    onChange(tabs[to]!.id)
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus()
  }
  return (
    <div class="sh-tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={go}>
        {tabs.map((tab) => <button key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`} aria-selected={tab.id === at} aria-controls={`${id}-panel`} tabIndex={tab.id === at ? 0 : -1} onClick={() => onChange(tab.id)}>{tab.title}</button>)}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${at}`} tabIndex={0}>{children}</div>
    </div>
  )
}
