// How a file comes to us: dropped anywhere on the page, or chosen with a button.
import { useCallback, useEffect, useRef, useState } from 'react'

/** Watches the whole window for files dragged over it; answers whether some hover now. Text and links dragged about are left alone. */
export function useFileDrop(dropped: (files: readonly File[]) => void, enabled: boolean): boolean {
  const [hovering, setHovering] = useState(false)
  const latest = useRef(dropped)
  latest.current = dropped
  useEffect(() => {
    if (!enabled) return
    // Each element under the pointer sends its own enter and leave: only the balance tells whether we are still over the window.
    let depth = 0
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth += 1
      setHovering(true)
    }
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setHovering(false)
    }
    const over = (event: DragEvent) => {
      // Without this the browser opens the file instead of dropping it.
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      depth = 0
      setHovering(false)
      latest.current([...(event.dataTransfer?.files ?? [])])
    }
    const handlers = { dragenter: enter, dragleave: leave, dragover: over, drop }
    for (const [name, handler] of Object.entries(handlers)) window.addEventListener(name, handler as EventListener)
    return () => {
      for (const [name, handler] of Object.entries(handlers)) window.removeEventListener(name, handler as EventListener)
    }
  }, [enabled])
  return hovering
}

/** Opens the system's file dialogue. */
export function useFilePicker(picked: (files: readonly File[]) => void): () => void {
  const latest = useRef(picked)
  latest.current = picked
  // Held on to: an input that nobody holds may be swept away while its dialogue is still open, and the choice with it.
  const asking = useRef<HTMLInputElement>(undefined)
  return useCallback(() => {
    const input = document.createElement('input')
    asking.current = input
    input.type = 'file'
    input.multiple = true
    // No `accept`: phones grey out everything whose type they do not know, and G-code has none.
    input.addEventListener('change', () => {
      if (input.files !== null && input.files.length > 0) latest.current([...input.files])
    })
    input.click()
  }, [])
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}
