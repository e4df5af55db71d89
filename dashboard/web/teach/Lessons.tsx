// Lessons: which are booked, and booking, changing and cancelling them.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Lesson } from '../../../protocols/contract/lesson.ts'
import type { Roster, SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { useNow } from '../live/use.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { LessonDialog } from './LessonDialog.tsx'
import { usePlanWords } from './plan-words.ts'

export function Lessons({ picture, roster }: { picture: SitePicture; roster: Roster | undefined }) {
  const { lesson: words } = usePlanWords()
  const { offer } = useReader()
  const now = useNow()
  const [edited, edit] = useState<Lesson | 'new'>()
  const lessons = Object.values(picture.lessons ?? {})
    .filter(({ until }) => until > now)
    .sort((a, b) => a.from - b.from)
  return (
    <section className="plan-part" aria-labelledby="lessons">
      <div className="section-head">
        <h2 id="lessons">{words.title}</h2>
        {lessons.length === 0 ? null : <span className="count">{lessons.length}</span>}
        {offer('lesson.book') === 'yes' ? (
          <Button className="head-deed" onClick={() => edit('new')}>
            {words.book}
          </Button>
        ) : null}
      </div>
      <div className="panel">
        {lessons.length === 0 ? <p className="panel-body quiet">{words.none}</p> : null}
        <ul className="plain">
          {lessons.map(lesson => (
            <LessonRow key={lesson.id} lesson={lesson} picture={picture} roster={roster} onChange={() => edit(lesson)} />
          ))}
        </ul>
      </div>
      {edited === undefined ? null : (
        <LessonDialog picture={picture} roster={roster} lesson={edited === 'new' ? undefined : edited} onClose={() => edit(undefined)} />
      )}
    </section>
  )
}

type RowProps = { lesson: Lesson; picture: SitePicture; roster: Roster | undefined; onChange: () => void }

function LessonRow({ lesson, picture, roster, onChange }: RowProps) {
  const { forms } = useSpeech()
  const { lesson: words } = usePlanWords()
  const { offer } = useReader()
  const { ask, asking } = useAsking(picture.site)
  const now = useNow()
  const [cancelling, setCancelling] = useState(false)
  const cancel = { kind: 'lesson.cancel', lesson: lesson.id } as const
  const group = roster?.groups.find(({ id }) => id === lesson.group)?.name
  const machines = lesson.machines.map(id => picture.machines[id]?.declaration.name ?? id)
  return (
    <li className="lesson-row">
      <div className="lesson-what">
        <p className="lesson-title">
          <strong>{lesson.title}</strong>
          {lesson.from <= now ? <span className="lesson-now">{words.nowGoing}</span> : null}
        </p>
        <p className="figures">{forms.range(lesson.from, lesson.until, now)}</p>
        <p className="small second meta">
          <span>{lesson.group === undefined ? words.staffOnly : group}</span>
          <span>{machines.join(', ')}</span>
          <span className="quiet">{words.by(lesson.by.name)}</span>
        </p>
      </div>
      <div className="row lesson-deeds">
        <Button
          component={Link}
          href={`/sites/${picture.site}/lessons/${lesson.id}`}
          variant="default"
          aria-label={words.openOf(lesson.title)}
        >
          {words.open}
        </Button>
        {offer('lesson.book') === 'yes' ? (
          <>
            <Button variant="default" aria-label={words.changeOf(lesson.title)} onClick={onChange}>
              {words.change}
            </Button>
            <Button
              variant="subtle"
              color="gray"
              aria-label={words.cancelOf(lesson.title)}
              loading={asking(cancel)}
              onClick={() => setCancelling(true)}
            >
              {words.cancel}
            </Button>
          </>
        ) : null}
      </div>
      <Confirm
        opened={cancelling}
        title={words.cancelTitle(lesson.title)}
        deed={words.cancel}
        keep={words.keep}
        onKeep={() => setCancelling(false)}
        onConfirm={async () => {
          setCancelling(false)
          await ask(cancel)
        }}
      >
        <p>{words.cancelText}</p>
      </Confirm>
    </li>
  )
}
