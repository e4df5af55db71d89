// The longer texts a Marlin printer prints: boot, M115 with capabilities, M503 settings.
import type { MarlinCore } from './core.ts'

// start
// echo:Marlin 2.1.2.1
export function bootText(core: MarlinCore): string {
  const { version } = core.options
  return [
    'start',
    `echo:Marlin ${version}`,
    '',
    'echo: Last Updated: 2023-05-16 | Author: (none, default config)',
    'echo: Compiled: Dec  1 2023',
    'echo: Free Memory: 3715  PlannerBufferBytes: 1200',
    'echo:V87 stored settings retrieved (672 bytes; crc 8423)',
    settingsText(core).trimEnd(),
    '',
  ].join('\n')
}

/** `M115`: identity, then one `Cap:` line each, then the work area. */
export function firmwareText(core: MarlinCore): string {
  const { options } = core
  const capabilities: readonly (readonly [string, boolean])[] = [
    ['SERIAL_XON_XOFF', false],
    ['BINARY_FILE_TRANSFER', false],
    ['EEPROM', true],
    ['VOLUMETRIC', true],
    ['AUTOREPORT_POS', true],
    ['AUTOREPORT_TEMP', true],
    ['PROGRESS', false],
    ['PRINT_JOB', true],
    ['AUTOLEVEL', true],
    ['RUNOUT', true],
    ['Z_PROBE', true],
    ['LEVELING_DATA', true],
    ['BUILD_PERCENT', true],
    ['SOFTWARE_POWER', false],
    ['TOGGLE_LIGHTS', false],
    ['CASE_LIGHT_BRIGHTNESS', false],
    ['EMERGENCY_PARSER', options.emergencyParser],
    ['HOST_ACTION_COMMANDS', options.hostActions],
    ['PROMPT_SUPPORT', options.prompts],
    ['SDCARD', true],
    ['REPEAT', false],
    ['SD_WRITE', true],
    ['AUTOREPORT_SD_STATUS', false],
    ['LONG_FILENAME', true],
    ['THERMAL_PROTECTION', options.thermalProtection],
    ['MOTION_MODES', false],
    ['ARCS', true],
    ['BABYSTEPPING', true],
    ['CHAMBER_TEMPERATURE', false],
    ['COOLER_TEMPERATURE', false],
    ['MEATPACK', false],
  ]
  const uuid = options.uuid === undefined ? '' : ` UUID:${options.uuid}`
  const [x, y, z] = options.area
  return [
    `FIRMWARE_NAME:Marlin ${options.version} (Dec  1 2023 12:00:00) SOURCE_CODE_URL:github.com/MarlinFirmware/Marlin PROTOCOL_VERSION:1.0 MACHINE_TYPE:${options.machineType} EXTRUDER_COUNT:1${uuid}`,
    ...capabilities.map(([name, has]) => `Cap:${name}:${has ? 1 : 0}`),
    `area:{full:{min:{x:0.0000,y:0.0000,z:0.0000},max:{x:${x.toFixed(4)},y:${y.toFixed(4)},z:${z.toFixed(4)}}},work:{min:{x:0.0000,y:0.0000,z:0.0000},max:{x:${x.toFixed(4)},y:${y.toFixed(4)},z:${z.toFixed(4)}}}}`,
    '',
  ].join('\n')
}

/** `M503`: settings as the commands that would set them. */
export function settingsText(core: MarlinCore): string {
  const { motion } = core.planner
  const axes = (values: readonly number[]): string => `X${f(values[0])} Y${f(values[1])} Z${f(values[2])} E${f(values[3])}`
  const corner =
    motion.corner.kind === 'deviation'
      ? [
          '; Advanced (B<min_segment_time_us> S<min_feedrate> T<min_travel_feedrate> J<junc_dev>):',
          `  M205 B20000.00 S0.00 T0.00 J${f(motion.corner.mm)}`,
        ]
      : [
          '; Advanced (B<min_segment_time_us> S<min_feedrate> T<min_travel_feedrate> X<max_jerk> Y<max_jerk> Z<max_jerk> E<max_jerk>):',
          `  M205 B20000.00 S0.00 T0.00 ${axes(motion.corner.jerk)}`,
        ]
  return [
    '; Linear Units:',
    '  G21 ; (mm)',
    '; Temperature Units:',
    '  M149 C ; Units in Celsius',
    '; Filament settings (Disabled):',
    '  M200 S0 D1.75',
    '; Steps per unit:',
    `  M92 ${axes(motion.stepsPerMm)}`,
    '; Max feedrates (units/s):',
    `  M203 ${axes(motion.maxFeed)}`,
    '; Max Acceleration (units/s2):',
    `  M201 ${axes(motion.maxAcceleration)}`,
    '; Acceleration (units/s2) (P<print-accel> R<retract-accel> T<travel-accel>):',
    `  M204 P${f(motion.printAcceleration)} R${f(motion.retractAcceleration)} T${f(motion.travelAcceleration)}`,
    ...corner,
    '; Home offset:',
    '  M206 X0.00 Y0.00 Z0.00',
    '; Auto Bed Leveling:',
    `  M420 S${core.leveled ? 1 : 0} Z0.00 ; Leveling ${core.leveled ? 'ON' : 'OFF'}`,
    '; Material heatup parameters:',
    '  M145 S0 H185.00 B45.00 F255',
    '  M145 S1 H240.00 B110.00 F255',
    '; Hotend PID:',
    '  M301 P22.20 I1.08 D114.00',
    '; Filament load/unload:',
    '  M603 L0.00 U100.00 ; (mm)',
    '; Filament runout sensor:',
    '  M412 S1 ; Sensor ON',
    '',
  ]
    .map(line => (line === '' ? '' : `echo:${line}`))
    .join('\n')
}

function f(value: number | undefined): string {
  return (value ?? 0).toFixed(2)
}
