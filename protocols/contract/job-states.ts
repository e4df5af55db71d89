// The states of a job (DESIGN §2), and what they have in common; without the schemas, for pages.

export const jobStates = [
  'submitted',
  'returned',
  'denied',
  'queued',
  'starting',
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
  'interrupted',
  'collected',
] as const
export type JobState = (typeof jobStates)[number]

/** Ended, whether well or not; nothing moves any more. */
export const endedStates: readonly JobState[] = ['denied', 'completed', 'failed', 'cancelled', 'interrupted', 'collected']
/** On a machine now. */
export const activeStates: readonly JobState[] = ['starting', 'running', 'paused']
