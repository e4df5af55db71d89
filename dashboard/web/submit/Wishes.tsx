// What a person wishes of a job: which machine, how many copies, a remark.
import { ActionIcon, Checkbox, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Program, Suitability } from '../../../protocols/contract/program.ts'
import type { MachinePicture, SitePicture } from '../../../protocols/contract/screen.ts'
import { useNow } from '../live/use.tsx'
import { lookOf } from '../looks.ts'
import { Icon } from '../parts/Icon.tsx'
import { StateLine } from '../parts/State.tsx'
import { dayValue } from '../people/day.ts'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'
import { asksLeave, fitOf, takers } from './fitting.ts'

export type Wish = {
  machine?: string
  copies: number
  comment: string
  material: string
  colour: string
  /** Of a date field; empty: none. */
  deadline: string
  allowConstantPower: boolean
}

export const noWish: Wish = { copies: 1, comment: '', material: '', colour: '', deadline: '', allowConstantPower: false }

const copiesMax = 50

/** `program` is absent while the school has not checked the file: then every machine may be named. */
type Props = { picture: SitePicture; program?: Program; wish: Wish; onWish: (wish: Wish) => void }

export function Wishes({ picture, program, wish, onWish }: Props) {
  const { words } = useSpeech()
  const { me } = useReader()
  const now = useNow()
  const mayAllow = me.author.role === 'technician' && program !== undefined && asksLeave(program)
  const takes = program === undefined || mayAllow || takers(program, false).length > 0
  return (
    <>
      {mayAllow ? (
        <Checkbox
          label={words.submit.allowM3}
          description={words.submit.allowM3Hint}
          checked={wish.allowConstantPower}
          onChange={event => onWish({ ...wish, allowConstantPower: event.currentTarget.checked })}
        />
      ) : null}
      <MachineWish picture={picture} {...(program && { program })} hopeless={!takes} wish={wish} onWish={onWish} />
      {takes ? (
        <div className="submit-more">
          <Copies copies={wish.copies} onCopies={copies => onWish({ ...wish, copies })} />
          <TextInput
            label={words.people.material}
            placeholder={words.people.materialHint}
            value={wish.material}
            maxLength={40}
            onChange={event => onWish({ ...wish, material: event.currentTarget.value })}
          />
          <TextInput
            label={words.people.colour}
            placeholder={words.people.colourHint}
            value={wish.colour}
            maxLength={40}
            onChange={event => onWish({ ...wish, colour: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={words.people.deadline}
            value={wish.deadline}
            min={dayValue(now)}
            onChange={event => onWish({ ...wish, deadline: event.currentTarget.value })}
          />
          <Textarea
            label={words.submit.comment}
            placeholder={words.submit.commentHint}
            value={wish.comment}
            maxLength={1000}
            rows={2}
            onChange={event => onWish({ ...wish, comment: event.currentTarget.value })}
          />
        </div>
      ) : null}
    </>
  )
}

function MachineWish({ picture, program, hopeless, wish, onWish }: Props & { hopeless: boolean }) {
  const { words, forms, say } = useSpeech()
  const taking = program === undefined ? undefined : takers(program, wish.allowConstantPower)
  const choose = (machine: string | undefined) => {
    const { machine: _before, ...rest } = wish
    onWish(machine === undefined ? rest : { ...rest, machine })
  }
  const machines = rows(picture, program)
  const nobody = taking !== undefined && taking.length === 0
  const times = (taking ?? []).flatMap(each => (each.estimatedSeconds === undefined ? [] : [each.estimatedSeconds]))
  return (
    <fieldset className="bare">
      <legend>{words.submit.machines}</legend>
      {hopeless ? (
        <p className="note tone-fault" style={{ marginBottom: 10 }}>
          {words.submit.noFit}
        </p>
      ) : null}
      <div className="choices">
        {nobody ? null : (
          <Choice checked={wish.machine === undefined} onChoose={() => choose(undefined)} name={words.submit.any}>
            <span className="small quiet">
              {words.submit.anyHint}
              {times.length === 0 ? '' : ` · ${words.submit.estimateAbout(forms.duration(Math.min(...times)))}`}
            </span>
          </Choice>
        )}
        {machines.map(({ machine, suitability }) => {
          const { id, name } = machine.declaration
          const fit = suitability === undefined ? 'fits' : fitOf(suitability)
          const open = fit === 'fits' || (fit === 'with-leave' && wish.allowConstantPower)
          const reason = suitability?.findings.find(finding => finding.severity === 'stop')
          return (
            <Choice key={id} checked={wish.machine === id} disabled={!open} onChoose={() => choose(id)} name={name}>
              {open ? (
                <>
                  {suitability?.estimatedSeconds === undefined ? null : (
                    <span className="small figures">{words.submit.estimateAbout(forms.duration(suitability.estimatedSeconds))}</span>
                  )}
                  <MachineNow picture={picture} machine={machine} />
                </>
              ) : (
                <span className="small second">
                  {words.submit.unfit}
                  {reason === undefined ? '' : `: ${say(reason.text)}`}
                </span>
              )}
            </Choice>
          )
        })}
      </div>
    </fieldset>
  )
}

function MachineNow({ picture, machine }: { picture: SitePicture; machine: MachinePicture }) {
  const { words, forms, say } = useSpeech()
  const look = lookOf(machine, picture.link, useNow(), words, forms, say)
  const { detail: _long, ...short } = look
  return (
    <span className="small">
      <StateLine look={short} />
    </span>
  )
}

type ChoiceProps = { checked: boolean; disabled?: boolean; name: string; onChoose: () => void; children: ReactNode }

function Choice({ checked, disabled, name, onChoose, children }: ChoiceProps) {
  return (
    <label className={disabled ? 'choice closed' : 'choice'}>
      <input type="radio" name="machine" checked={checked} disabled={disabled ?? false} onChange={onChoose} aria-label={name} />
      <span className="choice-text">
        <span className="choice-name">{name}</span>
        {children}
      </span>
    </label>
  )
}

function Copies({ copies, onCopies }: { copies: number; onCopies: (copies: number) => void }) {
  const { words } = useSpeech()
  const within = (value: number) => Math.max(1, Math.min(copiesMax, value))
  return (
    <div>
      <label className="label" htmlFor="copies">
        {words.submit.copies}
      </label>
      <div className="stepper">
        <ActionIcon
          variant="default"
          size={44}
          aria-label={words.submit.copiesLess}
          disabled={copies <= 1}
          onClick={() => onCopies(within(copies - 1))}
        >
          <Icon name="minus" />
        </ActionIcon>
        <input
          id="copies"
          className="figures"
          inputMode="numeric"
          value={copies}
          onChange={event => onCopies(within(Number.parseInt(event.currentTarget.value.replace(/\D/g, '') || '1', 10)))}
        />
        <ActionIcon
          variant="default"
          size={44}
          aria-label={words.submit.copiesMore}
          disabled={copies >= copiesMax}
          onClick={() => onCopies(within(copies + 1))}
        >
          <Icon name="plus" />
        </ActionIcon>
      </div>
    </div>
  )
}

/** Machines of the school with the program's word on each, those that can take it first. */
function rows(picture: SitePicture, program: Program | undefined): { machine: MachinePicture; suitability: Suitability | undefined }[] {
  const said = new Map(program?.machines.map(each => [each.machine, each]))
  const order = { fits: 0, 'with-leave': 1, no: 2 }
  const rank = (suitability: Suitability | undefined) => (suitability === undefined ? 0 : order[fitOf(suitability)])
  return Object.values(picture.machines)
    .map(machine => ({ machine, suitability: said.get(machine.declaration.id) }))
    .filter(({ suitability }) => program === undefined || suitability !== undefined)
    .sort((a, b) => rank(a.suitability) - rank(b.suitability) || a.machine.declaration.name.localeCompare(b.machine.declaration.name))
}
