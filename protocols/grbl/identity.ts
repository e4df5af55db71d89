// What a controller says about itself, gathered from the lines of $I, $$, $G and $#.
import type { Firmware } from '../contract/machine.ts'
import type { GrblFamily } from './codes.ts'
import type { GrblLine } from './read.ts'

/** No firmware of the family has more; a runaway must not fill our memory. */
const entriesMax = 1000
/** Smaller or larger figures in [OPT:…] are damage on the way. The largest real one is 10240 (LPC boards). */
const bufferBytes = { min: 32, max: 65_535 }

/** The smallest buffer of any FluidNC channel; it prints no figure in [OPT:…]. */
const fluidncBytes = 128

/** Grbl 1.1 has 79 on an Uno and 255 on a Mega and does not tell which: the model's figure stands. */
const lineLengths: Partial<Record<GrblFamily, number>> = { grblhal: 256, fluidnc: 254 }

/** Grbl 1.1 csv/build_option_codes: letters shown when an option is on. */
const optionNames: Readonly<Record<string, string>> = {
  V: 'variable-spindle',
  N: 'line-numbers',
  M: 'mist-coolant',
  C: 'core-xy',
  P: 'parking',
  H: 'homing-single-axis',
  D: 'step-dir-enable',
  '+': 'safety-door-input',
}

export class Identity {
  #banner = ''
  #version = ''
  #note = ''
  #firmwareName = ''
  #letters = ''
  #newOptions: readonly string[] = []
  #machine: string | undefined
  #plannerBlocks: number | undefined
  #reportedBytes: number | undefined
  #idleFreeBytes = 0
  readonly settings = new Map<string, string>()
  readonly offsets = new Map<string, readonly number[]>()
  readonly learned = new Map<string, string>()
  /** The parser's modal words, as the last $G told: ahead of the motion, never asked for in mid-job. */
  modal: readonly string[] = []

  get versionKnown(): boolean {
    return this.#version !== '' || this.#firmwareName !== ''
  }

