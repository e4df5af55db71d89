// What a Marlin program shows as a whole: the hottest, fastest and strongest it asks for, and the line that asks first.

export class MarlinTotals {
  nozzleMax = 0
  nozzleMaxLine = 0
  /** As the program leaves it. */
  nozzleTarget = 0
  bedMax = 0
  bedMaxLine = 0
  bedTarget = 0
  chamberMax = 0
  chamberMaxLine = 0
  homed = false
  /** mm of filament, retractions taken off again. */
  extrudedMm = 0
  /** Moves that extrude on their way. */
  extrusions = 0
  /** First line that extrudes with a cold nozzle. */
  coldLine = 0
  feedMax = 0
  feedMaxLine = 0
  spindleEver = false
  powerMax = 0
  powerMaxLine = 0
  readonly tools = new Set<number>()
  /** M73 R: minutes left, as the program says at its beginning. */
  slicerMinutes = -1

  nozzle(celsius: number, line: number): void {
    this.nozzleTarget = celsius
    if (celsius <= this.nozzleMax) return
    this.nozzleMax = celsius
    this.nozzleMaxLine = line
  }

  bed(celsius: number, line: number): void {
    this.bedTarget = celsius
    if (celsius <= this.bedMax) return
    this.bedMax = celsius
    this.bedMaxLine = line
  }

  chamber(celsius: number, line: number): void {
    if (!(celsius > this.chamberMax)) return
    this.chamberMax = celsius
    this.chamberMaxLine = line
  }

  /** A move of `de` mm of filament, with or without moving the tool. */
  extrude(de: number, goes: boolean, tool: number, line: number): void {
    this.extrudedMm += de
    if (de <= 0) return
    if (goes) this.extrusions++
    // EXTRUDE_MINTEMP: colder, Marlin moves without extruding.
    if (this.nozzleTarget < 150 && this.coldLine === 0) this.coldLine = line
    this.tools.add(tool)
  }

  /** mm/min. */
  feed(perMinute: number, line: number): void {
    if (perMinute <= this.feedMax) return
    this.feedMax = perMinute
    this.feedMaxLine = line
  }

  power(power: number, line: number): void {
    if (power <= this.powerMax) return
    this.powerMax = power
    this.powerMaxLine = line
  }
}
