// The tool path on a plain canvas, for browsers without WebGL: pan, zoom and layers by mouse, finger and keyboard; what is done so far in another ink.
import { useComputedColorScheme } from '@mantine/core'
import { useResizeObserver } from '@mantine/hooks'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Preview } from '../../../protocols/contract/screen.ts'
import { useSpeech } from '../words/speech.tsx'
import { draw, fitView, type Inks, type Layers, layerRanges, pointAt, strokesOf, type View } from './drawing.ts'
import { buttonsWidth, PathControls, pathKeys } from './PathControls.tsx'
import { Pin, type Pinned, useTap } from './Pin.tsx'
import { heightIn, type Spot, spotOn, tidy, underSpotOn } from './pins.ts'
import { useDrag, useWheel } from './pointer.ts'

type Props = Pinned & { preview: Preview; done: number | undefined; height: number }

/** A view never goes beyond these magnifications of the fitted one. */
const zoomMin = 0.3
const zoomMax = 200

export function Toolpath({ preview, done, height, mark, onMark }: Props) {
  const { words } = useSpeech()
  const scheme = useComputedColorScheme('light')
  const canvas = useRef<HTMLCanvasElement>(null)
  const [frame, { width }] = useResizeObserver<HTMLDivElement>()
  const ranges = useMemo(() => layerRanges(preview), [preview])
  // A running job shows the layer it works on until the person picks another.
  const reached = done === undefined ? undefined : pointAt(preview, done)
  const working =
    reached === undefined
      ? undefined
      : Math.max(
          0,
          ranges.findIndex(range => reached <= range.to),
        )
  // A marked place is shown in its own layer.
  const [picked, setPicked] = useState<number | undefined>(mark?.layer)
  const layer = Math.min(picked ?? working ?? ranges.length - 1, ranges.length - 1)
  const [showTravel, setShowTravel] = useState(false)
  const [moved, setMoved] = useState<View>()
  const fitted = useMemo(() => fitView(preview, width - buttonsWidth, height), [preview, width, height])
  const view = moved ?? fitted

  const layers = useMemo(() => layersOf(preview, ranges, layer, reached), [preview, ranges, layer, reached])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the inks are read off the page, which changes with the scheme
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || context === null || context === undefined || width === 0) return
    const ratio = window.devicePixelRatio || 1
    element.width = Math.round(width * ratio)
    element.height = Math.round(height * ratio)
    const drawing = requestAnimationFrame(() => draw(context, layers, view, readInks(element), showTravel, ratio))
    return () => cancelAnimationFrame(drawing)
  }, [layers, view, width, height, showTravel, scheme])

  const zoom = useCallback(
    (factor: number, atX = width / 2, atY = height / 2) => setMoved(before => zoomed(before ?? fitted, factor, atX, atY, fitted.scale)),
    [fitted, width, height],
  )
  const pan = useCallback(
    (x: number, y: number) => setMoved(before => ({ ...(before ?? fitted), x: (before ?? fitted).x + x, y: (before ?? fitted).y + y })),
    [fitted],
  )
  useWheel(canvas, zoom)
  const drag = useDrag(pan, zoom)
  const markAt = (spot: Spot) =>
    tidy({
      ...underSpotOn(view, spot),
      z: heightIn(preview, ranges[layer] ?? { from: 0, to: 0 }),
      ...(ranges.length > 1 && { layer }),
    })
  const tap = useTap(onMark && ((spot: Spot) => onMark(markAt(spot))))
  const fit = () => setMoved(undefined)
  const onKeyDown = pathKeys({ move: pan, zoomBy: zoom, fit, step: () => 40 })

  return (
    <PathControls
      frame={frame}
      height={height}
      onZoom={zoom}
      onFit={fit}
      layer={layer}
      layers={ranges.length}
      onLayer={setPicked}
      showTravel={showTravel}
      onTravel={setShowTravel}
      segments={preview.segments}
    >
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={words.preview.canvas}
        style={{ width: '100%', height }}
        onKeyDown={onKeyDown}
        {...drag}
        {...tap}
      />
      <Pin
        mark={mark}
        onMark={onMark}
        spotOf={of => spotOn(view, of)}
        middle={() => markAt({ x: (width - buttonsWidth) / 2, y: height / 2 })}
      />
    </PathControls>
  )
}

function layersOf(preview: Preview, ranges: { from: number; to: number }[], layer: number, reached: number | undefined): Layers {
  const range = ranges[layer] ?? { from: 0, to: 0 }
  const before = ranges[layer - 1]
  const split = reached === undefined ? range.from : Math.max(range.from, Math.min(range.to, reached))
  return {
    under: before === undefined ? undefined : strokesOf(preview, before.from, before.to),
    todo: strokesOf(preview, split, range.to),
    done: reached === undefined ? undefined : strokesOf(preview, range.from, split),
  }
}

function zoomed(view: View, factor: number, atX: number, atY: number, fittedScale: number): View {
  const scale = Math.max(fittedScale * zoomMin, Math.min(fittedScale * zoomMax, view.scale * factor))
  const real = scale / view.scale
  return { scale, x: atX - (atX - view.x) * real, y: atY - (atY - view.y) * real }
}

function readInks(element: HTMLElement): Inks {
  const style = getComputedStyle(element)
  const ink = (name: string) => style.getPropertyValue(name).trim()
  return {
    work: ink('--path-work'),
    done: ink('--path-done'),
    travel: ink('--path-travel'),
    under: ink('--path-travel'),
    bed: ink('--line'),
  }
}
