// The tool path as the graphics card draws it: prints in the round, layer by layer; cuts and burns from above, power as shade.
import { useComputedColorScheme } from '@mantine/core'
import { useResizeObserver } from '@mantine/hooks'
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Mark } from '../../../protocols/contract/job.ts'
import type { Toolpath } from '../../../protocols/contract/toolpath.ts'
import { Segments } from '../parts/Segments.tsx'
import { useSpeech } from '../words/speech.tsx'
import { type Camera, cameraFor, extentOf, fromAbove, fromCorner, layersOf, orbit, pan, reachedAt, zoom } from './camera.ts'
import { buttonsWidth, PathControls, pathKeys } from './PathControls.tsx'
import { Pin, type Pinned, useTap } from './Pin.tsx'
import { heightOf, markAt, type Spot, spotIn, tidy } from './pins.ts'
import { useDrag, useWheel } from './pointer.ts'
import { createRenderer, type Renderer, type Scene } from './renderer.ts'

type Props = Pinned & { path: Toolpath; done: number | undefined; height: number; onLost: () => void }

/** While the view moves a frame may take so long, and at rest so long: without a graphics card a million strokes take a second or two. */
const movingFrameMs = 25
const restingFrameMs = 600
/** A view that has not changed for so long is at rest. */
const restMs = 350

export function PathView({ path, done, height, onLost, mark, onMark }: Props) {
  const { words } = useSpeech()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [frame, { width }] = useResizeObserver<HTMLDivElement>()
  const ranges = useMemo(() => layersOf(path), [path])
  const extent = useMemo(() => extentOf(path), [path])
  const isPrint = path.kind === 'printer'
  const [solid, setSolid] = useState(isPrint)
  const fitted = useMemo(
    () => cameraFor(extent, solid ? fromCorner : fromAbove, Math.max(120, width - buttonsWidth), height),
    [extent, solid, width, height],
  )
  const [moved, setMoved] = useState<Camera>()
  const camera = moved ?? fitted

  // A running job shows the layer it works on until the person picks another.
  const working = useMemo(() => {
    if (done === undefined) return undefined
    const reached = reachedAt(path, done)
    const found = ranges.findIndex(range => reached <= range.to)
    return found < 0 ? ranges.length - 1 : found
  }, [path, ranges, done])
  // A marked place is shown in its own layer.
  const [picked, setPicked] = useState<number | undefined>(mark?.layer)
  const layer = Math.min(picked ?? working ?? ranges.length - 1, ranges.length - 1)
  const [showTravel, setShowTravel] = useState(false)
  const range = ranges[layer] ?? { from: 0, to: 0 }

  const scene: Omit<Scene, 'inks' | 'segmentsMax' | 'pixelRatio'> = {
    camera,
    // From above only the layer before is of interest: it is what this one lies on.
    below: layer === 0 ? undefined : solid ? [0, range.from] : [ranges[layer - 1]?.from ?? 0, range.from],
    layer: [range.from, range.to],
    done,
    showTravel,
    solid,
    width,
    height,
  }
  useDrawing(canvas, path, scene, onLost)

  const zoomBy = useCallback(
    (factor: number, atX = width / 2, atY = height / 2) =>
      setMoved(before => zoom(before ?? fitted, factor, atX - width / 2, height / 2 - atY, fitted.scale)),
    [fitted, width, height],
  )
  const move = useCallback(
    (x: number, y: number, second: boolean) =>
      setMoved(before => (solid && !second ? orbit(before ?? fitted, x, y) : pan(before ?? fitted, x, y))),
    [fitted, solid],
  )
  useWheel(canvas, zoomBy)
  const drag = useDrag(move, zoomBy)
  const size = { width, height }
  // Whoever has chosen a layer means that one; else what lies on top.
  const shown = { layer, to: range.to, z: heightOf(path, range), surface: solid && picked === undefined }
  const tap = useTap(onMark && ((spot: Spot) => onMark(markAt(path, camera, size, spot, shown))))
  const spotOf = (of: Mark) => spotIn(camera, size, [of.x, of.y, of.z ?? heightOf(path, ranges[of.layer ?? layer] ?? range)])
  const middle = () => {
    const [x, y] = [0, 1].map(axis => ((extent.min[axis] ?? 0) + (extent.max[axis] ?? 0)) / 2)
    return tidy({ x: x ?? 0, y: y ?? 0, z: shown.z, ...(ranges.length > 1 && { layer }) })
  }
  const fit = () => setMoved(undefined)
  const onKeyDown = pathKeys({ move, zoomBy, fit, step: second => (solid && !second ? 24 : 40) })

  return (
    <PathControls
      frame={frame}
      height={height}
      onZoom={zoomBy}
      onFit={fit}
      layer={layer}
      layers={ranges.length}
      onLayer={setPicked}
      showTravel={showTravel}
      onTravel={setShowTravel}
      segments={path.segments}
      views={
        isPrint ? (
          <Segments
            label={words.preview.view}
            options={[
              { value: 'solid', label: words.preview.viewSolid },
              { value: 'flat', label: words.preview.viewFlat },
            ]}
            value={solid ? 'solid' : 'flat'}
            onChange={value => {
              setSolid(value === 'solid')
              setMoved(undefined)
            }}
          />
        ) : null
      }
    >
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label={solid ? words.preview.canvasSolid : words.preview.canvas}
        style={{ width: '100%', height }}
        onKeyDown={onKeyDown}
        onContextMenu={event => event.preventDefault()}
        {...drag}
        {...tap}
      />
      <Pin mark={mark} onMark={onMark} spotOf={spotOf} middle={middle} />
    </PathControls>
  )
}

