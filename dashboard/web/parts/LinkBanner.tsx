// Says how old the page is when the server is gone; says it aloud once, not each second.
import { Button } from '@mantine/core'
import { useConnection, useLive, useNow } from '../live/use.tsx'
import { useSpeech } from '../words/speech.tsx'

export function LinkBanner() {
  const { words, forms } = useSpeech()
  const live = useLive()
  const connection = useConnection()
  const now = useNow()
  const lost = connection.state === 'lost'
  return (
    <>
      <output className="sr-only">{lost ? words.say.linkLost : ''}</output>
      {lost ? (
        <div className="banner">
          <p>{words.link.lost(forms.age(connection.heardAt, now - live.aheadMs()))}</p>
          <Button variant="default" onClick={() => live.retryNow()}>
            {words.link.retry}
          </Button>
        </div>
      ) : null}
    </>
  )
}
