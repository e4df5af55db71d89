// What a firmware says to a person's own command: its lines, from the order until a little after its answer.

/** Some boards say more behind their ok; a person at a console does not notice such a wait. */
const tailMs = 200
/** What a console shows of one command (protocols/contract/command.ts): all of M503 is some eighty lines. */
const linesMax = 200
const lineLengthMax = 200

export class Listening {
  readonly #ears = new Map<string, Set<string[]>>()
  readonly #tailMs: number

  constructor(options: { readonly tailMs?: number } = {}) {
    this.#tailMs = options.tailMs ?? tailMs
  }

  /** A line of the machine that no protocol consumed. */
  heard(machine: string, line: string): void {
    for (const lines of this.#ears.get(machine) ?? []) {
      // The last lines are the ones with the answer.
      if (lines.length >= linesMax) lines.shift()
      lines.push(printable(line))
    }
  }

  /** Listens from now on; what it answers with ends that and tells what was heard. */
  listen(machine: string): () => Promise<string[]> {
    const lines: string[] = []
    const ears = this.#ears.get(machine) ?? new Set()
    ears.add(lines)
    this.#ears.set(machine, ears)
    return async () => {
      await new Promise(resolve => setTimeout(resolve, this.#tailMs))
      ears.delete(lines)
      if (ears.size === 0) this.#ears.delete(machine)
      return lines
    }
  }
}

/** A cable may say anything: what is no letter would move the reader's cursor or hide the line. */
function printable(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return line.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd').slice(0, lineLengthMax)
}
