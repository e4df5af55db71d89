// What machines said of themselves, kept while they are switched off: by it their programs are judged meanwhile.
import { type Firmware, firmwareSchema } from '../protocols/contract/machine.ts'
import type { Store } from './store.ts'

export type Said = {
  of(machine: string): Firmware | undefined
  /** True when it is news. */
  hear(machine: string, firmware: Firmware | undefined): boolean
}

export function createSaid(store: Pick<Store, 'note' | 'putNote'>): Said {
  const key = (machine: string) => `firmware/${machine}`
  return {
    of: machine => {
      const note = store.note(key(machine))
      // A note that an older or newer program wrote differently counts for nothing.
      return note === undefined ? undefined : firmwareSchema.safeParse(JSON.parse(note)).data
    },
    hear: (machine, firmware) => {
      const text = firmware && JSON.stringify(firmware)
      if (text === undefined || store.note(key(machine)) === text) return false
      store.putNote(key(machine), text)
      return true
    },
  }
}
