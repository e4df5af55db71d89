// Gives the focus back to whatever opened a dialog: for dialogs that come and go, and for those a menu opens.
import { useEffect, useState } from 'react'

/** What had the focus last outside every dialog; a menu's item is gone when its dialog comes, so the menu's button stands for it. */
let lastOutside: HTMLElement | undefined

document.addEventListener('focusin', ({ target }) => {
  if (!(target instanceof HTMLElement) || target.closest('[role=dialog]') !== null) return
  const menu = target.closest('[role=menu]')
  const found = menu === null ? target : document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`)
  if (found instanceof HTMLElement) lastOutside = found
})

/**
 * For a dialog that lives only while it is open, or for the inside of one: when it goes, its opener has the focus again.
 * Mantine's own return of the focus sees a dialog open and close, not come and go.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => lastOutside)
  useEffect(
    () => () => {
      // After the dialog has left the page; whoever took the focus meanwhile keeps it.
      setTimeout(() => {
        const { activeElement } = document
        if (opener?.isConnected === true && (activeElement === null || activeElement === document.body)) opener.focus()
      })
    },
    [opener],
  )
}

/** The same as a part, put inside a dialog that stays and is shown and hidden. */
export function FocusBack(): null {
  useFocusBack()
  return null
}
