// Host actions: what the firmware asks of its host, and the question it may show to a person.
import type { Prompt } from '../contract/machine.ts'

export type Action = { readonly verb: string; readonly text: string }

// //action:paused filament_runout 0      // action:pause (Prusa)      //action:prompt_button Continue
/** Marlin host_actions.cpp. A `//` line that is no action is a comment: its verb is empty. */
export function readAction(line: string): Action {
  const found = /^\/\/\s*action:\s*(\S+)\s*(.*)$/i.exec(line)
  if (!found) return { verb: '', text: line.slice(2).trim() }
  return { verb: (found[1] ?? '').toLowerCase(), text: (found[2] ?? '').trim() }
}

/** A firmware with many buttons is a broken one. */
const buttonsMax = 16

/** Collects `prompt_begin … prompt_choice … prompt_show … prompt_end` into what a screen can show. */
export class PromptBook {
  #title = ''
  #buttons: string[] = []
  #open: Prompt | undefined

  /** The question on the machine's display now. */
  get open(): Prompt | undefined {
    return this.#open
  }

  /** True when the action was about prompts. */
  hear(action: Action): boolean {
    switch (action.verb) {
      case 'prompt_begin':
        this.#title = action.text
        this.#buttons = []
        this.#open = undefined
        return true
      case 'prompt_choice':
      case 'prompt_button':
        if (this.#buttons.length < buttonsMax) this.#buttons.push(action.text)
        return true
      case 'prompt_show':
        this.#open = { title: this.#title, buttons: this.#buttons }
        return true
      case 'prompt_end':
        this.close()
        return true
      default:
        return false
    }
  }

  close(): void {
    this.#open = undefined
    this.#title = ''
    this.#buttons = []
  }
}
