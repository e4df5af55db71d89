// The SD card: list, select, print, status, write. A print from the card feeds itself into the machine, without oks.
import type { Steps } from '../machine.ts'
import type { MarlinCore } from './core.ts'
import type { Parameters } from './parameters.ts'

/** M20…M30 as far as hosts look at them. */
export function cardCommand(core: MarlinCore, words: Parameters): void {
  const { card } = core
  switch (words.code) {
    case 'M20':
      core.send(`Begin file list\n${[...card.files].map(([name, text]) => `${name} ${text.length}\n`).join('')}End file list\n`)
      return
    case 'M21':
      core.send('echo:SD card ok\n')
      return
    case 'M23':
      select(core, words.text)
      return
    case 'M24':
      if (card.file !== undefined) {
        card.printing = true
        core.action('resumed')
      }
      return
    case 'M25':
      card.printing = false
      core.action('paused')
      return
    case 'M26':
      card.at = words.number('S') ?? 0
      return
    case 'M27':
      core.send(
        card.file !== undefined && (card.printing || card.at > 0)
          ? `SD printing byte ${card.at}/${card.text.length}\n`
          : 'Not SD printing\n',
      )
      return
    case 'M28':
      card.saving = words.text
      card.files.set(words.text, '')
      core.serial.saving = true
      core.send(`Now fresh file: ${words.text}\nWriting to file: ${words.text}\n`)
      return
    case 'M29':
      core.send('Done saving file.\n')
      card.saving = undefined
      core.serial.saving = false
      return
    case 'M30':
      core.send(card.files.delete(words.text) ? `File deleted:${words.text}\n` : `Deletion failed, File: ${words.text}.\n`)
      return
    case 'M524':
      card.printing = false
      card.file = undefined
      card.at = 0
      return
    default:
      return
  }
}

function select(core: MarlinCore, name: string): void {
  const text = core.card.files.get(name)
  if (text === undefined) {
    core.send(`open failed, File: ${name}.\n`)
    return
  }
  core.card.file = name
  core.card.text = text
  core.card.at = 0
  core.send(`echo:Now fresh file: ${name}\nFile opened: ${name} Size: ${text.length}\nFile selected\n`)
}

/** Someone chose a file on the panel and pressed print. */
export function panelPrint(core: MarlinCore, name: string): void {
  const text = core.card.files.get(name)
  if (text === undefined) return
  core.card.file = name
  core.card.text = text
  core.card.at = 0
  core.card.printing = true
  core.send(`echo:Now fresh file: ${name}\nFile opened: ${name} Size: ${text.length}\nFile selected\n`)
  core.action('start')
}

/** The next command of a print from the card; undefined when there is none. */
export function* nextCardLine(core: MarlinCore): Steps<string | undefined> {
  const { card } = core
  if (!card.printing) return undefined
  while (card.at < card.text.length) {
    const end = card.text.indexOf('\n', card.at)
    const line = card.text.slice(card.at, end < 0 ? undefined : end)
    card.at = end < 0 ? card.text.length : end + 1
    const command = line.replace(/;.*$/, '').trim()
    if (command !== '') return command
  }
  yield* core.synchronize()
  card.printing = false
  card.file = undefined
  card.at = 0
  core.send('Done printing file\n')
  return undefined
}
