// A request looked at closely: what the school's check says of its file, and the three answers.
import { useEffect, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { Finding } from '../../../protocols/contract/program.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import type { Sentence } from '../../../protocols/contract/words.ts'
import { type Asked, ask } from '../live/server.ts'
import { useReader } from '../rights.tsx'
import type { Requested } from '../school/waits.ts'
import { FindingList } from '../submit/Checked.tsx'
import { findingsFor } from '../submit/fitting.ts'
import { useSpeech } from '../words/speech.tsx'
import { Answers } from './CheckRow.tsx'
import '../styles/teach.css'

export function CheckJob({ picture, job }: { picture: SitePicture; job: Job }) {
  const { words, say } = useSpeech()
  const { offer } = useReader()
  const findings = useFindings(job)
  const copies = Object.values(picture.jobs).filter(each => each.ticket === job.ticket && each.state === 'submitted' && each.id !== job.id)
  const request: Requested = [job, ...copies]
  return (
    <section className="stack" style={{ gap: 8 }} aria-label={words.teach.check.title}>
      <h3 className="label">{words.teach.check.title}</h3>
      {findings === 'reading' ? <p className="second">{words.teach.check.reading}</p> : null}
      {typeof findings === 'object' && 'unread' in findings ? (
        <p className="second">{findings.unread === undefined ? words.teach.check.unread : say(findings.unread)}</p>
      ) : null}
      {Array.isArray(findings) ? <FindingList findings={findings} /> : null}
      {offer('job.approve') === 'yes' ? <Answers key={job.id} request={request} picture={picture} /> : null}
    </section>
  )
}

/** With the school's own reason, where it gave one. */
type Unread = { readonly unread: Sentence | undefined }

function refusalOf(asked: Asked): Sentence | undefined {
  if (asked.outcome === 'replied' && asked.reply.outcome === 'refused') return asked.reply.denial.text
  return asked.outcome === 'failed' && asked.trouble === 'denied' ? asked.denial.text : undefined
}

/** The findings that matter for the machines it may get; the school keeps the analysis, so asking again is quick. */
function useFindings({ site, program, wanted, suitable }: Job): Finding[] | 'reading' | Unread {
  const [findings, setFindings] = useState<Finding[] | 'reading' | Unread>('reading')
  const { sha256, name, size } = program
  const meant = wanted ?? suitable.join()
  useEffect(() => {
    let gone = false
    setFindings('reading')
    void ask(site, { kind: 'program.check', sha256, name, size }).then(asked => {
      if (gone) return
      const checked = asked.outcome === 'replied' && asked.reply.outcome === 'done' ? asked.reply.program : undefined
      if (checked === undefined) return setFindings({ unread: refusalOf(asked) })
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
