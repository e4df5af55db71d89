// How one simulated Grbl board is built and set up, beside what its firmware dictates.

export type GrblOptions = {
  /** Stored `$` settings over the firmware's defaults, e.g. { $110: '6000', $32: 1 }. */
  readonly settings?: Readonly<{ [name: string]: string | number }>
  readonly rxBytes?: number
  readonly plannerBlocks?: number
  /** Every motion, dwell and homing takes no time. */
  readonly instant?: boolean
  /** Seconds that the firmware needs to parse and plan one line (an Uno: 0.001 to 0.005). */
  readonly lineSeconds?: number
  /** Seconds from reset to banner, in which received bytes are lost (an Uno's bootloader: about 1.5). */
  readonly bootSeconds?: number
  /** Whether boot says anything at all (native USB and network boards greet nobody). */
  readonly banner?: boolean
  /** `error:7` before the banner: EEPROM could not be read. */
  readonly bootError?: boolean
  /** How far each axis stands from its switch at power-up, mm. */
  readonly homingDistanceMm?: number
  /** A free text in `$I`. */
  readonly note?: string
}
