// Files sent from one's slicer that brought no job (yet): why not, or what they wait for. The slicer was told before anybody knew.
import { Button } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import type { SlicerFile } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { Glyph } from '../parts/Glyph.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { forgetSentFile, readSentFiles } from './server.ts'
import '../styles/teach.css'

/** A school that comes back checks what waited for it within seconds. */
const lookAgainMs = 15_000

export type SentFilesHeld = { files: readonly SlicerFile[]; forget: (id: string) => void }

/** Of this school; looked for again while something is open. `sure`: the school is heard. */
export function useSentFiles(site: string, sure: boolean): SentFilesHeld {
  const { me } = useReader()
  const [files, setFiles] = useState<readonly SlicerFile[]>([])
  const staff = me.author.role !== 'pupil'
  const look = useCallback(async () => {
    const told = await readSentFiles()
    if ('files' in told) setFiles(told.files.filter(file => file.site === site))
  }, [site])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a school that is heard again may have answered
  useEffect(() => {
    if (staff) void look()
  }, [staff, look, sure])
  const open = files.some(({ denial }) => denial === undefined)
  useEffect(() => {
    if (!open) return
    const timer = setInterval(() => void look(), lookAgainMs)
    return () => clearInterval(timer)
  }, [open, look])
  const forget = useCallback((id: string) => {
    setFiles(before => before.filter(file => file.id !== id))
    void forgetSentFile(id)
  }, [])
  return { files, forget }
}

export function SentFiles({ files, forget }: SentFilesHeld) {
  const { words, say, forms } = useSpeech()
  const now = useNow()
  const said = words.teach.sentFiles
  return (
    <section className="panel checks" aria-labelledby="sent-files">
      <div className="panel-head">
        <h3 id="sent-files">{said.title}</h3>
        <span className="count">{files.length}</span>
      </div>
      <ul className="plain">
        {files.map(({ id, name, at, denial }) => (
          <li key={id} className="check-row">
            <div className="check-what">
              <p className="check-name">
                <span className="job-name-text">{name}</span>
                <span className="small quiet check-age">{forms.moment(at, now)}</span>
              </p>
              {denial === undefined ? (
                <p className="small second">{said.waits}</p>
              ) : (
                <ul className="plain small check-asks tone-attention">
                  <li>
                    <Glyph shape="attention" size={15} />
                    <span>
                      {said.refused} {say(denial.text)} {denial.help === undefined ? null : say(denial.help)}
                    </span>
                  </li>
                </ul>
              )}
              {denial === undefined ? null : (
                <div className="row check-deeds">
                  <Button variant="default" aria-label={said.readOf(name)} onClick={() => forget(id)}>
                    {said.read}
                  </Button>
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
