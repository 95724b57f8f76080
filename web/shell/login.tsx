// Who is not known logs in here, with a password or through the identity provider, and stays at the address that was opened.
import { useEffect, useState } from 'preact/hooks'
import { logIn, otherWay, Refused, rememberPlace } from '../service/service.ts'
import { Button } from './parts/button.tsx'
import { Field } from './parts/field.tsx'
import { words } from './words.ts'

export function Login() {
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | undefined>(undefined)
  const [provider, setProvider] = useState<string | undefined>(undefined)
  useEffect(() => { otherWay().then(setProvider, () => {}) }, [])
  const enter = (event: Event): void => {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    logIn(login, password).catch((error: unknown) => setFault(error instanceof Refused ? (error.status === 401 ? words().wrong : error.message) : words().lost)).finally(() => setBusy(false))
  }
  return (
    <form class="sh-login" onSubmit={enter}>
      <h1><span class="sh-mark" aria-hidden="true" />{words().enter}</h1>
      <Field label={words().login} name="login" autocomplete="username" required value={login} onType={setLogin} />
      <Field label={words().password} name="password" type="password" autocomplete="current-password" required value={password} onType={setPassword} />
      <p class="sh-fault" role="alert">{fault}</p>
      <Button type="submit" kind="main" busy={busy}>{words().log_in}</Button>
      {provider === undefined ? null : <a class="sh-button" href={provider} onClick={rememberPlace}>{words().other_way}</a>}
      <p class="sh-quiet">{words().enter_hint}</p>
    </form>
  )
}
