// What a program may not carry, and what is left out of it in silence: one table for the gate and for the checks.
import type { Dialect } from '../contract/machine.ts'

/**
 * `refuse`: a school machine must not take it from a file. `skip`: not sent, because it would only disturb the host's own
 * conversation (numbering, reports) or is an echo; the result of the program is the same without it.
 */
export type Leave = 'refuse-settings' | 'refuse-firmware' | 'refuse-card' | 'refuse-host' | 'skip'

/** M numbers of Marlin (marlinfw.org, "G-code index"). What is not listed may pass. */
const marlin: readonly (readonly [number, Leave])[] = [
  // EEPROM and what belongs into it: steps, probe offset, heater control, geometry, driver currents saved elsewhere.
  [500, 'refuse-settings'],
  [501, 'refuse-settings'],
  [502, 'refuse-settings'],
  [504, 'refuse-settings'],
  [92, 'refuse-settings'],
  [851, 'refuse-settings'],
  [301, 'refuse-settings'],
  [303, 'refuse-settings'],
  [304, 'refuse-settings'],
  [306, 'refuse-settings'],
  [309, 'refuse-settings'],
  [665, 'refuse-settings'],
  [666, 'refuse-settings'],
  // Firmware, reboot, serial speed, passwords.
  [997, 'refuse-firmware'],
  [999, 'refuse-firmware'],
  [575, 'refuse-firmware'],
  [510, 'refuse-firmware'],
  [511, 'refuse-firmware'],
  [512, 'refuse-firmware'],
  [993, 'refuse-firmware'],
  [994, 'refuse-firmware'],
  [995, 'refuse-firmware'],
  // The SD card: M28 would write the rest of the program to the card, M30 deletes, M23/M24/M32 start another job.
  [23, 'refuse-card'],
  [24, 'refuse-card'],
  [26, 'refuse-card'],
  [28, 'refuse-card'],
  [29, 'refuse-card'],
  [30, 'refuse-card'],
  [32, 'refuse-card'],
  [928, 'refuse-card'],
  // The host's own business.
  [110, 'refuse-host'],
  [112, 'refuse-host'],
  [410, 'refuse-host'],
  [20, 'skip'],
  [21, 'skip'],
  [22, 'skip'],
  [27, 'skip'],
  [31, 'skip'],
  [33, 'skip'],
  [34, 'skip'],
  [81, 'skip'],
  [105, 'skip'],
  [108, 'skip'],
  [111, 'skip'],
  [113, 'skip'],
  [118, 'skip'],
  [154, 'skip'],
  [155, 'skip'],
  [503, 'skip'],
  [524, 'skip'],
  [876, 'skip'],
]

/** Grbl has almost no dangerous M word; its settings are `$` lines and G10, G28.1, G30.1. M30 is the program's end there. */
const grbl: readonly (readonly [number, Leave])[] = [
  [500, 'refuse-settings'],
  [501, 'refuse-settings'],
  [502, 'refuse-settings'],
  [92, 'refuse-settings'],
  [997, 'refuse-firmware'],
  [112, 'refuse-host'],
  [999, 'refuse-firmware'],
]

const tables = { marlin: new Map(marlin), grbl: new Map(grbl) }

/** What becomes of this M word of a program; undefined where it may pass. `code` is the whole number, e.g. 500. */
export function leaveOf(dialect: Dialect, code: number): Leave | undefined {
  return tables[dialect].get(code)
}

/** M numbers of Marlin whose rest of line is a text, not words (gcode.h, "string_arg"). */
export function takesText(code: number): boolean {
  return code === 117 || code === 16 || code === 0 || code === 1 || code === 118 || code === 23 || code === 28 || code === 30 || code === 32
}

/**
 * Words of Klipper that a printer may miss without harm: names of objects, counters for the screen.
 * Any other name at the beginning of a line is a macro that this firmware does not have.
 */
const harmlessNames = /^(EXCLUDE_OBJECT|SET_PRINT_STATS_INFO|TIMELAPSE_|_TIMELAPSE|PRINT_START_INFO|SET_DISPLAY_TEXT)/i

export function isHarmlessName(text: string): boolean {
  return harmlessNames.test(text)
}
