// How `tsekh stream` looks to a person: a bar on a terminal, an occasional line elsewhere; always on standard error.
import type { Fault, Language, Sentence } from '../../protocols/contract/words.ts'
import type { Progress } from '../progress.ts'
import { says } from './words.ts'

const barMs = 200
/** A log file wants to know that it goes on, not how it moves. */
const plainMs = 10_000
const barChars = 24

export type Screen = { write(text: string): unknown; readonly isTTY?: boolean | undefined; readonly columns?: number | undefined }

export class Show {
  readonly #screen: Screen
  readonly #language: Language
  #shownAt = Number.NEGATIVE_INFINITY
  #barChars = 0

  constructor(screen: Screen, language: Language) {
    this.#screen = screen
    this.#language = language
  }

  say(sentence: Sentence, detail = ''): void {
    this.#clear()
    this.#screen.write(`${sentence[this.#language]}${detail === '' ? '' : ` ${detail}`}\n`)
  }

  fault(fault: Fault): void {
    const help = fault.help === undefined ? '' : ` ${fault.help[this.#language]}`
    const detail = fault.detail === undefined ? '' : ` [${fault.code}: ${fault.detail}]`
    const line = fault.line === undefined ? '' : `${fault.line}: `
    this.#clear()
    this.#screen.write(`${line}${fault.text[this.#language]}${help}${detail}\n`)
  }

  progress(progress: Progress, linesTotal: number, nowMs: number): void {
    const bar = this.#screen.isTTY === true
    // A program of seconds needs no line of progress in a log.
    if (!bar && this.#shownAt === Number.NEGATIVE_INFINITY) this.#shownAt = nowMs
    if (nowMs - this.#shownAt < (bar ? barMs : plainMs)) return
    this.#shownAt = nowMs
    const percent = `${(progress.fraction * 100).toFixed(bar ? 1 : 0)} %`
    const line = `${says.line[this.#language]} ${progress.lines}/${linesTotal}`
    const left = progress.remainingSeconds === undefined ? '' : `, ${says.left[this.#language]} ${duration(progress.remainingSeconds)}`
    const words = `${percent}  ${line}  ${duration(progress.elapsedSeconds)}${left}`
    if (!bar) {
      this.#screen.write(`${words}\n`)
      return
    }
    const full = Math.round(progress.fraction * barChars)
    const text = `[${'#'.repeat(full)}${'.'.repeat(barChars - full)}] ${words}`.slice(0, (this.#screen.columns ?? 100) - 1)
    this.#screen.write(`\r${text.padEnd(this.#barChars)}`)
    this.#barChars = text.length
  }

  #clear(): void {
    if (this.#barChars === 0) return
    this.#screen.write(`\r${' '.repeat(this.#barChars)}\r`)
    this.#barChars = 0
  }
}

/** `1:02:03`, `4:05`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  return minutes >= 60 ? `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}
