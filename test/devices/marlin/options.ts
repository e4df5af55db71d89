// What kind of Marlin printer is simulated: buffers, versions' habits, motion figures, heaters, card.

export type Axes = [number, number, number, number]

export type MarlinMotion = {
  /** Steps per mm, mm/s and mm/s² for X, Y, Z, E (M92, M203, M201). */
  readonly stepsPerMm: Axes
  readonly maxFeed: Axes
  readonly maxAcceleration: Axes
  /** M204: printing, retracting, travelling. */
  readonly printAcceleration: number
  readonly retractAcceleration: number
  readonly travelAcceleration: number
  /** Corners by junction deviation (mm) or by classic jerk (mm/s each axis): M205 J or X Y Z E. */
  readonly corner: { readonly kind: 'deviation'; readonly mm: number } | { readonly kind: 'jerk'; readonly jerk: Axes }
}

export type MarlinOptions = {
  readonly version: string
  readonly machineType: string
  readonly uuid: string | undefined
  /** Usable bytes of the receive ring, commands of the ring behind it, blocks of the planner, bytes of one command. */
  readonly rxBytes: number
  readonly commandRing: number
  readonly plannerBlocks: number
  readonly commandBytes: number
  /** A line heard twice: newer firmware drops it without a word, older answers a line-number error and Resend. */
  readonly duplicates: 'dropped' | 'error'
  /** Marlin 1.1, 2.0 and Prusa say ok after Resend; 2.0.8 and later do not. */
  readonly okAfterResend: boolean
  readonly advancedOk: boolean
  readonly emergencyParser: boolean
  /** Seconds between `busy:` lines; 0 says nothing (M113). */
  readonly keepaliveSeconds: number
  /** Seconds of an empty queue until `wait` (NO_TIMEOUTS); 0 never. */
  readonly waitSeconds: number
  readonly hostActions: boolean
  readonly prompts: boolean
  readonly thermalProtection: boolean
  /** Work area, mm. */
  readonly area: readonly [number, number, number]
  readonly motion: MarlinMotion
  readonly homingFeed: readonly [number, number, number]
  readonly probePoints: number
  readonly ambient: number
  /** Files on the card: name → text. */
  readonly card: Readonly<{ [name: string]: string }>
  readonly instant: boolean
  /** Seconds the main loop needs for one command besides its motion. */
  readonly lineSeconds: number
  /** Seconds from reset to `start`, in which received bytes are lost. */
  readonly bootSeconds: number
  readonly banner: boolean
}

export const marlinDefaults: MarlinOptions = {
  version: '2.1.2.1',
  machineType: 'Ender-3',
  uuid: 'cede2a2f-41a2-4748-9b12-c55c62f367ff',
  rxBytes: 128,
  commandRing: 4,
  plannerBlocks: 16,
  commandBytes: 96,
  duplicates: 'dropped',
  okAfterResend: false,
  advancedOk: false,
  emergencyParser: true,
  keepaliveSeconds: 2,
  waitSeconds: 0,
  hostActions: true,
  prompts: true,
  thermalProtection: true,
  area: [235, 235, 250],
  motion: {
    stepsPerMm: [80, 80, 400, 93],
    maxFeed: [500, 500, 5, 25],
    maxAcceleration: [500, 500, 100, 5000],
    printAcceleration: 500,
    retractAcceleration: 500,
    travelAcceleration: 500,
    corner: { kind: 'deviation', mm: 0.08 },
  },
  homingFeed: [50, 50, 4],
  probePoints: 9,
  ambient: 22,
  card: {},
  instant: false,
  lineSeconds: 0,
  bootSeconds: 0,
  banner: true,
}
