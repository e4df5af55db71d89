// What may have gone wrong with a part, in one language: the catalogue is the contract's, since tickets and machine pages say the same.
import { clearCauses } from '../../../protocols/contract/floor.ts'
import type { MachineKind } from '../../../protocols/contract/machine.ts'

export function causesIn(language: 'ru' | 'en'): Record<MachineKind, string[]> {
  const of = (kind: MachineKind) => clearCauses[kind].map(cause => cause[language])
  return { printer: of('printer'), laser: of('laser'), mill: of('mill') }
}
