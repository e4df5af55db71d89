// The language of this reader: Russian until switched, remembered in the browser.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import type { Language, Sentence } from '../../../protocols/contract/words.ts'
import { en } from './en.ts'
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

const catalogues: Record<Language, Words> = { ru, en }
const storageKey = 'tsekh.language'
const SpeechContext = createContext<Speech | undefined>(undefined)

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(remembered)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const speech = useMemo<Speech>(() => {
    const words = catalogues[language]
    return {
      language,
      words,
      forms: formsFor(language, words),
      say: sentence => sentence[language] || sentence.ru,
      switchLanguage: () => {
        const next = language === 'ru' ? 'en' : 'ru'
        remember(next)
        setLanguage(next)
      },
    }
  }, [language])
  return <SpeechContext value={speech}>{children}</SpeechContext>
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
