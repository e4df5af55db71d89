// The school's machines: what the machine room says of each, laid over with what only the school knows.
import type { Difference } from '../protocols/contract/difference.ts'
import type { Firmware, MachineMessage, MachineState, Telemetry } from '../protocols/contract/machine.ts'
import type { Model } from '../protocols/contract/model.ts'
import type { MachineSetup, Report } from '../protocols/contract/room.ts'
import type { MachineFacts } from '../protocols/gcode/analyse.ts'
import { differencesOf } from '../protocols/gcode/differences.ts'
import type { MachineConfig } from './config.ts'
import { isHeldByReport } from './floor-memory.ts'
import type { MachineMemory } from './folds.ts'
import type { QueueMachine } from './queue.ts'
import type { Snapshot } from './room.ts'
import { deny } from './words.ts'

export interface MachineWatcher {
  machine(id: string, message: MachineMessage): void
  telemetry(id: string, telemetry: Telemetry): void
}

export type MachinesOptions = {
  readonly machines: readonly MachineConfig[]
  readonly models: ReadonlyMap<string, Model>
  /** What the events remember of a machine. */
  readonly memory: (id: string) => MachineMemory
  /** What a machine said of itself when it was last here: a machine that is switched off is judged by it. */
  readonly known?: (id: string) => Firmware | undefined
  /** How a machine warms, as it was watched. */
  readonly heating?: (id: string) => MachineFacts['heating']
  readonly nowMs: () => number
  /** How long a room may be away before its machines count as offline. */
  readonly graceMs?: number
}

/** A room that is restarted is back sooner; a screen that flickered would say something untrue. */
const graceDefaultMs = 3_000

/** As many as the wire takes (protocols/contract/machine.ts). */
const differencesMax = 60

type Held = {
  readonly config: MachineConfig
  readonly setup: MachineSetup
  /** The room's word; undefined before the first. */
  state?: MachineState
  firmware?: MachineMessage['firmware']
  /** What the firmware's settings were found to be, against the model. */
  compared?: { readonly firmware: Firmware; readonly differences: Difference[] }
  telemetry?: Telemetry
  /** The message last told, without its instant, to tell changes only. */
  told?: string
  message?: MachineMessage
}

export class Machines {
  readonly #held: ReadonlyMap<string, Held>
  readonly #options: MachinesOptions
  readonly #watchers = new Set<MachineWatcher>()
  #grace: NodeJS.Timeout | undefined

