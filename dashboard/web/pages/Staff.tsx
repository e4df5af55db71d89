// «Сотрудники»: who may sign in, for the city's administrators: invited, changed, shut out and let in again.
import { ActionIcon, Button, Menu, Modal, TextInput } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { StaffChange, StaffMember } from '../../../protocols/contract/staff.ts'
import { tellDone, tellTrouble, troubleText } from '../asking.tsx'
import type { Trouble } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { CopyLine } from '../parts/CopyLine.tsx'
import { Icon } from '../parts/Icon.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { dayText } from '../people/day.ts'
import { useReader } from '../rights.tsx'
import { StaffForm } from '../staff/StaffForm.tsx'
import { changeStaff, inviteStaff, readStaff } from '../staff/server.ts'
import { useSpeech } from '../words/speech.tsx'
import '../styles/people.css'

type Invitation = { member: StaffMember; path: string }

export function Staff() {
  const speech = useSpeech()
  const { words } = speech
  useTitle(words.staff.title)
  const [staff, setStaff] = useState<StaffMember[] | Trouble>()
  const [adding, setAdding] = useState(false)
  const [wanted, setWanted] = useState('')
  const [made, setMade] = useState<Invitation>()
  const read = useCallback(async () => {
    const answer = await readStaff()
    setStaff('trouble' in answer ? answer : answer.staff)
  }, [])
  useEffect(() => {
    void read()
  }, [read])
  if (staff === undefined) return <PageSkeleton />
  const known = 'trouble' in staff ? [] : staff
  const shown = known.filter(({ name, login }) => `${name} ${login}`.toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <main id="content" tabIndex={-1} className="page people">
      <LinkBanner />
      <div className="page-head">
        <div className="grow">
          <h1>{words.staff.title}</h1>
          <p className="second keys-lead">{words.staff.lead}</p>
        </div>
        <Button size="md" onClick={() => setAdding(true)}>
          {words.staff.add}
        </Button>
      </div>
      <div aria-live="polite">{made === undefined ? null : <MadeInvitation key={made.path} made={made} />}</div>
      {'trouble' in staff ? (
        <div className="panel panel-body stack">
          <p>{staff.trouble === 'denied' ? troubleText(staff, speech) : words.staff.unread}</p>
          <div>
            <Button variant="default" onClick={read}>
              {words.staff.retry}
            </Button>
          </div>
        </div>
      ) : (
        <section className="panel" aria-label={words.staff.title}>
          <div className="panel-body people-tools">
            <TextInput
              type="search"
              label={words.staff.find}
              value={wanted}
              onChange={event => setWanted(event.currentTarget.value)}
              autoComplete="off"
            />
          </div>
          {shown.length === 0 ? <p className="panel-body quiet">{words.staff.none}</p> : null}
          <ul className="plain">
            {shown.map(member => (
              <StaffRow key={member.login} member={member} onChange={read} onInvited={setMade} />
            ))}
          </ul>
        </section>
      )}
      <Modal
        opened={adding}
        onClose={() => setAdding(false)}
        title={words.staff.add}
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        <StaffForm
          onClose={() => setAdding(false)}
          onAdded={invitation => {
            setMade(invitation)
            void read()
          }}
        />
      </Modal>
    </main>
  )
}

function MadeInvitation({ made: { member, path } }: { made: Invitation }) {
  const { words } = useSpeech()
  return (
    <section className="panel staff-made" aria-labelledby="made-invitation">
      <div className="panel-head">
        <h2 id="made-invitation">{words.staff.linkFor(member.name)}</h2>
      </div>
      <div className="panel-body stack">
        <p className="note tone-attention">{words.staff.linkOnce}</p>
        <CopyLine label={words.staff.link} value={`${window.location.origin}${path}`} />
      </div>
    </section>
  )
}

type RowProps = { member: StaffMember; onChange: () => void; onInvited: (invitation: Invitation) => void }

function StaffRow({ member, onChange, onInvited }: RowProps) {
  const speech = useSpeech()
  const { words, language } = speech
  const { me } = useReader()
  const now = useNow()
  const [busy, setBusy] = useState(false)
  const [editing, setEditing] = useState(false)
  const [closing, setClosing] = useState(false)
  const own = member.id === me.author.id
  const change = async (what: StaffChange, said: string) => {
    setBusy(true)
    const answer = await changeStaff(member.login, what)
    setBusy(false)
    setClosing(false)
    if ('trouble' in answer) tellTrouble(troubleText(answer, speech), speech)
    else tellDone(said, speech)
    onChange()
  }
  const invite = async () => {
    setBusy(true)
    const answer = await inviteStaff(member.login)
    setBusy(false)
    if ('trouble' in answer) tellTrouble(troubleText(answer, speech), speech)
    else onInvited(answer)
    onChange()
  }
  const where = member.sites === 'all' ? words.staff.allSites : placesOf(member.sites, me.sites, words.staff.siteCount)
  const invited = member.invitedUntil !== undefined && member.invitedUntil > now
  return (
    <li className="people-row">
      <div className="people-what">
        <p className={member.state === 'closed' ? 'quiet' : 'people-name'}>{member.name}</p>
        <p className="small quiet">{[member.login, words.role[member.role], where].join(' · ')}</p>
        {member.state === 'closed' ? <p className="small">{words.staff.closed}</p> : null}
        {member.state === 'invited' ? (
          <p className="small">{invited ? words.staff.invited(dayText(member.invitedUntil ?? 0, language)) : words.staff.expired}</p>
        ) : null}
      </div>
      {member.source === 'file' ? (
        <p className="small quiet">{words.staff.inFile}</p>
      ) : (
        <div className="row">
          {member.state === 'closed' ? (
            <Button
              variant="default"
              loading={busy}
              aria-label={words.staff.openOf(member.name)}
              onClick={() => change({ closed: false }, words.staff.opened)}
            >
              {words.staff.open}
            </Button>
          ) : (
            <>
              <Button variant="default" aria-label={words.staff.changeOf(member.name)} onClick={() => setEditing(true)}>
                {words.staff.change}
              </Button>
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon variant="default" loading={busy} aria-label={words.staff.moreOf(member.name)}>
                    <Icon name="more" />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={invite}>{words.staff.again}</Menu.Item>
                  {own ? null : <Menu.Item onClick={() => setClosing(true)}>{words.staff.close}</Menu.Item>}
                </Menu.Dropdown>
              </Menu>
            </>
          )}
        </div>
      )}
      <Modal
        opened={editing}
        onClose={() => setEditing(false)}
        title={member.name}
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        <StaffForm member={member} own={own} onClose={() => setEditing(false)} onChanged={onChange} />
      </Modal>
      <Confirm
        opened={closing}
        title={words.staff.closeTitle}
        deed={words.staff.close}
        busy={busy}
        onKeep={() => setClosing(false)}
        onConfirm={() => change({ closed: true }, words.staff.closed)}
      >
        <p>{words.staff.closeText(member.name)}</p>
      </Confirm>
    </li>
  )
}

/** Two names say more than a number; of many the number says more. */
function placesOf(sites: readonly string[], known: readonly { id: string; name: string }[], count: (n: number) => string): string {
  if (sites.length > 2) return count(sites.length)
  return sites.map(site => known.find(({ id }) => id === site)?.name ?? site).join(', ')
}
