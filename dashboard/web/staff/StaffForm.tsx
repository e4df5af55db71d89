// One person of the staff in a form: a new one to invite, or one whose name, role or sites change.
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type StaffBody, type StaffMember, type StaffRole, staffBodySchema } from '../../../protocols/contract/staff.ts'
import { tellDone, troubleText } from '../asking.tsx'
import type { Trouble } from '../live/server.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { addStaff, changeStaff } from './server.ts'

const roles = ['teacher', 'technician', 'administrator'] as const satisfies readonly StaffRole[]

type Props = {
  onClose: () => void
  /** Of a person who is there already. */
  member?: StaffMember
  /** One's own role and sites are changed by another. */
  own?: boolean
  onChanged?: () => void
  onAdded?: (invitation: { member: StaffMember; path: string }) => void
}

export function StaffForm({ onClose, member, own = false, onChanged, onAdded }: Props) {
  const speech = useSpeech()
  const { words } = speech
  const { me } = useReader()
  const [login, setLogin] = useState(member?.login ?? '')
  const [name, setName] = useState(member?.name ?? '')
  const [role, setRole] = useState<StaffRole>(member?.role ?? 'teacher')
  const [all, setAll] = useState(member?.sites === 'all')
  const [sites, setSites] = useState<readonly string[]>(member === undefined || member.sites === 'all' ? [] : member.sites)
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState(false)
  const [complaint, setComplaint] = useState<string>()
  const loginBad = member === undefined && !staffBodySchema.shape.login.safeParse(login).success
  const sitesBad = !all && sites.length === 0

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    setComplaint(undefined)
    if (loginBad || (!own && sitesBad) || name.trim() === '') return
    const body: StaffBody = { login: login.trim(), name: name.trim(), role, sites: all ? 'all' : [...sites] }
    setBusy(true)
    const trouble = await (member === undefined ? add(body) : change(member.login, body))
    setBusy(false)
    if (trouble === undefined) onClose()
    else setComplaint(troubleText(trouble, speech))
  }

  const add = async (body: StaffBody): Promise<Trouble | undefined> => {
    const added = await addStaff(body)
    if ('trouble' in added) return added
    onAdded?.(added)
    return undefined
  }
  const change = async (of: string, { name: named, role: as, sites: at }: StaffBody): Promise<Trouble | undefined> => {
    const changed = await changeStaff(of, own ? { name: named } : { name: named, role: as, sites: at })
    if ('trouble' in changed) return changed
    tellDone(words.staff.saved, speech)
    onChanged?.()
    return undefined
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextInput
        label={words.staff.name}
        value={name}
        maxLength={80}
        required
        withAsterisk={false}
        data-autofocus
        error={tried && name.trim() === '' ? words.staff.nameBad : undefined}
        onChange={event => setName(event.currentTarget.value)}
      />
      {member === undefined ? (
        <TextInput
          label={words.staff.login}
          description={words.staff.loginHint}
          value={login}
          maxLength={40}
          required
          withAsterisk={false}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          error={tried && loginBad ? words.staff.loginBad : undefined}
          onChange={event => setLogin(event.currentTarget.value)}
        />
      ) : null}
      {own ? null : (
        <>
          <NativeSelect
            label={words.staff.role}
            data={roles.map(value => ({ value, label: words.role[value] }))}
            value={role}
            onChange={event => setRole(roles.find(one => one === event.currentTarget.value) ?? 'teacher')}
          />
          <Checkbox.Group
            label={words.staff.sites}
            value={all ? [] : [...sites]}
            onChange={setSites}
            error={tried && sitesBad ? words.staff.noSites : undefined}
          >
            <div className="staff-sites">
              <Checkbox label={words.staff.allSites} checked={all} onChange={event => setAll(event.currentTarget.checked)} value="" />
              {me.sites.map(({ id, name: siteName }) => (
                <Checkbox key={id} value={id} label={siteName} disabled={all} />
              ))}
            </div>
          </Checkbox.Group>
        </>
      )}
      <div role="alert">{complaint === undefined ? null : <p className="note tone-fault">{complaint}</p>}</div>
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {words.asked.keep}
        </Button>
        <Button type="submit" loading={busy}>
          {member === undefined ? words.staff.invite : words.staff.save}
        </Button>
      </div>
    </form>
  )
}
