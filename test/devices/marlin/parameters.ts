// A Marlin command and its parameters: letter, number, and the raw text behind it for the commands that take text.

export class Parameters {
  /** "G1", "M104", "T0"; empty when the line is no command. */
  readonly code: string
  /** Everything behind the code. */
  readonly text: string
  readonly #values = new Map<string, number | undefined>()

  constructor(line: string) {
    let at = 0
    const letter = line.charAt(0).toUpperCase()
    let code = ''
    if (letter === 'G' || letter === 'M' || letter === 'T') {
      at = 1
      while (at < line.length && line.charAt(at) === ' ') at += 1
      const from = at
      while (at < line.length && isDigit(line.charCodeAt(at))) at += 1
      if (at > from) code = letter + String(Number(line.slice(from, at)))
      // G38.2 and its like keep their decimals.
      if (code !== '' && line.charAt(at) === '.') {
        const dot = at
        at += 1
        while (at < line.length && isDigit(line.charCodeAt(at))) at += 1
        code += line.slice(dot, at)
      }
    }
    this.code = code
    this.text = line.slice(at).trim()
    if (code !== '') this.#read(line, at)
  }

  #read(line: string, from: number): void {
    let at = from
    while (at < line.length) {
      const code = line.charCodeAt(at)
      const upper = code >= 97 && code <= 122 ? code - 32 : code
      at += 1
      if (upper < 65 || upper > 90) continue
      const start = at
      if (line.charCodeAt(at) === 43 || line.charCodeAt(at) === 45) at += 1
      while (at < line.length && (isDigit(line.charCodeAt(at)) || line.charCodeAt(at) === 46)) at += 1
      const value = at > start ? Number(line.slice(start, at)) : Number.NaN
      this.#values.set(String.fromCharCode(upper), Number.isFinite(value) ? value : undefined)
    }
  }

  has(letter: string): boolean {
    return this.#values.has(letter)
  }

  /** The number behind a letter; undefined when the letter is missing or has none. */
  number(letter: string): number | undefined {
    return this.#values.get(letter)
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
