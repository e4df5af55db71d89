// «Уход и ремонт» of one school: maintenance by running hours, work orders, spare parts.
import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Care as SchoolCare } from '../../../protocols/contract/care.ts'
import { isLow, standingOf } from '../../../protocols/contract/care-due.ts'
import { troubleText } from '../asking.tsx'
import { Due } from '../care/Due.tsx'
import { careHref, knownOrderAsked, orderAsked, orderHref } from '../care/links.ts'
import { OrderDialog } from '../care/OrderDialog.tsx'
import { Orders } from '../care/Orders.tsx'
import { Parts } from '../care/Parts.tsx'
import { readCare } from '../care/server.ts'
import { useCare } from '../care/useCare.ts'
import { useView } from '../live/use.tsx'
import { LinkBanner } from '../parts/LinkBanner.tsx'
import { PageSkeleton } from '../parts/PageSkeleton.tsx'
import { useTitle } from '../parts/title.ts'
import { useSpeech } from '../words/speech.tsx'
import { Missing } from './Missing.tsx'
import '../styles/care.css'

export function Care({ site }: { site: string }) {
  const speech = useSpeech()
  const { words, say } = speech
  useTitle(words.care.title)
  const { value: care, read } = useCare(useCallback(() => readCare(site), [site]))
  const sight = useView({ kind: 'site', site })
  const [, go] = useLocation()
  // An order is begun by the address, so that a link from anywhere begins one and the way back ends it.
  const search = useSearch()
  const start = orderAsked(search)
  const end = () => go(careHref(site), { replace: true })
  if (sight.state === 'refused') return <Missing text={say(sight.denial.text)} />
  if (sight.state === 'loading' || sight.snapshot.kind !== 'site' || care === undefined) return <PageSkeleton />
  const { picture } = sight.snapshot
  const machines = Object.entries(picture.machines)
  const names = Object.fromEntries(machines.map(([id, { declaration }]) => [id, declaration.name]))
  const inService = new Set(machines.flatMap(([id, machine]) => (machine.inService ? [id] : [])))
  return (
    <main id="content" tabIndex={-1} className="page care">
      <LinkBanner />
      <div className="page-head">
        <div className="grow">
          <p>
            <Link href={`/sites/${site}`}>{`← ${words.care.back}: ${picture.name}`}</Link>
          </p>
          <h1>{words.care.title}</h1>
          {'trouble' in care ? null : <Sums care={care} />}
        </div>
      </div>
      {'trouble' in care ? (
        <div className="panel panel-body stack">
          <p>{care.trouble === 'denied' ? troubleText(care, speech) : words.care.unread}</p>
          <div>
            <Button variant="default" onClick={read}>
              {words.care.again}
            </Button>
          </div>
        </div>
      ) : (
        <div className="care-parts">
          <Due site={site} care={care} names={names} onChange={read} />
          <div className="care-side">
            <Orders
              site={site}
              orders={care.orders}
              parts={care.parts}
              names={names}
              inService={inService}
              asked={knownOrderAsked(search)}
              onNew={() => go(orderHref(site, { machine: '' }))}
              onChange={read}
            />
            <Parts site={site} parts={care.parts} onChange={read} />
          </div>
        </div>
      )}
      {start === undefined ? null : (
        <OrderDialog
          site={site}
          start={start}
          names={names}
          onClose={end}
          onOpened={() => {
            end()
            read()
          }}
        />
      )}
    </main>
  )
}

/** In one line what a round would find. */
export function Sums({ care }: { care: SchoolCare }) {
  const { sums, calm } = useSpeech().words.care
  const of = (standing: ReturnType<typeof standingOf>) => care.plan.filter(row => standingOf(row) === standing).length
  const parts: [number, (n: number) => string][] = [
    [of('due'), sums.due],
    [of('soon'), sums.soon],
    [care.orders.filter(({ closedAt }) => closedAt === undefined).length, sums.orders],
    [care.parts.filter(isLow).length, sums.low],
  ]
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => word(n))
  return <p className="second figures">{said.length === 0 ? calm : said.join(' · ')}</p>
}
