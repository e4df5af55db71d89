// The `$` settings of a Grbl board: what it prints, what it accepts, and the figures its motion is planned with.
import type { Variant } from './variants.ts'

export type Vector = [number, number, number]

/** Settings that hold whole numbers or masks; everything else is printed with three decimals (settings.md). */
const wholeNumbers = new Set([0, 1, 2, 3, 4, 5, 6, 10, 13, 20, 21, 22, 23, 26, 32, 39, 40, 63, 64, 65, 341, 384, 398])
/** Grbl keeps these as single bytes. */
const bytes = new Set([0, 1, 2, 3, 10])

export class Settings {
  #values = new Map<number, string>()
  readonly #variant: Variant
  readonly #factory: ReadonlyMap<number, string>

  /** `overrides` are what this machine's maker has stored, e.g. { $110: '6000' }. */
  constructor(variant: Variant, overrides: Readonly<{ [name: string]: string | number }> = {}) {
    this.#variant = variant
    const factory = new Map<number, string>(variant.settings)
    for (const [name, value] of Object.entries(overrides)) {
      const id = Number(name.replace('$', ''))
      if (!Number.isInteger(id)) throw new Error(`no Grbl setting is called ${name}`)
      factory.set(id, format(id, Number(value)))
    }
    this.#factory = factory
    this.restore()
  }

  restore(): void {
    this.#values = new Map(this.#factory)
  }

  number(id: number): number {
    return Number(this.#values.get(id) ?? '0')
  }

  has(id: number): boolean {
    return this.#values.has(id)
  }

  ids(): number[] {
    return [...this.#values.keys()].sort((a, b) => a - b)
  }

  /** `$$`: one `$n=value` line each. */
  lines(): string[] {
    return this.ids().map(id => `$${id}=${this.#values.get(id)}`)
  }

  /** 0, or the error number that refuses this value (error_codes_en_US.csv). */
  store(id: number, value: number): number {
    if (!this.#values.has(id)) return 3
    if (value < 0) return 4
    if (id === 0 && value < 3) return 6
    if (id === 20 && value !== 0 && this.number(22) === 0) return 10
    if (bytes.has(id) && this.#variant.kind === 'grbl' && value > 255) return 3
    this.#values.set(id, format(id, value))
    return 0
  }

  get stepsPerMm(): Vector {
    return this.#threeAbove(100)
  }

  /** mm/min. */
  get maxRate(): Vector {
    return this.#threeAbove(110)
  }

  /** mm/s². */
  get acceleration(): Vector {
    return this.#threeAbove(120)
  }

  // Grbl stores a zero here without complaint; on iron nothing sensible follows, here it must not divide by it.
  #threeAbove(id: number): Vector {
    return [Math.max(this.number(id), 0.01), Math.max(this.number(id + 1), 0.01), Math.max(this.number(id + 2), 0.01)]
  }

  get travel(): Vector {
    return [this.number(130), this.number(131), this.number(132)]
  }

  get laserMode(): boolean {
    return this.number(32) === 1
  }
}

function format(id: number, value: number): string {
  if (wholeNumbers.has(id)) return String(Math.trunc(value))
  return id === 30 || id === 31 ? trimmed(value) : value.toFixed(3)
}

/** Grbl prints `$30=1000.` or `$30=1000` by version; the shorter spelling is the common one. */
function trimmed(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3)
}
