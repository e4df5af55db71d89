// What stands around a drawn tool path whichever way it is drawn: zoom buttons, layer slider, travel switch, keys.
import { ActionIcon, Slider, Switch } from '@mantine/core'
import type { KeyboardEvent, ReactNode, Ref } from 'react'
import { Icon } from '../parts/Icon.tsx'
import { useSpeech } from '../words/speech.tsx'

/** The buttons stand on the right: what is drawn stays clear of them. */
export const buttonsWidth = 48

type Props = {
  /** The box whose width the drawing fills. */
  frame: Ref<HTMLDivElement>
  height: number
  /** The canvas. */
  children: ReactNode
  onZoom: (factor: number) => void
  onFit: () => void
  /** Which of `layers` is shown, counted from 0. */
  layer: number
  layers: number
  onLayer: (layer: number) => void
  showTravel: boolean
  onTravel: (show: boolean) => void
  segments: number
  /** A choice of views, where there is one. */
  views?: ReactNode
}

export function PathControls({
  frame,
  height,
  children,
  onZoom,
  onFit,
  layer,
  layers,
  onLayer,
  showTravel,
  onTravel,
  segments,
  views,
}: Props) {
  const { words, forms } = useSpeech()
  return (
    <figure className="toolpath" aria-label={words.preview.title}>
      <div ref={frame} className="toolpath-frame" style={{ height }}>
        {children}
        <div className="toolpath-buttons">
          <ActionIcon variant="default" aria-label={words.preview.zoomIn} onClick={() => onZoom(1.5)}>
            <Icon name="plus" />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={words.preview.zoomOut} onClick={() => onZoom(1 / 1.5)}>
            <Icon name="minus" />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={words.preview.fit} onClick={onFit}>
            <Icon name="fit" />
          </ActionIcon>
        </div>
      </div>
      {layers > 1 ? (
        <div className="toolpath-layers">
          <Slider
            value={layer + 1}
            min={1}
            max={layers}
            label={null}
            thumbLabel={words.preview.layer}
            onChange={value => onLayer(value - 1)}
            style={{ flex: 1 }}
          />
          <span className="small second figures">{words.preview.layerOf(layer + 1, layers)}</span>
        </div>
      ) : null}
      <figcaption className="row small quiet figures">
        {views}
        <Switch label={words.preview.travelShow} checked={showTravel} onChange={event => onTravel(event.currentTarget.checked)} />
        <span style={{ marginLeft: 'auto' }}>{words.preview.segments(segments, forms.number(segments))}</span>
      </figcaption>
    </figure>
  )
}

type KeyDeeds = {
  /** Moves what is seen by so many CSS pixels; `second` is the other way to move, with Shift held. */
  move: (x: number, y: number, second: boolean) => void
  zoomBy: (factor: number) => void
  fit: () => void
  /** How far one press of an arrow goes, CSS pixels. */
  step: (second: boolean) => number
}

/** Arrows move, + and - zoom, 0 fits. */
export function pathKeys({ move, zoomBy, fit, step }: KeyDeeds): (event: KeyboardEvent) => void {
  return event => {
    const second = event.shiftKey
    const by = step(second)
    const deeds: Record<string, () => void> = {
      ArrowLeft: () => move(by, 0, second),
      ArrowRight: () => move(-by, 0, second),
      ArrowUp: () => move(0, by, second),
      ArrowDown: () => move(0, -by, second),
      '+': () => zoomBy(1.4),
      '=': () => zoomBy(1.4),
      '-': () => zoomBy(1 / 1.4),
      '0': fit,
    }
    const deed = deeds[event.key]
    if (deed === undefined) return
    event.preventDefault()
    deed()
  }
}
