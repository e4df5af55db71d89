// What else may be done with a job of the queue, behind one button.
import { ActionIcon, Menu } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { Job } from '../../../protocols/contract/job.ts'
import type { SitePicture } from '../../../protocols/contract/screen.ts'
import { useAsking } from '../asking.tsx'
import { Confirm } from '../parts/Confirm.tsx'
import { Icon } from '../parts/Icon.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

const PlateDialog = lazy(async () => ({ default: (await import('../teach/PlateDialog.tsx')).PlateDialog }))

/** `move`: to the first place or the last; absent where there is no order to change. */
type Props = { job: Job; picture: SitePicture; openJob: (job: string) => void; move?: (where: 'first' | 'last') => void }

export function RowMenu({ job, picture, openJob, move }: Props) {
  const { words } = useSpeech()
  const { offer } = useReader()
  const { ask } = useAsking(picture.site)
  const [cancelling, setCancelling] = useState(false)
  const [plating, setPlating] = useState(false)
  const queued = job.state === 'queued'
  const moves = queued && move !== undefined && offer('job.move') === 'yes'
  return (
    <>
      {/* Longer than a low window, the list scrolls: its items are then in the order of Tab too. */}
      <Menu position="bottom-end" width={280} menuItemTabIndex={0}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={words.job.more(words.job.ticket(job.ticket))}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown className="row-menu">
          <Menu.Item onClick={() => openJob(job.id)}>{words.job.details}</Menu.Item>
          {moves ? <Menu.Item onClick={() => move('first')}>{words.teach.queue.first}</Menu.Item> : null}
          {moves ? <Menu.Item onClick={() => move('last')}>{words.teach.queue.last}</Menu.Item> : null}
          {moves && job.pinned === true ? (
            <Menu.Item onClick={() => ask({ kind: 'job.move', job: job.id, release: true })}>{words.teach.queue.unpin}</Menu.Item>
          ) : null}
          {offer('job.hold') === 'yes' ? (
            <Menu.Item onClick={() => ask({ kind: job.held ? 'job.release' : 'job.hold', job: job.id })}>
              {job.held ? words.job.release : words.job.hold}
            </Menu.Item>
          ) : null}
          {queued && job.program.kind === 'printer' && offer('job.plate') === 'yes' ? (
            <Menu.Item onClick={() => setPlating(true)}>{words.teach.plate}</Menu.Item>
          ) : null}
          {offer('job.cancel', { job }) === 'yes' ? <Menu.Item onClick={() => setCancelling(true)}>{words.job.cancel}</Menu.Item> : null}
          {queued && offer('job.assign') === 'yes' ? <MachineItems job={job} picture={picture} /> : null}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={cancelling}
        title={words.job.cancelTitle(job.program.name)}
        deed={words.job.cancel}
        onKeep={() => setCancelling(false)}
        onConfirm={async () => {
          setCancelling(false)
          await ask({ kind: 'job.cancel', job: job.id })
        }}
      >
        <p>{words.job.cancelText}</p>
      </Confirm>
      <Suspense fallback={null}>
        {plating ? <PlateDialog picture={picture} jobs={[job]} onClose={() => setPlating(false)} /> : null}
      </Suspense>
    </>
  )
}

/** Which machine: any that fits, or one of them. */
function MachineItems({ job, picture }: { job: Job; picture: SitePicture }) {
  const { words } = useSpeech()
  const { ask } = useAsking(picture.site)
  const ids = new Set([...job.suitable, ...(job.wanted === undefined ? [] : [job.wanted])])
  const choose = (machine: string | undefined) => ask({ kind: 'job.assign', job: job.id, ...(machine !== undefined && { machine }) })
  const item = (machine: string | undefined, name: string) => (
    <Menu.RadioItem key={machine ?? ''} value={machine ?? ''} checked={job.wanted === machine} onChange={() => choose(machine)}>
      {name}
    </Menu.RadioItem>
  )
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{words.job.chooseMachine}</Menu.Label>
      {item(undefined, words.job.anyMachine)}
      {[...ids].map(id => item(id, picture.machines[id]?.declaration.name ?? id))}
    </>
  )
}
