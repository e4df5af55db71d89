// The dialects we drive: one line each.
import type { Dialect } from '../protocols/contract/machine.ts'
import { createGrblSession } from '../protocols/grbl/session.ts'
import { createMarlinSession } from '../protocols/marlin/session.ts'
import type { Session, SessionOptions } from '../protocols/session.ts'

export const dialects: Record<Dialect, (options: SessionOptions) => Session> = {
  grbl: createGrblSession,
  marlin: createMarlinSession,
}
