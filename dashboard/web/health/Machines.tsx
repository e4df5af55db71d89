// Behind a condition, the machines it shows itself on: what was measured, the firmware, the trend, and what may be done about each.
import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { lazy, Suspense, useCallback, useState } from 'react'
import { Link } from 'wouter'
import type { Care, WorkOrder } from '../../../protocols/contract/care.ts'
import type { Affected, Condition } from '../../../protocols/contract/condition.ts'
import { problemReported } from '../../../protocols/contract/floor.ts'
import { tellDone, useAsking } from '../asking.tsx'
import { careHref, knownOrderHref } from '../care/links.ts'
import { readCare } from '../care/server.ts'
import { useCare } from '../care/useCare.ts'
import { useFigureWords } from '../figures/words.ts'
import { freshToken, type Trouble } from '../live/server.ts'
import { useNow } from '../live/use.tsx'
import { useReader } from '../rights.tsx'
import { useSpeech } from '../words/speech.tsx'

const Trends = lazy(async () => ({ default: (await import('./Trends.tsx')).Trends }))

/** Those that creep up: their trend is the first thing to look at. */
const slow: readonly string[] = [
  'heater-duty-drift',
  'slow-to-heat',
  'slow-to-heat-critical',
  'heater-drift',
  'heater-off-target',
  'resends',
  'resends-critical',
  'reconnects',
  'reconnects-critical',
]

export function Machines({ condition }: { condition: Condition }) {
  const { words } = useSpeech()
  const { machines, site, cause } = condition
  if (machines.length === 0) {
    return (
      <section>
        <h3>{words.health.where}</h3>
        <p>
          {cause === 'parts-low' ? (
            <Link href={careHref(site)}>{words.care.title}</Link>
          ) : (
            <Link href={cause === 'all-silent' ? '/' : `/sites/${site}`}>
              {cause === 'all-silent' ? words.health.openCity : words.health.openSchool}
            </Link>
          )}
        </p>
      </section>
    )
  }
  return (
    <>
      <section>
        <h3>{words.health.where}</h3>
        <Rows condition={condition} />
        {cause === 'service-due' ? (
          <p>
            <Link href={careHref(site)}>{words.care.title}</Link>
          </p>
        ) : null}
      </section>
      <Trend condition={condition} />
    </>
  )
}

function Rows({ condition }: { condition: Condition }) {
  const { site, machines } = condition
  const { value: care, read } = useCare(useCallback(() => readCare(site), [site]))
  return (
    <ul className="plain condition-machines">
      {machines.map(affected => (
        <Row key={affected.machine} affected={affected} condition={condition} care={care} onOrder={read} />
      ))}
    </ul>
  )
}

type RowProps = { affected: Affected; condition: Condition; care: Care | Trouble | undefined; onOrder(): void }

