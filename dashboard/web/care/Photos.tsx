// Photos of a remark: taken with the phone's camera or chosen, made small, sent at once; and those already there, whole at a press.
import { Button, Modal } from '@mantine/core'
import { type ChangeEvent, useEffect, useRef, useState } from 'react'
import { tellTrouble, troubleText } from '../asking.tsx'
import { useSpeech } from '../words/speech.tsx'
import { smallPhoto } from './photo.ts'
import { photoUrl, sendPhoto } from './server.ts'

/** As many as a remark takes (protocols/contract/care.ts). */
const photosMax = 6

export type Taken = { sha256: string; url: string }

/** The photos of a remark in the making. Their pictures are the page's own until the remark is written. */
export function usePhotos() {
  const [photos, setPhotos] = useState<readonly Taken[]>([])
  const shown = useRef(photos)
  shown.current = photos
  useEffect(() => () => shown.current.forEach(({ url }) => void URL.revokeObjectURL(url)), [])
  return {
    photos,
    add: (photo: Taken) => setPhotos(before => (before.some(({ sha256 }) => sha256 === photo.sha256) ? before : [...before, photo])),
    remove: (sha256: string) => setPhotos(before => before.filter(one => one.sha256 !== sha256)),
    clear: () => setPhotos([]),
  }
}

export function PhotoPicker({
  photos,
  onAdd,
  onRemove,
}: {
  photos: readonly Taken[]
  onAdd(photo: Taken): void
  onRemove(sha256: string): void
}) {
  const speech = useSpeech()
  const { photos: said } = speech.words.care
  const input = useRef<HTMLInputElement>(null)
  /** A phone asked to take a photo offers nothing that was taken before: hence two ways. */
  const camera = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState<string>()
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const chosen = [...(event.currentTarget.files ?? [])]
    // The same file may be chosen again after it was removed.
    event.currentTarget.value = ''
    if (photos.length + chosen.length > photosMax) tellTrouble(said.many, speech)
    for (const file of chosen.slice(0, photosMax - photos.length)) {
      setBusy(said.reading)
      const small = await smallPhoto(file)
      if (small === undefined) {
        tellTrouble(said.unreadable, speech)
        continue
      }
      setBusy(said.sending)
      const sent = await sendPhoto(small)
      if ('trouble' in sent) tellTrouble(troubleText(sent, speech), speech)
      else onAdd({ sha256: sent.sha256, url: URL.createObjectURL(small) })
    }
    setBusy(undefined)
  }
  return (
    <div className="care-photos">
      {photos.length === 0 ? null : (
        <ul className="plain care-thumbs">
          {photos.map(({ sha256, url }, index) => (
            <li key={sha256}>
              <img src={url} alt={said.of(index + 1, photos.length)} />
              <Button variant="default" size="compact-sm" onClick={() => onRemove(sha256)} aria-label={said.remove(index + 1)}>
                ×
              </Button>
            </li>
          ))}
        </ul>
      )}
      <input ref={input} type="file" accept="image/jpeg,image/png" multiple hidden onChange={take} aria-label={said.add} />
      <input ref={camera} type="file" accept="image/jpeg,image/png" capture="environment" hidden onChange={take} aria-label={said.shoot} />
      <div className="row">
        <Button
          className="care-shoot"
          variant="default"
          loading={busy !== undefined}
          onClick={() => camera.current?.click()}
          disabled={photos.length >= photosMax}
        >
          {said.shoot}
        </Button>
        <Button variant="default" loading={busy !== undefined} onClick={() => input.current?.click()} disabled={photos.length >= photosMax}>
          {said.add}
        </Button>
        <span className="small quiet" aria-live="polite">
          {busy ?? said.private}
        </span>
      </div>
    </div>
  )
}

export function PhotoStrip({ site, photos }: { site: string; photos: readonly string[] }) {
  const { words } = useSpeech()
  const { photos: said } = words.care
  const [whole, open] = useState<number>()
  const chosen = whole === undefined ? undefined : photos[whole]
  return (
    <>
      <ul className="plain care-thumbs">
        {photos.map((sha256, index) => (
          <li key={sha256}>
            <button type="button" className="care-thumb" onClick={() => open(index)}>
              <Photo src={photoUrl(site, sha256)} alt={said.of(index + 1, photos.length)} />
            </button>
          </li>
        ))}
      </ul>
      <Modal
        opened={chosen !== undefined}
        onClose={() => open(undefined)}
        title={said.full}
        size="xl"
        centered
        closeButtonProps={{ 'aria-label': words.submit.close }}
      >
        {chosen === undefined ? null : (
          <Photo className="care-whole" src={photoUrl(site, chosen)} alt={said.of((whole ?? 0) + 1, photos.length)} />
        )}
      </Modal>
    </>
  )
}

/** A photo taken on the other side of the link may still be on its way. */
function Photo({ src, alt, className }: { src: string; alt: string; className?: string }) {
  const { photos: said } = useSpeech().words.care
  const [away, setAway] = useState(false)
  if (away) return <span className="care-away small quiet">{said.away}</span>
  return <img className={className} src={src} alt={alt} loading="lazy" onError={() => setAway(true)} />
}
