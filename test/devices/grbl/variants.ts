// Where Grbl 1.1, grblHAL and FluidNC differ on the wire. One table, so that the machine itself asks "which", never "who".

export type GrblKind = 'grbl' | 'grblhal' | 'fluidnc'

export type Variant = {
  readonly kind: GrblKind
  readonly banner: string
  /** Lines that `$I` answers, before its ok. */
  readonly info: readonly string[]
  readonly rxBytes: number
  /** Blocks that can wait or run; Grbl keeps one of its sixteen free. */
  readonly plannerBlocks: number
  /** Longest line; `strips` tells whether blanks and comments count. */
  readonly lineMax: number
  readonly lineCounts: 'stripped' | 'raw'
  /** What a longer line becomes. */
  readonly tooLong: 'error' | 'truncated'
  /** Grbl 1.1 ends a line on each of CR and LF; the others fold a pair into one. */
  readonly foldsCrLf: boolean
  /** grblHAL: after an error every further line answers the same until a blank line or a `$` line. */
  readonly locksOnError: boolean
  /** FluidNC decodes UTF-8 and cuts the code point down to eight bits before it looks for realtime commands. */
  readonly decodesUtf8: boolean
  /** FluidNC leaves spindle and laser running on an alarm unless `off_on_alarm` is set. */
  readonly offOnAlarm: boolean
  readonly realtimeExtras: readonly number[]
  readonly toolChange: 'unsupported' | 'waits' | 'ignored'
  readonly mist: boolean
  /** AVR: while EEPROM is written no interrupt runs and received bytes are lost. Seconds of deafness per write. */
  readonly eepromDeafSeconds: number
  readonly settings: readonly (readonly [number, string])[]
}

// Defaults of Grbl 1.1 settings.md; `$22` is off there too: a bare board has no switches.
const grblSettings: readonly (readonly [number, string])[] = [
  [0, '10'],
  [1, '25'],
  [2, '0'],
  [3, '0'],
  [4, '0'],
  [5, '0'],
  [6, '0'],
  [10, '1'],
  [11, '0.010'],
  [12, '0.002'],
  [13, '0'],
  [20, '0'],
  [21, '0'],
  [22, '0'],
  [23, '0'],
  [24, '25.000'],
  [25, '500.000'],
  [26, '250'],
  [27, '1.000'],
  [30, '1000'],
  [31, '0'],
  [32, '0'],
  [100, '250.000'],
  [101, '250.000'],
  [102, '250.000'],
  [110, '500.000'],
  [111, '500.000'],
  [112, '500.000'],
  [120, '10.000'],
  [121, '10.000'],
  [122, '10.000'],
  [130, '200.000'],
  [131, '200.000'],
  [132, '200.000'],
]

const halSettings: readonly (readonly [number, string])[] = [
  ...grblSettings.map(([id, value]): readonly [number, string] => (id === 10 ? [10, '511'] : [id, value])),
  [39, '1'],
  [40, '0'],
  [43, '1'],
  [63, '2'],
  [64, '0'],
  [65, '0'],
  [341, '0'],
  [384, '0'],
  [398, '100'],
]

export const variants: { readonly [K in GrblKind]: Variant } = {
  grbl: {
    kind: 'grbl',
    banner: "Grbl 1.1h ['$' for help]",
    info: ['[VER:1.1h.20190825:{note}]', '[OPT:V,15,128]'],
    rxBytes: 128,
    plannerBlocks: 15,
    lineMax: 79,
    lineCounts: 'stripped',
    tooLong: 'error',
    foldsCrLf: false,
    locksOnError: false,
    decodesUtf8: false,
    offOnAlarm: true,
    realtimeExtras: [],
    toolChange: 'unsupported',
    mist: false,
    eepromDeafSeconds: 0.014,
    settings: grblSettings,
  },
  grblhal: {
    kind: 'grblhal',
    banner: "GrblHAL 1.1f ['$' or '$HELP' for help]",
    info: [
      '[VER:1.1f.20260813:{note}]',
      '[OPT:VNML+,100,1024,3,0]',
      '[AXS:3:XYZ]',
      '[NEWOPT:ENUMS,RT+,TC,SED]',
      '[FIRMWARE:grblHAL]',
      '[SIGNALS:D]',
      '[NVS STORAGE:*2K]',
      '[DRIVER:Simulator]',
      '[DRIVER VERSION:260813]',
    ],
    rxBytes: 1024,
    plannerBlocks: 100,
    lineMax: 256,
    lineCounts: 'raw',
    tooLong: 'error',
    foldsCrLf: true,
    locksOnError: true,
    decodesUtf8: false,
    offOnAlarm: true,
    realtimeExtras: [0x05, 0x14, 0x19, 0x80, 0x81, 0x82, 0x83, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0xa2, 0xa3, 0xa4],
    toolChange: 'waits',
    mist: true,
    eepromDeafSeconds: 0,
    settings: halSettings,
  },
  fluidnc: {
    kind: 'fluidnc',
    banner: "Grbl 3.9 [FluidNC v3.9.1 (esp32-wifi) '$' for help]",
    info: [
      '[VER:3.9 FluidNC v3.9.1:{note}]',
      '[OPT:MPHS]',
      '[MSG: Machine: School router]',
      '[MSG: Mode=STA:SSID=school:Status=Connected:IP=127.0.0.1:MAC=AC-0B-FB-24-EE-C9]',
    ],
    rxBytes: 256,
    plannerBlocks: 16,
    lineMax: 254,
    lineCounts: 'raw',
    tooLong: 'truncated',
    foldsCrLf: true,
    locksOnError: false,
    decodesUtf8: true,
    offOnAlarm: false,
    realtimeExtras: [0x87, 0x88, 0x89, 0x8a],
    toolChange: 'ignored',
    mist: true,
    eepromDeafSeconds: 0,
    settings: grblSettings,
  },
}