  constructor(options: MachinesOptions) {
    this.#options = options
    this.#held = new Map(
      options.machines.flatMap(config => {
        const model = options.models.get(config.model)
        return model === undefined ? [] : [[config.id, { config, setup: setupOf(config, model) }] as const]
      }),
    )
    this.#startGrace()
  }

  get ids(): string[] {
    return [...this.#held.keys()]
  }

  setups(): MachineSetup[] {
    return [...this.#held.values()].map(({ setup }) => setup)
  }

  config(id: string): MachineConfig | undefined {
    return this.#held.get(id)?.config
  }

  setup(id: string): MachineSetup | undefined {
    return this.#held.get(id)?.setup
  }

  /** What the firmware said of itself, now or when it was last here. */
  said(id: string): Firmware | undefined {
    return this.#held.get(id)?.firmware ?? this.#options.known?.(id)
  }

  /** What an analysis must know of each machine. The firmware's own settings win over the school's, and those over the model's. */
  facts(): MachineFacts[] {
    const { known, heating } = this.#options
    return [...this.#held.values()].map(({ config, setup, firmware: heard }) => {
      const firmware = heard ?? known?.(config.id)
      const settings = { ...config.settings, ...firmware?.settings }
      const curves = heating?.(config.id)
      return {
        machine: config.id,
        kind: setup.declaration.kind,
        dialect: setup.declaration.dialect,
        model: setup.model,
        ...(Object.keys(settings).length > 0 ? { settings } : {}),
        ...(firmware ? { family: firmware.family } : {}),
        ...(firmware?.plannerBlocks === undefined ? {} : { plannerBlocks: firmware.plannerBlocks }),
        ...(firmware?.receiveBufferBytes === undefined ? {} : { receiveBufferBytes: firmware.receiveBufferBytes }),
        ...(curves === undefined ? {} : { heating: curves }),
      }
    })
  }

  /** The machine as the queue looks at it. A machine nobody has heard of yet is offline to the queue. */
  forQueue(id: string): QueueMachine | undefined {
    const held = this.#held.get(id)
    if (held === undefined) return undefined
    const { name, kind } = held.setup.declaration
    const memory = this.#options.memory(id)
    const inService = memory.inService || memory.drain === true
    const state = this.#state(id, held)?.state ?? 'offline'
    return { id, name, kind, state, inService, readOnly: held.config.readOnly, ...(isHeldByReport(memory) ? { reported: true } : {}) }
  }

  allForQueue(): QueueMachine[] {
    return this.ids.flatMap(id => this.forQueue(id) ?? [])
  }

  name(id: string): string {
    return this.#held.get(id)?.setup.declaration.name ?? id
  }

  /** The state as it is shown, the school's knowledge laid over it. */
  shownState(id: string): MachineState | undefined {
    const held = this.#held.get(id)
    return held && this.#state(id, held)
  }

  /** The room's own word, before the school's knowledge is laid over it. */
  roomState(id: string): MachineState | undefined {
    return this.#held.get(id)?.state
  }

  /** The last message of each machine that has been heard of. */
  messages(): MachineMessage[] {
    return [...this.#held.values()].flatMap(({ message }) => message ?? [])
  }

  telemetry(id: string): Telemetry | undefined {
    return this.#held.get(id)?.telemetry
  }

  watch(watcher: MachineWatcher): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  snapshot(snapshot: Snapshot): void {
    clearTimeout(this.#grace)
    for (const { machine, state, firmware, telemetry } of snapshot.machines) {
      const held = this.#held.get(machine)
      if (held === undefined) continue
      held.state = state
      if (firmware) held.firmware = firmware
      this.#tell(machine, held)
      if (telemetry) this.#hearTelemetry(machine, held, telemetry)
    }
    // A room that has just started does not know our machines yet: it will say more, or they are offline.
    this.#startGrace()
  }

  hear(report: Report): void {
    if (report.kind !== 'state' && report.kind !== 'telemetry') return
    const held = this.#held.get(report.machine)
    if (held === undefined) return
    if (report.kind === 'telemetry') {
      this.#hearTelemetry(report.machine, held, report.telemetry)
      return
    }
    held.state = report.state
    if (report.firmware) held.firmware = report.firmware
    const { telemetry, state } = held
    if (state.state === 'offline') delete held.telemetry
    else if (telemetry?.progress && telemetry.progress.job !== ('job' in state ? state.job : undefined)) {
      const { progress: _, ...rest } = telemetry
      held.telemetry = rest
    }
    this.#tell(report.machine, held)
  }

  /** The room is gone: nobody knows its machines. */
  gone(): void {
    this.#startGrace(true)
  }

  /** What the school remembers of a machine has changed. */
  refresh(id: string): void {
    const held = this.#held.get(id)
    if (held) this.#tell(id, held)
  }

  close(): void {
    clearTimeout(this.#grace)
  }

  #startGrace(all = false): void {
    clearTimeout(this.#grace)
    this.#grace = setTimeout(() => {
      for (const [id, held] of this.#held) {
        if (!all && held.state !== undefined) continue
        held.state = { state: 'offline', since: this.#options.nowMs(), fault: deny('room-away') }
        delete held.telemetry
        this.#tell(id, held)
      }
    }, this.#options.graceMs ?? graceDefaultMs).unref()
  }

  #hearTelemetry(id: string, held: Held, heard: Telemetry): void {
    const heaters = heard.heaters && { ...held.telemetry?.heaters, ...heard.heaters }
    held.telemetry = { ...held.telemetry, ...heard, ...(heaters ? { heaters } : {}) }
    for (const watcher of this.#watchers) watcher.telemetry(id, held.telemetry)
  }

  #state(id: string, held: Held): MachineState | undefined {
    const { uncleared } = this.#options.memory(id)
    if (held.state?.state !== 'ready' || uncleared === undefined) return held.state
    return { state: 'uncleared', since: uncleared.since, job: uncleared.job }
  }

  /** Reckoned once for what the firmware last said. */
  #differences(held: Held): Difference[] {
    const { firmware, setup } = held
    if (firmware?.settings === undefined) return []
    if (held.compared?.firmware !== firmware) {
      const model = { ...setup.model, kind: setup.declaration.kind }
      held.compared = { firmware, differences: differencesOf(model, firmware.settings).slice(0, differencesMax) }
    }
    return held.compared.differences
  }

  #tell(id: string, held: Held): void {
    const state = this.#state(id, held)
    if (state === undefined) return
    const { inService, drain } = this.#options.memory(id)
    const differences = this.#differences(held)
    const message = {
      declaration: held.setup.declaration,
      state,
      inService,
      ...(drain ? { drain } : {}),
      readOnly: held.config.readOnly,
      ...(held.firmware ? { firmware: held.firmware } : {}),
      ...(differences.length > 0 ? { differences } : {}),
    }
    const told = JSON.stringify(message)
    if (told === held.told) return
    held.told = told
    held.message = { ...message, at: this.#options.nowMs() }
    for (const watcher of this.#watchers) watcher.machine(id, held.message)
  }
}

function setupOf(config: MachineConfig, model: Model): MachineSetup {
  const extent = ([from, to]: [number, number]) => Math.abs(to - from)
  return {
    declaration: {
      id: config.id,
      name: config.name,
      kind: config.kind ?? model.kind,
      dialect: model.dialect,
      model: model.id,
      modelName: model.name,
      ...(config.camera ? { camera: true as const } : {}),
      ...(config.camera?.rotate ? { cameraTurn: config.camera.rotate } : {}),
      ...(hasStartButton(config, model) ? { startButton: true as const } : {}),
      area: { x: extent(model.area.x), y: extent(model.area.y), z: extent(model.area.z) },
    },
    port: config.port,
    ...(config.baud === undefined ? {} : { baud: config.baud }),
    model,
    readOnly: config.readOnly,
  }
}

/** Only where a button's press can be told from an order of ours: on the Grbl family's lasers and mills. */
function hasStartButton(config: MachineConfig, model: Model): boolean {
  const kind = config.kind ?? model.kind
  return model.dialect === 'grbl' && kind !== 'printer' && (config.startButton ?? model.startButton ?? false)
}
