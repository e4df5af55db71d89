// The ticket a pupil leaves with: its number, its code for the telephone, the way to its page.
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { readTicketPath } from '../people/server.ts'
import { useSpeech } from '../words/speech.tsx'
import '../styles/sent.css'

/** The picture of the school may hear of the job a moment after its reply; so often and so long it is asked. */
const againMs = 700
const triesMax = 12

export function Sent({ site, ticket, job, onDone }: { site: string; ticket: number; job: string; onDone: () => void }) {
  const { words, language } = useSpeech()
  const path = useTicketPath(site, job)
  return (
    <div className="stack" role="status">
      <div className="sent-ticket">
        {path === undefined ? null : <img src={`${path}/qr`} alt={words.people.ticketLink} width={168} height={168} />}
        <div>
          <p className="sent-number figures">{words.job.ticket(ticket)}</p>
          <p>{words.people.sentText}</p>
        </div>
      </div>
      <div className="row">
        {path === undefined ? null : (
          <Button component="a" href={`${path}?lang=${language}`} target="_blank">
            {words.people.openTicket}
          </Button>
        )}
        <Button variant="default" onClick={onDone}>
          {words.people.done}
        </Button>
      </div>
    </div>
  )
}

/** Path of the job's ticket page, once the server knows the job. */
export function useTicketPath(site: string, job: string): string | undefined {
  const [path, setPath] = useState<string>()
  useEffect(() => {
    let left = triesMax
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const read = async () => {
      const found = await readTicketPath(site, job)
      if (gone) return
      if (found !== undefined) setPath(found)
      else if (--left > 0) timer = setTimeout(read, againMs)
    }
    void read()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [site, job])
  return path
}