  /** Banners are a user's setting on FluidNC, so $I has the last word. */
  get family(): GrblFamily {
    const version = `${this.#version} ${this.#note}`
    if (/grblhal/i.test(this.#firmwareName)) return 'grblhal'
    if (/fluidnc/i.test(version)) return 'fluidnc'
    if (/grblhal/i.test(this.#banner)) return 'grblhal'
    if (/fluidnc/i.test(this.#banner)) return 'fluidnc'
    if (/^v?(?:0\.\d|1\.[01])/.test(this.#version) || /^Grbl v?(?:0\.\d|1\.[01])/i.test(this.#banner)) return 'grbl'
    return 'unknown-grbl'
  }

  /** $13: reports are in inches. */
  get inches(): boolean {
    return this.settings.get('$13') === '1'
  }

  get laserMode(): string | undefined {
    return this.settings.get('$32')
  }

  /** Modal words that a program does not expect after power-up, as one line that puts them right; undefined where all is well. */
  get modalRepair(): string | undefined {
    const wrong = new Map([
      ['G20', 'G21'],
      ['G91', 'G90'],
      ['G93', 'G94'],
      ['G18', 'G17'],
      ['G19', 'G17'],
      ['M3', 'M5'],
      ['M4', 'M5'],
    ])
    const repair = this.modal.map(word => wrong.get(word)).filter(word => word !== undefined)
    return repair.length === 0 ? undefined : repair.join(' ')
  }

  banner(text: string): void {
    this.#banner = text
  }

  /** True where the line belonged to an answer about the controller. */
  note(line: GrblLine): boolean {
    switch (line.kind) {
      case 'version':
        this.#version = line.version.trim()
        this.#note = line.note
        return true
      case 'options':
        this.#letters = line.letters
        this.#plannerBlocks = line.plannerBlocks || undefined
        this.#reportedBytes = plausible(line.receiveBufferBytes)
        return true
      case 'newOptions':
        this.#newOptions = line.names
        return true
      case 'firmware':
        this.#firmwareName = line.name
        return true
      case 'axes':
        return true
      case 'modal':
        this.modal = line.words
        return true
      case 'setting':
        if (this.settings.size < entriesMax) this.settings.set(line.key, line.value)
        return true
      case 'offset':
        if (this.offsets.size < entriesMax) this.offsets.set(line.name, line.values)
        return true
      case 'codeText':
        if (this.learned.size < entriesMax) this.learned.set(`${line.of}:${line.code}`, line.text)
        return true
      case 'message': {
        // [MSG: Machine: 6 Pack External XYZ]     FluidNC, $I
        const machine = /^(?:INFO:\s*)?Machine:\s*(.+)$/.exec(line.text)
        if (machine !== null) this.#machine = machine[1]
        return machine !== null
      }
      default:
        return false
    }
  }

  /** Free bytes seen while the controller was idle and nothing of ours was on its way: all of its buffer is free then. */
  noteIdleBuffer(freeBytes: number | undefined): void {
    if (freeBytes !== undefined && freeBytes <= bufferBytes.max) this.#idleFreeBytes = Math.max(this.#idleFreeBytes, freeBytes)
  }

  /** Its own word first; FluidNC says none, so what was free in idleness; else the model's figure. */
  receiveBufferBytes(otherwise: number): number {
    const least = this.family === 'fluidnc' ? Math.max(fluidncBytes, otherwise) : otherwise
    return this.#reportedBytes ?? plausible(this.#idleFreeBytes) ?? least
  }

  /** Longest line it takes. grblHAL says error:11 to more; FluidNC cuts more off and carries out the rest. */
  lineLengthMax(otherwise: number): number {
    return lineLengths[this.family] ?? otherwise
  }

  firmware(): Firmware {
    const family = this.family
    const receive = this.#reportedBytes ?? plausible(this.#idleFreeBytes)
    return {
      name: this.#name(family),
      family,
      ...(this.#machine === undefined
        ? this.#note === '' || family === 'fluidnc'
          ? {}
          : { machine: this.#note }
        : { machine: this.#machine }),
      ...(this.#letters === '' && this.#newOptions.length === 0 ? {} : { capabilities: this.#capabilities() }),
      ...(this.settings.size === 0 ? {} : { settings: Object.fromEntries(this.settings) }),
      ...(receive === undefined ? {} : { receiveBufferBytes: receive }),
      ...(this.#plannerBlocks === undefined ? {} : { plannerBlocks: this.#plannerBlocks }),
    }
  }

  #name(family: GrblFamily): string {
    // [VER:3.7 FluidNC v3.7.16 (esp32-wifi):] · [VER:1.1h.20190825:] · [VER:1.1f.20240101:]
    const version = this.#version.replace(/^v/, '')
    const short = /^\d+\.\d+[a-z]?/.exec(version)?.[0] ?? /Grbl(?:HAL)? v?(\S+)/i.exec(this.#banner)?.[1] ?? ''
    switch (family) {
      case 'grblhal':
        return `grblHAL ${short}`.trim()
      case 'fluidnc':
        return /FluidNC v\d[\w.]*/.exec(`${this.#version} ${this.#note} ${this.#banner}`)?.[0] ?? 'FluidNC'
      case 'grbl':
      case 'unknown-grbl':
        return `Grbl ${short}`.trim()
    }
  }

  #capabilities(): Record<string, boolean> {
    const capabilities: Record<string, boolean> = {}
    for (const letter of this.#letters) {
      const name = optionNames[letter]
      if (name !== undefined) capabilities[name] = true
    }
    for (const name of this.#newOptions) capabilities[name] = true
    return capabilities
  }
}

function plausible(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes >= bufferBytes.min && bytes <= bufferBytes.max ? bytes : undefined
}
