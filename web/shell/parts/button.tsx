import type { ButtonHTMLAttributes, ComponentChildren } from 'preact'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onClick' | 'type' | 'disabled' | 'role'> {
  children: ComponentChildren
  onPress?: (event: MouseEvent) => void
  /** `main`: the one thing to do here; `danger`: takes something away. */
  kind?: 'main' | 'danger' | 'plain'
  disabled?: boolean
  /** Why it can't be pressed, or the keys that do the same. */
  hint?: string | undefined
  /** It works; can't be pressed again. */
  busy?: boolean
  /** A switch that is on or off. */
  pressed?: boolean
  type?: 'button' | 'submit'
}

const CLASSES = { main: 'sh-first', danger: 'sh-danger', plain: 'sh-plain' } as const

export function Button({ children, onPress, kind, disabled = false, hint, busy = false, pressed, type = 'button', class: more, ...rest }: ButtonProps) {
  return (
    <button
      {...rest} type={type} class={['sh-button', kind === undefined ? '' : CLASSES[kind], String(more ?? '')].filter((one) => one !== '').join(' ')} disabled={disabled || busy} aria-busy={busy} title={hint}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })} {...(onPress === undefined ? {} : { onClick: onPress })}
    >
      {children}
    </button>
  )
}
