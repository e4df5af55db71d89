// Hands each line of the controller to whom it concerns.
import { type GrblLine, readGrblLine } from './read.ts'
import type { StatusReport } from './status.ts'

export interface Listener {
  heardOk(): void
  heardError(code: number | undefined, text: string): void
  heardAlarm(code: number | undefined, text: string): void
  heardStatus(status: StatusReport): void
  heardBanner(text: string): void
  /** Damaged on the way; `wasError`: it was plainly an error, whatever its number. */
  heardGarbled(text: string, wasError: boolean): void
  /** Part of an answer about the controller: worth showing only to who asked for it by console. */
  heardFact(line: GrblLine, raw: string): void
  /** Anything else it says: shown on the console. */
  heardWord(line: GrblLine, raw: string): void
}

export function hear(raw: string, listener: Listener): void {
  const line = readGrblLine(raw)
  switch (line.kind) {
    case 'ok':
      listener.heardOk()
      return
    case 'error':
      listener.heardError(line.code, line.text)
      return
    case 'alarm':
      listener.heardAlarm(line.code, line.text)
      return
    case 'status':
      listener.heardStatus(line.status)
      return
    case 'banner':
      listener.heardBanner(line.text)
      return
    case 'garbled':
      listener.heardGarbled(line.text, line.wasError === true)
      return
    case 'setting':
    case 'version':
    case 'options':
    case 'newOptions':
    case 'firmware':
    case 'axes':
    case 'modal':
    case 'offset':
    case 'codeText':
      listener.heardFact(line, raw)
      return
    case 'unknown':
    case 'startup':
    case 'probe':
    case 'info':
    case 'message':
      listener.heardWord(line, raw)
      return
  }
}
