// One thing to type or choose, with its name, its unit and what is wrong with it. Kept when one leaves it or presses Enter, never by a hidden button.
import { useId, useState } from 'preact/hooks'

interface Common {
  label: string
  /** Only for those who can't see where it stands. */
  quietLabel?: boolean
  hint?: string | undefined
  /** What is wrong with what was typed. */
  fault?: string | undefined
  disabled?: boolean
}

export interface FieldProps extends Common {
  value: string
  /** On leaving and on Enter, where it differs. */
  onCommit?: (value: string) => void
  /** On every letter. */
  onType?: (value: string) => void
  type?: 'text' | 'number' | 'password' | 'search' | 'time' | 'date'
  unit?: string
  min?: number
  max?: number
  step?: number
  name?: string
  autocomplete?: string
  required?: boolean
}

/** The kinds differ in the roles that they may have; here none has one. */
const kindOf = (type: FieldProps['type']) => ({ type } as { type: 'text' })

export function Field({ label, quietLabel = false, hint, fault, disabled = false, value, onCommit, onType, type = 'text', unit, ...rest }: FieldProps) {
  const id = useId()
  // What is being typed, until it is kept or given up.
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const commit = (): void => {
    if (typed !== undefined && typed !== value) onCommit?.(typed)
    if (onCommit !== undefined) setTyped(undefined)
  }
  const said = fault ?? hint
  return (
    <div class={`sh-field ${fault === undefined ? '' : 'sh-faulty'}`}>
      <label for={id} class={quietLabel ? 'sh-hidden' : ''}>{label}</label>
      <span class="sh-entry">
        <input
          {...rest} {...kindOf(type)} id={id} disabled={disabled} value={onCommit === undefined ? value : typed ?? value} aria-invalid={fault !== undefined} {...(said === undefined ? {} : { 'aria-describedby': `${id}-said` })}
          onInput={({ currentTarget }) => { setTyped(currentTarget.value); onType?.(currentTarget.value) }}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit()
            else if (event.key === 'Escape' && onCommit !== undefined && typed !== undefined) {
              setTyped(undefined)
              event.stopPropagation()
            }
          }}
        />
        {unit === undefined ? null : <span class="sh-unit">{unit}</span>}
      </span>
      {said === undefined ? null : <small id={`${id}-said`} {...(fault === undefined ? {} : { role: 'alert' })}>{said}</small>}
    </div>
  )
}

export interface ChoiceProps<T extends string> extends Common {
  value: T
  options: readonly { value: T; title: string }[]
  onChoose: (value: T) => void
}

export function Choice<T extends string>({ label, quietLabel = false, hint, fault, disabled = false, value, options, onChoose }: ChoiceProps<T>) {
  const id = useId()
  const said = fault ?? hint
  return (
    <div class={`sh-field ${fault === undefined ? '' : 'sh-faulty'}`}>
      <label for={id} class={quietLabel ? 'sh-hidden' : ''}>{label}</label>
      <select id={id} disabled={disabled} value={value} aria-invalid={fault !== undefined} {...(said === undefined ? {} : { 'aria-describedby': `${id}-said` })} onChange={({ currentTarget }) => onChoose(currentTarget.value as T)}>
        {options.map((option) => <option key={option.value} value={option.value} selected={option.value === value}>{option.title}</option>)}
      </select>
      {said === undefined ? null : <small id={`${id}-said`}>{said}</small>}
    </div>
  )
}