function Row({ affected, condition, care, onOrder }: RowProps) {
  const speech = useSpeech()
  const { words, forms, say } = speech
  const { detail } = useFigureWords()
  const { offer } = useReader()
  const now = useNow()
  const { machine, name, kind, since, cleared, figure, fault, firmware } = affected
  const { site } = condition
  const { ask, asking } = useAsking(site)
  const [done, setDone] = useState<{ drained?: true; ordered?: true }>({})
  const settle = { kind: 'machine.settle', machine, fault: problemReported } as const
  const reported = fault?.code === problemReported && cleared === undefined
  const drain = { kind: 'machine.service', machine, on: true, after: 'job' } as const
  const title = `${say(condition.text)}${figure === undefined ? '' : `: ${say(figure)}`}`.slice(0, 120)
  const [order, setOrder] = useState<string>()
  const openOrder = async () => {
    // The same id until it is answered: pressed twice, it is one order.
    const id = order ?? freshToken()
    setOrder(id)
    const asked = await ask({ kind: 'order.open', order: id, machine, title, condition: condition.id })
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    setDone(before => ({ ...before, ordered: true }))
    tellDone(detail.ordered, speech)
    onOrder()
  }
  const known = openOrderOf(care, machine, condition.id, title)
  const settleIt = async () => {
    const asked = await ask(settle)
    if (asked.outcome === 'replied' && asked.reply.outcome === 'done') tellDone(words.health.done, speech)
  }
  const drainIt = async () => {
    const asked = await ask(drain)
    if (asked.outcome !== 'replied' || asked.reply.outcome !== 'done') return
    setDone(before => ({ ...before, drained: true }))
    tellDone(detail.drained, speech)
  }
  const about = { machineKind: kind }
  return (
    <li className="condition-machine">
      <div>
        <Link href={`/sites/${site}/machines/${machine}`}>{name}</Link>
        <span className="second small">
          {cleared === undefined ? ` · ${words.health.since(forms.age(since, now))}` : ` · ${words.health.passed}`}
          {figure === undefined ? '' : ` · ${say(figure)}`}
          {fault?.detail === undefined ? '' : ` · ${fault.detail}`}
          {firmware === undefined ? '' : ` · ${detail.firmware(firmware)}`}
        </span>
      </div>
      <div className="row condition-machine-deeds">
        {reported && offer('machine.settle', about) === 'yes' ? (
          <Button size="xs" aria-label={`${words.floor.settled}: ${name}`} loading={asking(settle)} onClick={settleIt}>
            {words.floor.settled}
          </Button>
        ) : null}
        {offer('machine.service', about) === 'yes' ? (
          <Button
            variant="default"
            size="xs"
            aria-label={`${detail.drain}: ${name}`}
            loading={asking(drain)}
            disabled={done.drained === true}
            onClick={drainIt}
          >
            {detail.drain}
          </Button>
        ) : null}
        {known !== undefined ? (
          <Button
            component={Link}
            href={knownOrderHref(site, known.id)}
            variant="default"
            size="xs"
            aria-label={`${detail.orderOpen}: ${name}`}
          >
            {detail.orderOpen}
          </Button>
        ) : offer('order.open', about) === 'yes' ? (
          <Button
            variant="default"
            size="xs"
            aria-label={`${detail.order}: ${name}`}
            // Until the orders are read nobody knows whether it would be the second.
            loading={care === undefined}
            disabled={done.ordered === true}
            onClick={openOrder}
          >
            {done.ordered === true ? detail.ordered : detail.order}
          </Button>
        ) : null}
      </div>
    </li>
  )
}

/** The order somebody has opened already: from this condition, or by hand in the same words. */
function openOrderOf(care: Care | Trouble | undefined, machine: string, condition: string, title: string): WorkOrder | undefined {
  if (care === undefined || 'trouble' in care) return undefined
  return care.orders.find(
    order => order.machine === machine && order.closedAt === undefined && (order.condition === condition || order.title === title),
  )
}

/** Of one machine at a time; of those that creep up at once, of the others when asked for. */
function Trend({ condition }: { condition: Condition }) {
  const { trends, detail } = useFigureWords()
  const { machines, site, cause } = condition
  const [open, setOpen] = useState(slow.includes(cause))
  const [chosen, choose] = useState(machines[0]?.machine ?? '')
  const machine = machines.some(one => one.machine === chosen) ? chosen : (machines[0]?.machine ?? '')
  return (
    <details className="condition-trend" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{trends.title}</h3>
      </summary>
      {open ? (
        <div className="stack">
          {machines.length < 2 ? null : (
            <NativeSelect
              label={detail.chosen}
              value={machine}
              data={machines.map(one => ({ value: one.machine, label: one.name }))}
              onChange={event => choose(event.currentTarget.value)}
            />
          )}
          <Suspense fallback={<Skeleton height={220} radius={8} />}>
            <Trends key={machine} site={site} machine={machine} days={7} />
          </Suspense>
        </div>
      ) : null}
    </details>
  )
}
