// The door: a name, a password, and in a demo the names one may use.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Me } from '../../../protocols/contract/screen.ts'
import { troubleText } from '../asking.tsx'
import { signIn } from '../live/server.ts'
import { Mark } from '../parts/Header.tsx'
import { LanguageSwitch, Looks } from '../parts/Settings.tsx'
import { useTitle } from '../parts/title.ts'
import { PinField } from '../people/PinDialog.tsx'
import { signInByPin } from '../people/server.ts'
import type { Words } from '../words/ru.ts'
import { useSpeech } from '../words/speech.tsx'

export function SignIn({ me, onSignedIn }: { me: Me; onSignedIn: (me: Me) => void }) {
  const speech = useSpeech()
  const { words } = speech
  useTitle(words.signIn.title)
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [byPin, setByPin] = useState(false)
  const [busy, setBusy] = useState(false)
  const [complaint, setComplaint] = useState(() => signOnTrouble(words))

  const enter = async (name: string, secret: string) => {
    setBusy(true)
    setComplaint(undefined)
    const answer = await (byPin && secret === password ? signInByPin(name, secret) : signIn(name, secret))
    setBusy(false)
    if (!('trouble' in answer)) onSignedIn(answer)
    else setComplaint(answer.trouble === 'signed-out' ? words.signIn.wrong : troubleText(answer, speech))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void enter(login.trim(), password)
  }

  return (
    <div className="door">
      <div className="door-top">
        <LanguageSwitch />
        <Looks />
      </div>
      <main className="door-panel panel">
        <div className="row" style={{ gap: 14 }}>
          <Mark size={44} />
          <div>
            <h1>{words.brand.name}</h1>
            <p className="second">{words.brand.about}</p>
          </div>
        </div>
        <form className="stack" onSubmit={submit} aria-label={words.signIn.title}>
          <TextInput
            label={words.signIn.login}
            value={login}
            onChange={event => setLogin(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
          />
          {byPin ? (
            <PinField label={words.people.pin} value={password} onValue={setPassword} />
          ) : (
            <PasswordInput
              label={words.signIn.password}
              value={password}
              onChange={event => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
              required
              withAsterisk={false}
            />
          )}
          <div role="alert">{complaint === undefined ? null : <p className="note tone-fault">{complaint}</p>}</div>
          <Button type="submit" loading={busy} fullWidth>
            {words.signIn.submit}
          </Button>
          {me.scope.kind === 'school' ? (
            <>
              <Button
                variant="default"
                fullWidth
                onClick={() => {
                  setByPin(!byPin)
                  setPassword('')
                  setComplaint(undefined)
                }}
              >
                {byPin ? words.people.byPassword : words.people.byPin}
              </Button>
              <a href="/join">{words.people.pupilDoor}</a>
            </>
          ) : null}
        </form>
        {me.signOn === undefined ? null : (
          <nav className="stack" aria-label={words.signIn.title}>
            {me.signOn.map(({ id, name }) => (
              <Button key={id} component="a" href={`/api/v1/sign-on/${id}`} variant="default" fullWidth>
                {name}
              </Button>
            ))}
          </nav>
        )}
        {me.demoAccounts === undefined || me.demoAccounts.length === 0 ? null : (
          <section className="door-demo" aria-label={words.signIn.demo}>
            <p className="small quiet">{words.signIn.demo}</p>
            <ul className="plain">
              {me.demoAccounts.map(account => (
                <li key={account.login}>
                  <button
                    type="button"
                    className="door-account"
                    disabled={busy}
                    aria-label={words.signIn.demoUse(account.login)}
                    onClick={() => enter(account.login, account.password)}
                  >
                    <span>{account.login}</span>
                    <span className="quiet small">{roleWord(account.role, words.role)}</span>
                  </button>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </div>
  )
}

/** How a sign-on elsewhere ended, as the server's redirect says (`/?sign-on=away`). */
function signOnTrouble({ signOn }: Words): string | undefined {
  const outcome = new URLSearchParams(window.location.search).get('sign-on')
  return outcome === 'away' || outcome === 'refused' || outcome === 'unknown' ? signOn[outcome] : undefined
}

function roleWord(role: string, roles: Record<string, string>): string {
  return roles[role] ?? role
}
