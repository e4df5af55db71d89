// Sending a request back: what is to be mended in words, some of them ready-made, and where, as a pin on the model.
import { Button, Modal, NumberInput, Textarea } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import type { Job, Mark } from '../../../protocols/contract/job.ts'
import { useFocusBack } from '../parts/focus-back.ts'
import { LazyToolpath } from '../preview/LazyToolpath.tsx'
import { useSpeech } from '../words/speech.tsx'

type Props = { job: Job; onClose: () => void; onReturn: (comment: string, mark: Mark | undefined) => Promise<void> }

export function ReturnDialog({ job, onClose, onReturn }: Props) {
  useFocusBack()
  const { words, forms } = useSpeech()
  const { back } = words.teach
  const narrow = useMediaQuery('(max-width: 760px)')
  const [comment, setComment] = useState('')
  const [mark, setMark] = useState<Mark>()
  const [sending, setSending] = useState(false)
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setSending(true)
    await onReturn(comment.trim(), mark)
    setSending(false)
  }
  const add = (chip: string) =>
    setComment(before => (before.includes(chip) ? before : [before.trim(), chip].filter(part => part !== '').join(' ')))
  return (
    <Modal
      opened
      onClose={onClose}
      fullScreen={narrow ?? false}
      size={1000}
      title={`${words.job.returnTitle} ${words.job.ticket(job.ticket)} ${job.program.name}`}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': words.submit.close }}
    >
      <form className="return" onSubmit={send}>
        <div className="stack" style={{ gap: 10 }}>
          <fieldset className="bare">
            <legend>{back.chips}</legend>
            <div className="row">
              {back.chip.map(chip => (
                <button key={chip} type="button" className="word-chip" aria-pressed={comment.includes(chip)} onClick={() => add(chip)}>
                  {chip}
                </button>
              ))}
            </div>
          </fieldset>
          <Textarea
            label={words.job.returnComment}
            placeholder={words.job.returnHint}
            value={comment}
            maxLength={1000}
            minRows={4}
            autosize
            required
            withAsterisk={false}
            data-autofocus
            onChange={event => setComment(event.currentTarget.value)}
          />
          <div className="row return-deeds">
            <Button type="submit" loading={sending} disabled={comment.trim() === ''}>
              {words.job.returnSend}
            </Button>
            <Button variant="default" onClick={onClose}>
              {words.asked.keep}
            </Button>
          </div>
        </div>
        <section className="stack" style={{ gap: 10 }} aria-label={back.place}>
          <h3 className="label">{back.place}</h3>
          <p className="small second">{back.placeHint}</p>
          <LazyToolpath sha256={job.program.sha256} height={narrow === true ? 260 : 340} mark={mark} onMark={setMark} />
          {mark === undefined ? null : (
            <p className="row small figures" role="status">
              <span>
                {back.placeSet(forms.number(mark.x, 1), forms.number(mark.y, 1))}
                {mark.layer === undefined ? '' : `, ${back.placeLayer(mark.layer + 1)}`}
              </span>
              <Button variant="subtle" color="gray" onClick={() => setMark(undefined)}>
                {back.placeGone}
              </Button>
            </p>
          )}
          <ByNumbers mark={mark} onMark={setMark} />
        </section>
      </form>
    </Modal>
  )
}

/** The same mark for whoever cannot point at a picture. */
function ByNumbers({ mark, onMark }: { mark: Mark | undefined; onMark: (mark: Mark) => void }) {
  const { words } = useSpeech()
  const { back } = words.teach
  const change = (part: Partial<Mark>) => {
    const { x = 0, y = 0, layer, z } = mark ?? {}
    // The height goes with the layer that was drawn; another layer has its own.
    onMark({ x, y, ...(layer !== undefined && { layer }), ...(z !== undefined && part.layer === undefined && { z }), ...part })
  }
  const field = (label: string, value: number | undefined, set: (value: number) => void, min?: number) => (
    <NumberInput
      label={label}
      value={value ?? ''}
      hideControls
      allowDecimal={min === undefined}
      {...(min === undefined ? {} : { min })}
      onChange={next => typeof next === 'number' && set(next)}
    />
  )
  return (
    <details className="small">
      <summary>{back.byNumbers}</summary>
      <div className="by-numbers">
        {field(back.x, mark?.x, x => change({ x }))}
        {field(back.y, mark?.y, y => change({ y }))}
        {field(
          back.layer,
          mark?.layer === undefined ? undefined : mark.layer + 1,
          layer => change({ layer: Math.max(0, Math.round(layer) - 1) }),
          1,
        )}
      </div>
    </details>
  )
}