/** Draws the scene once for each change, at most once a frame; on a slow machine with fewer strokes while it moves than at rest. */
function useDrawing(
  canvas: RefObject<HTMLCanvasElement | null>,
  path: Toolpath,
  scene: Omit<Scene, 'inks' | 'segmentsMax' | 'pixelRatio'>,
  onLost: () => void,
): void {
  const scheme = useComputedColorScheme('light')
  const renderer = useRef<Renderer>(undefined)
  const budget = useRef<{ moving: number; resting: number }>(undefined)
  const latest = useRef(scene)
  latest.current = scene
  const lost = useRef(onLost)
  lost.current = onLost

  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const made = createRenderer(element, path, () => lost.current())
    if (made === undefined) {
      lost.current()
      return
    }
    renderer.current = made
    return () => {
      renderer.current = undefined
      made.close()
    }
  }, [canvas, path])

  /** Answers whether all was drawn. */
  const draw = useCallback(
    (state: 'moving' | 'resting') => {
      const element = canvas.current
      const { current } = renderer
      if (element === null || current === undefined || latest.current.width === 0) return true
      const full = { ...latest.current, inks: readInks(element), segmentsMax: path.count, pixelRatio: window.devicePixelRatio || 1 }
      if (budget.current === undefined) {
        const costMs = current.cost(full)
        budget.current = { moving: movingFrameMs / costMs, resting: restingFrameMs / costMs }
      }
      const { below, layer } = full
      const wanted = layer[1] - layer[0] + (below === undefined ? 0 : below[1] - below[0])
      const segmentsMax = Math.max(1, budget.current[state])
      current.draw({ ...full, segmentsMax })
      return wanted <= segmentsMax
    },
    [canvas, path],
  )

  const { camera, below, layer, done, showTravel, solid, width, height } = scene
  const shown = useRef<{ path: Toolpath; width: number }>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: one frame for each change of what is shown, the inks included
  useEffect(() => {
    let atRest: ReturnType<typeof setTimeout> | undefined
    const next = requestAnimationFrame(() => {
      // What is new to the eye is drawn whole at once; what then changes, moves.
      const fresh = shown.current?.path !== path || shown.current.width !== width
      shown.current = { path, width }
      if (!draw(fresh ? 'resting' : 'moving') && !fresh) atRest = setTimeout(() => draw('resting'), restMs)
    })
    return () => {
      cancelAnimationFrame(next)
      clearTimeout(atRest)
    }
  }, [draw, path, camera, below?.[0], below?.[1], layer[0], layer[1], done, showTravel, solid, width, height, scheme])
}

function readInks(element: HTMLElement): Scene['inks'] {
  const style = getComputedStyle(element)
  const ink = (name: string) => colourOf(style.getPropertyValue(name).trim())
  return { work: ink('--path-work'), done: ink('--path-done'), travel: ink('--path-travel') }
}

/** `#1f3f66`, as the tokens are written. */
function colourOf(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16)
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}
