// A request looked at closely: what the school's check says of its file, and the three answers.
import { useEffect, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { Finding } from '../../../protocols/contract/program.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { ask } from '../live/server.ts'
import { useReader } from '../rights.tsx'
import type { Requested } from '../school/waits.ts'
import { FindingList } from '../submit/Checked.tsx'
import { findingsFor } from '../submit/fitting.ts'
import { useSpeech } from '../words/speech.tsx'
import { Answers } from './CheckRow.tsx'
import '../styles/teach.css'

export function CheckJob({ picture, job }: { picture: SitePicture; job: Job }) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const findings = useFindings(job)
  const copies = Object.values(picture.jobs).filter(each => each.ticket === job.ticket && each.state === 'submitted' && each.id !== job.id)
  const request: Requested = [job, ...copies]
  return (
    <section className="stack" style={{ gap: 8 }} aria-label={words.teach.check.title}>
      <h3 className="label">{words.teach.check.title}</h3>
      {findings === 'reading' ? <p className="second">{words.teach.check.reading}</p> : null}
      {findings === 'unread' ? <p className="second">{words.teach.check.unread}</p> : null}
      {typeof findings === 'string' ? null : <FindingList findings={findings} />}
      {offer('job.approve') === 'yes' ? <Answers key={job.id} request={request} picture={picture} /> : null}
    </section>
  )
}

/** The findings that matter for the machines it may get; the school keeps the analysis, so asking again is quick. */
function useFindings({ site, program, wanted, suitable }: Job): readonly Finding[] | 'reading' | 'unread' {
  const [findings, setFindings] = useState<readonly Finding[] | 'reading' | 'unread'>('reading')
  const { sha256, name, size } = program
  const meant = wanted ?? suitable.join()
  useEffect(() => {
    let gone = false
    setFindings('reading')
    void ask(site, { kind: 'program.check', sha256, name, size }).then(asked => {
      if (gone) return
      const checked = asked.outcome === 'replied' && asked.reply.outcome === 'done' ? asked.reply.program : undefined
      if (checked === undefined) return setFindings('unread')
      const told = new Map(
        meant
          .split(',')
          .flatMap(machine => findingsFor(checked, machine))
          .map(each => [each.code, each]),
      )
      setFindings([...told.values()])
    })
    return () => {
      gone = true
    }
  }, [site, sha256, name, size, meant])
  return findings
}
