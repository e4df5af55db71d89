// The name of the page in the browser's tab; how many things wait stands first, to be seen from another tab.
import { useEffect } from 'react'
import { useSpeech } from '../words/speech.tsx'

export function useTitle(name: string | undefined, waiting = 0): void {
  const { words } = useSpeech()
  useEffect(() => {
    const page = name === undefined ? words.brand.name : `${name} — ${words.brand.name}`
    document.title = waiting === 0 ? page : `(${waiting}) ${page}`
  }, [name, waiting, words])
}
