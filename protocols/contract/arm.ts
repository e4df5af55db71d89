// The start at a machine's own button.

/** An armed job waits so long for the machine's own start button; then it goes back into the queue. */
export const buttonWaitMs = 120_000
