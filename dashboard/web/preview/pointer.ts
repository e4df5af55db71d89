// How a picture is held: wheel, mouse, finger and two fingers.
import { type PointerEvent, type RefObject, useEffect, useRef } from 'react'

/** React listens to wheels passively, and a passive listener cannot keep the page from scrolling. */
export function useWheel(canvas: RefObject<HTMLCanvasElement | null>, zoom: (factor: number, x: number, y: number) => void): void {
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const turned = (event: WheelEvent) => {
      // A plain wheel scrolls the page, as everywhere; with Ctrl (and on touchpads a pinch) it zooms, or once the picture has the focus.
      if (!event.ctrlKey && document.activeElement !== element) return
      event.preventDefault()
      zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY)
    }
    element.addEventListener('wheel', turned, { passive: false })
    return () => element.removeEventListener('wheel', turned)
  }, [canvas, zoom])
}

/**
 * One pointer drags, two pinch. `second` tells a drag with Shift, the right button or two fingers.
 */
export function useDrag(drag: (x: number, y: number, second: boolean) => void, zoom: (factor: number, x: number, y: number) => void) {
  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const release = (event: PointerEvent) => {
    pointers.current.delete(event.pointerId)
  }
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId)
      pointers.current.set(event.pointerId, { x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY })
    },
    onPointerMove: (event: PointerEvent) => {
      const before = pointers.current.get(event.pointerId)
      if (before === undefined) return
      const now = { x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY }
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
      pointers.current.set(event.pointerId, now)
      const [x, y] = [now.x - before.x, now.y - before.y]
      if (other === undefined) {
        drag(x, y, event.shiftKey || (event.buttons & 2) !== 0)
        return
      }
      const apart = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y)
      zoom(apart(now) / Math.max(1, apart(before)), (now.x + other.x) / 2, (now.y + other.y) / 2)
      // Each of the two fingers tells its half of the way.
      drag(x / 2, y / 2, true)
    },
    onPointerUp: release,
    onPointerCancel: release,
  }
}
