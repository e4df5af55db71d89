// Who is looking, and which page that person sees.
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import type { Author } from '../../protocols/contract/job.ts'
import type { Me } from '../../protocols/contract/screen.ts'
import { SignedOutProvider } from './asking.tsx'
import { readMe, type Trouble } from './live/server.ts'
import { LiveProvider } from './live/use.tsx'
import { City } from './pages/City.tsx'
import { Missing } from './pages/Missing.tsx'
import { School } from './pages/School.tsx'
import { SignIn } from './pages/SignIn.tsx'
import { Drawn } from './parts/Drawn.tsx'
import { Header } from './parts/Header.tsx'
import { PageSkeleton } from './parts/PageSkeleton.tsx'
import { ReaderProvider } from './rights.tsx'
import { useSpeech } from './words/speech.tsx'

const Care = lazy(async () => ({ default: (await import('./pages/Care.tsx')).Care }))
const CityCare = lazy(async () => ({ default: (await import('./pages/CityCare.tsx')).CityCare }))
const Keys = lazy(async () => ({ default: (await import('./pages/Keys.tsx')).Keys }))
const Conditions = lazy(async () => ({ default: (await import('./pages/Conditions.tsx')).Conditions }))
const Figures = lazy(async () => ({ default: (await import('./pages/Figures.tsx')).Figures }))
const Staff = lazy(async () => ({ default: (await import('./pages/Staff.tsx')).Staff }))
const People = lazy(async () => ({ default: (await import('./pages/People.tsx')).People }))
const Plan = lazy(async () => ({ default: (await import('./pages/Plan.tsx')).Plan }))
const Lesson = lazy(async () => ({ default: (await import('./pages/Lesson.tsx')).Lesson }))
const Machine = lazy(async () => ({ default: (await import('./pages/Machine.tsx')).Machine }))

/** How often a page that could not reach its server at the start tries again. */
const retryMs = 3000

export function App() {
  const { words } = useSpeech()
  const [me, setMe] = useState<Me | Trouble>()
  const read = useCallback(async () => setMe(await readMe()), [])
  useEffect(() => {
    void read()
  }, [read])
  const unreachable = me !== undefined && 'trouble' in me && me.trouble !== 'signed-out'
  useEffect(() => {
    if (!unreachable) return
    const timer = setInterval(read, retryMs)
    return () => clearInterval(timer)
  }, [unreachable, read])
  const signedOut = useCallback(() => setMe(before => withoutAuthor(before)), [])

  if (me === undefined) return <PageSkeleton />
  if ('trouble' in me) {
    if (me.trouble === 'signed-out') return <SignIn me={withoutAuthor(undefined)} onSignedIn={setMe} />
    return (
      <main className="page stack" aria-live="polite">
        <p>{words.asked.offline}</p>
        <PageSkeleton />
      </main>
    )
  }
  const { author } = me
  if (author === undefined) return <SignIn me={me} onSignedIn={setMe} />
  return <Inside key={author.id} me={{ ...me, author }} signedOut={signedOut} onSignOut={read} />
}

function Inside({ me, signedOut, onSignOut }: { me: Me & { author: Author }; signedOut: () => void; onSignOut: () => void }) {
  const { words } = useSpeech()
  const first = firstPage(me)
  const [place] = useLocation()
  return (
    <ReaderProvider me={me} readAgain={onSignOut}>
      <SignedOutProvider signedOut={signedOut}>
        <LiveProvider signedOut={signedOut}>
          <a className="skip" href="#content">
            {words.nav.skip}
          </a>
          <Arrival />
          <Header onSignedOut={onSignOut} />
          <Suspense fallback={<PageSkeleton />}>
            <Drawn key={place} page>
              <Switch>
                <Route path="/">{first === '/' ? <City /> : <Redirect to={first} replace />}</Route>
                {me.author.role === 'technician' || me.author.role === 'administrator' ? (
                  <Route path="/health">
                    <Conditions />
                  </Route>
                ) : null}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/figures">
                    <Figures />
                  </Route>
                )}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/figures/:site">{({ site }) => <Figures key={site} site={site} />}</Route>
                )}
                {me.author.role === 'technician' || me.author.role === 'administrator' ? (
                  <Route path="/care">{first === '/' ? <CityCare /> : <Redirect to={`${first}/care`} replace />}</Route>
                ) : null}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/sites/:site/care">{({ site }) => <Care key={site} site={site} />}</Route>
                )}
                <Route path="/sites/:site">{({ site }) => <School key={site} site={site} />}</Route>
                {me.author.role === 'pupil' ? null : (
                  <Route path="/sites/:site/people">{({ site }) => <People key={site} site={site} />}</Route>
                )}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/sites/:site/plan">{({ site }) => <Plan key={site} site={site} />}</Route>
                )}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/sites/:site/lessons/:lesson">
                    {({ site, lesson }) => <Lesson key={lesson} site={site} lesson={lesson} />}
                  </Route>
                )}
                <Route path="/sites/:site/machines/:machine">
                  {({ site, machine }) => <Machine key={`${site}/${machine}`} site={site} machine={machine} />}
                </Route>
                {me.keepsStaff ? (
                  <Route path="/staff">
                    <Staff />
                  </Route>
                ) : null}
                {me.author.role === 'pupil' ? null : (
                  <Route path="/keys">
                    <Keys />
                  </Route>
                )}
                <Route>
                  <Missing />
                </Route>
              </Switch>
            </Drawn>
          </Suspense>
        </LiveProvider>
      </SignedOutProvider>
    </ReaderProvider>
  )
}

/** A new page is begun at its top, by eye and by keyboard; going back leaves the place to the browser. */
function Arrival() {
  const [place] = useLocation()
  const before = useRef(place)
  const popped = useRef(false)
  useEffect(() => {
    const back = () => {
      popped.current = true
    }
    window.addEventListener('popstate', back)
    return () => window.removeEventListener('popstate', back)
  }, [])
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    if (!popped.current) window.scrollTo(0, 0)
    popped.current = false
    return focusWhenThere('content')
  }, [place])
  return null
}

/** Focuses it now, or as soon as it is drawn if nobody has gone elsewhere by then. Returns what ends the waiting. */
function focusWhenThere(id: string): () => void {
  const before = document.activeElement
  const look = () => {
    const element = document.getElementById(id)
    if (element === null) return false
    const at = document.activeElement
    if (at === before || at === document.body) element.focus({ preventScroll: true })
    return true
  }
  if (look()) return () => {}
  const watch = new MutationObserver(() => {
    if (look()) watch.disconnect()
  })
  watch.observe(document.body, { childList: true, subtree: true })
  return () => watch.disconnect()
}

/** Whoever sees one school starts in it; the wall is for those who see many. */
function firstPage({ scope, sites }: Me): string {
  if (scope.kind === 'school') return `/sites/${scope.site}`
  const [only, second] = sites
  return only !== undefined && second === undefined ? `/sites/${only.id}` : '/'
}

/** The same place as seen by nobody in particular. */
function withoutAuthor(me: Me | Trouble | undefined): Me {
  if (me === undefined || 'trouble' in me) return { sites: [], scope: { kind: 'city' } }
  const { author: _gone, ...rest } = me
  return rest
}
