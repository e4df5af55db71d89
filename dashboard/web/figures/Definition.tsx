// What a figure means: in plain words, how it is reckoned, when it is abnormal, what it comes from, and how it stands now.
import { Modal, VisuallyHidden } from '@mantine/core'
import type { FigureName, Figures } from '../../../protocols/contract/figures.ts'
import { Glyph } from '../parts/Glyph.tsx'
import { useSpeech } from '../words/speech.tsx'
import { casesText, lookOfFigure, valueText } from './text.ts'
import { useFigureWords } from './words.ts'

/** Figures that are read together. */
const beside: Partial<Record<FigureName, FigureName[]>> = { wait: ['waitMost'], forecastMost: ['forecast', 'inside'] }

type Props = { name: FigureName | undefined; figures: Figures | undefined; whose: string; onClose: () => void }

export function Definition({ name, figures, whose, onClose }: Props) {
  const words = useFigureWords()
  return (
    <Modal
      opened={name !== undefined}
      onClose={onClose}
      title={name === undefined ? '' : words.definitions[name].name}
      closeButtonProps={{ 'aria-label': words.definition.close }}
      size="lg"
    >
      {name === undefined ? null : (
        <div className="stack">
          <Meaning name={name} figures={figures} whose={whose} />
          {(beside[name] ?? []).map(other => (
            <section key={other} className="stack definition-more" aria-label={words.definitions[other].name}>
              <h3>{words.definitions[other].name}</h3>
              <Meaning name={other} figures={figures} whose={whose} />
            </section>
          ))}
        </div>
      )}
    </Modal>
  )
}

function Meaning({ name, figures, whose }: { name: FigureName; figures: Figures | undefined; whose: string }) {
  const words = useFigureWords()
  const { forms } = useSpeech()
  const { what, formula, limits, from } = words.definitions[name]
  const { definition } = words
  const figure = figures?.[name]
  return (
    <>
      <p>{what}</p>
      <dl className="definition">
        <dt>{definition.formula}</dt>
        <dd>{formula}</dd>
        <dt>{definition.limits}</dt>
        <dd>{limits}</dd>
        <dt>{definition.from}</dt>
        <dd>{from}</dd>
        {figure === undefined ? null : (
          <>
            <dt>
              {definition.now} · {whose}
            </dt>
            <dd>
              <Value name={name} figure={figure} /> <span className="second">{casesText(name, figure, words)}</span>
              {name === 'availability' && figures?.unseen !== undefined && figures.unseen >= 0.005 ? (
                <p className="second small">{words.unseenNote(forms.percent(figures.unseen))}</p>
              ) : null}
              {name === 'firstPass' && figures?.unjudged !== undefined && figures.unjudged >= 0.005 ? (
                <p className="second small">{words.unjudgedNote(forms.percent(figures.unjudged))}</p>
              ) : null}
            </dd>
          </>
        )}
      </dl>
    </>
  )
}

/** Quiet when normal; a shape and a word beside the colour when not. */
export function Value({ name, figure }: { name: FigureName; figure: Figures[FigureName] }) {
  const words = useFigureWords()
  const { forms } = useSpeech()
  const look = lookOfFigure(name, figure, words)
  const text = valueText(name, figure, words, forms)
  if (figure.state !== 'known' && figure.state !== 'over') return <span className="quiet">{text}</span>
  if (look.tone === 'quiet') return <span>{text}</span>
  return (
    <span className={`figure-abnormal tone-${look.tone}`}>
      <Glyph shape={look.shape} size={14} />
      <span className="state-word">{text}</span>
      <VisuallyHidden>{`, ${look.label}`}</VisuallyHidden>
    </span>
  )
}
