// The language of this reader: Russian until switched, remembered in the browser.
import { createContext, type ReactNode, startTransition, useContext, useEffect, useMemo, useState } from 'react'
import type { Language, Sentence } from '../../../protocols/contract/words.ts'
import { type Forms, formsFor } from './forms.ts'
import { ru, type Words } from './ru.ts'

export type Speech = {
  language: Language
  words: Words
  /** Times, sizes and numbers in this language. */
  forms: Forms
  /** A sentence that came from the server. */
  say(sentence: Sentence): string
  switchLanguage(): void
}

/** Most readers never switch: the other language comes when it is asked for. */
const readEnglish = async (): Promise<Words> => (await import('./en.ts')).en
const storageKey = 'tsekh.language'
const SpeechContext = createContext<Speech | undefined>(undefined)

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(remembered)
  const [english, setEnglish] = useState<Words>()
  const words = language === 'ru' ? ru : english
  useEffect(() => {
    document.documentElement.lang = language
    if (language === 'en' && english === undefined) void readEnglish().then(setEnglish)
  }, [language, english])
  const speech = useMemo<Speech | undefined>(() => {
    if (words === undefined) return undefined
    return {
      language,
      words,
      forms: formsFor(language, words),
      say: sentence => sentence[language] || sentence.ru,
      switchLanguage: () => {
        const next = language === 'ru' ? 'en' : 'ru'
        remember(next)
        // Every word of the page is drawn anew: the touch itself is answered first.
        if (next === 'ru') return startTransition(() => setLanguage(next))
        // The page stays as it is until its new words are there.
        void readEnglish().then(read => {
          startTransition(() => {
            setEnglish(read)
            setLanguage(next)
          })
        })
      },
    }
  }, [language, words])
  return speech === undefined ? null : <SpeechContext value={speech}>{children}</SpeechContext>
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext)
  if (speech === undefined) throw new Error('useSpeech outside SpeechProvider')
  return speech
}

function remembered(): Language {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'ru'
  } catch {
    // A browser in a locked-down mode has no storage: the language is then not remembered, nothing worse.
    return 'ru'
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    // As above.
  }
}
