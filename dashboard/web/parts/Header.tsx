// The strip above every page: where we are, whether what we see is live, language, clothes, and the way out.
import { ActionIcon, Menu } from '@mantine/core'
import { useState } from 'react'
import { Link, useLocation, useRoute } from 'wouter'
import { useKept } from '../guide/kept.ts'
import { HealthLink } from '../health/HealthLink.tsx'
import { signOut } from '../live/server.ts'
import { useView } from '../live/use.tsx'
import { PinDialog } from '../people/PinDialog.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './Icon.tsx'
import { LanguageSwitch, Looks } from './Settings.tsx'

export function Header({ onSignedOut }: { onSignedOut: () => void }) {
  const { words } = useSpeech()
  const { me, readAgain } = useReader()
  const [, go] = useLocation()
  const [choosingPin, choosePin] = useState(false)
  const [guide, keepGuide] = useKept(me.author.id)
  const leave = async () => {
    await signOut()
    go('/')
    onSignedOut()
  }
  return (
    <header className="top">
      <div className="top-inner">
        <Link className="brand" href="/" aria-label={`${words.brand.name} — ${words.brand.about}`}>
          <Mark />
          <span className="brand-name">{words.brand.name}</span>
        </Link>
        <Crumbs />
        <div className="top-right">
          <HealthLink />
          <LanguageSwitch />
          <Looks />
          <Menu position="bottom-end" width={240}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={me.author.name}>
                <Icon name="person" />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>
                {me.nickname === undefined ? me.author.name : `${me.nickname} (${me.author.name})`} · {words.role[me.author.role]}
              </Menu.Label>
              {me.author.role === 'pupil' ? null : (
                <Menu.Item component={Link} href={careOf(me)}>
                  {words.care.title}
                </Menu.Item>
              )}
              {me.author.role === 'pupil' ? null : (
                <Menu.Item component={Link} href="/keys">
                  {words.nav.slicerKeys}
                </Menu.Item>
              )}
              {me.author.role === 'pupil' ? null : (
                <Menu.Item component={Link} href="/figures">
                  {words.health.figures}
                </Menu.Item>
              )}
              {me.keepsStaff ? (
                <Menu.Item component={Link} href="/staff">
                  {words.staff.title}
                </Menu.Item>
              ) : null}
              {me.pin === undefined ? null : (
                <Menu.Item onClick={() => choosePin(true)}>{me.pin.set ? words.people.pinChange : words.people.pinSet}</Menu.Item>
              )}
              {guide.hidden && hasGuide(me) ? (
                <Menu.Item component={Link} href="/" onClick={() => keepGuide({ hidden: false })}>
                  {words.guide.show}
                </Menu.Item>
              ) : null}
              <Menu.Item onClick={leave}>{words.nav.signOut}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <PinDialog opened={choosingPin} onClose={() => choosePin(false)} onSaved={readAgain} />
        </div>
      </div>
    </header>
  )
}

/** Pupils and teachers find it on their school's page, the others on the city's wall. */
function hasGuide({ scope, author }: ReturnType<typeof useReader>['me']): boolean {
  return author.role === 'pupil' || author.role === 'teacher' || scope.kind === 'city'
}

/** Of one's own school, or of all. */
function careOf({ scope, sites, author }: ReturnType<typeof useReader>['me']): string {
  const [only, second] = sites
  if (scope.kind === 'school') return `/sites/${scope.site}/care`
  return only !== undefined && (second === undefined || author.role === 'teacher') ? `/sites/${only.id}/care` : '/care'
}

/** City → school → machine, as far as this person may climb. */
function Crumbs() {
  const { words } = useSpeech()
  const { me } = useReader()
  const [inSchool, school] = useRoute('/sites/:site')
  const [inMachine, machine] = useRoute('/sites/:site/machines/:machine')
  const site = inMachine ? machine.site : inSchool ? school.site : undefined
  const wall = me.scope.kind === 'city' && me.sites.length !== 1
  const siteName = me.sites.find(each => each.id === site)?.name ?? site
  return (
    <nav className="crumbs" aria-label={words.nav.main}>
      {wall && site !== undefined ? (
        <>
          <Link className={inMachine ? 'wide-crumb' : 'back-crumb'} href="/">
            {words.nav.city}
          </Link>
          <Slash />
        </>
      ) : null}
      {site !== undefined && inMachine ? (
        <>
          <Link className="shrink back-crumb" href={`/sites/${site}`}>
            {siteName}
          </Link>
          <Slash />
          <MachineCrumb site={machine.site} machine={machine.machine} />
        </>
      ) : null}
      {site !== undefined && !inMachine && wall ? (
        <span className="last wide-crumb" aria-current="page">
          {siteName}
        </span>
      ) : null}
    </nav>
  )
}

function Slash() {
  return (
    <span className="quiet wide-crumb" aria-hidden="true">
      /
    </span>
  )
}

function MachineCrumb({ site, machine }: { site: string; machine: string }) {
  const sight = useView({ kind: 'machine', site, machine })
  const name = sight.state === 'seen' && sight.snapshot.kind === 'machine' ? sight.snapshot.machine.declaration.name : ''
  return (
    <span className="last wide-crumb" aria-current="page">
      {name}
    </span>
  )
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#26415f" />
      <path d="M7 7v13h12V7M19 20h5v5" fill="none" stroke="#fff" strokeWidth="3.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}
