// Gives the focus back to whatever opened a dialog that is mounted when it opens and unmounted when it closes.
import { useEffect, useState } from 'react'

/**
 * For a dialog that lives only while it is open: Mantine's own return of the focus sees a dialog open and close, not come and go.
 * A menu's item is gone by then: the button of its menu takes the focus.
 */
export function useFocusBack(): void {
  const [opener] = useState(() => openerOf(document.activeElement))
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

function openerOf(element: Element | null): HTMLElement | undefined {
  const menu = element?.closest('[role=menu]')
  const found = menu === null || menu === undefined ? element : document.querySelector(`[aria-controls="${CSS.escape(menu.id)}"]`)
  return found instanceof HTMLElement && found !== document.body ? found : undefined
}
