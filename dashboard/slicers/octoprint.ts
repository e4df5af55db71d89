// OctoPrint as slicers know it: the upload and the little that Cura asks every two seconds.
// Shapes: OctoPrint's REST API documentation (docs/api: version, files, printer, job, settings, printerprofiles, general).
import type { Request } from 'express'
import type { Job } from '../../protocols/contract/job.ts'
import type { Heater } from '../../protocols/contract/machine.ts'
import type { Role } from '../../protocols/contract/rights.ts'
import type { Upload } from '../../protocols/contract/screen.ts'
import type { Sent } from './send.ts'
import type { Sight } from './sight.ts'

/** PrusaSlicer wants `text` to begin with "OctoPrint"; its PrusaLink type takes that too and looks for `capabilities`. */
export const octoPrintVersion = {
  api: '0.1',
  server: '1.11.0',
  text: 'OctoPrint 1.11.0 (Tsekh 0.1.0)',
  capabilities: { 'upload-by-put': true },
}

/** The answer to an upload. `effectivePrint` is true only when a machine takes the job at once: queued is not printing. */
export function uploaded(upload: Upload, address: string, sent: Exclude<Sent, { kind: 'refused' }>, message: string): object {
  return {
    files: { local: { ...names(upload.name), origin: 'local', size: upload.size, refs: { resource: address, download: null } } },
    done: true,
    effectiveSelect: false,
    effectivePrint: sent.kind === 'taken' && sent.starts,
    message,
    ...(sent.kind === 'taken' && { jobs: sent.jobs, ticket: sent.ticket }),
  }
}

export function fileOf(job: Job, address: string): object {
  return {
    ...names(job.program.name),
    origin: 'local',
    size: job.program.size,
    hash: null,
    date: Math.floor(job.submittedAt / 1000),
    refs: { resource: address, download: null },
    ...(job.estimatedSeconds !== undefined && { gcodeAnalysis: { estimatedPrintTime: job.estimatedSeconds } }),
  }
}

function names(name: string): object {
  return { name, display: name, path: name, type: 'machinecode', typePath: ['machinecode', 'gcode'] }
}

/** undefined: the machine is not there, which OctoPrint says with 409. `always`: say that it takes files, whatever it is doing. */
export function printer(sight: Sight, always: boolean): object | undefined {
  const state = always ? 'queue' : sight.state
  const text = texts[state]
  if (state === 'offline' || state === 'no-data') return undefined
  const printing = ['running', 'foreign', 'preparing'].includes(state)
  const paused = state === 'paused' || state === 'attention'
  const error = state === 'down'
  const heaters = sight.telemetry?.heaters ?? {}
  return {
    temperature: {
      ...(sight.machine?.declaration.kind === 'printer' && { tool0: temperature(heaters.nozzle), bed: temperature(heaters.bed) }),
    },
    sd: { ready: false },
    state: {
      text,
      error: '',
      flags: {
        operational: !error,
        printing,
        cancelling: false,
        pausing: false,
        resuming: false,
        finishing: false,
        closedOrError: error,
        error,
        paused,
        ready: !error && !printing && !paused,
        sdReady: false,
      },
    },
  }
}

/** OctoPrint's own words: clients compare them letter by letter. */
const texts: Record<Sight['state'], string> = {
  queue: 'Operational',
  ready: 'Operational',
  uncleared: 'Operational',
  preparing: 'Starting',
  running: 'Printing',
  foreign: 'Printing',
  paused: 'Paused',
  attention: 'Paused',
  down: 'Error',
  offline: 'Offline',
  'no-data': 'Offline',
}

function temperature(heater: Heater | undefined): object {
  return { actual: heater?.actual ?? null, target: heater?.target ?? null, offset: 0 }
}

export function job({ state, job: running, telemetry }: Sight): object {
  const progress = running !== undefined && telemetry?.progress?.job === running.id ? telemetry.progress : undefined
  return {
    job: {
      file: {
        name: running?.program.name ?? null,
        display: running?.program.name ?? null,
        path: running?.program.name ?? null,
        origin: running === undefined ? null : 'local',
        size: running?.program.size ?? null,
        date: running === undefined ? null : Math.floor(running.submittedAt / 1000),
      },
      estimatedPrintTime: running?.estimatedSeconds ?? null,
      averagePrintTime: null,
      lastPrintTime: null,
      filament: null,
      user: running?.author.name ?? null,
    },
    progress: {
      completion: progress === undefined ? null : progress.fraction * 100,
      filepos: progress?.bytes ?? null,
      printTime: progress === undefined ? null : Math.round(progress.elapsedSeconds),
      printTimeLeft: progress?.remainingSeconds === undefined ? null : Math.round(progress.remainingSeconds),
      printTimeLeftOrigin: progress?.remainingSeconds === undefined ? null : 'estimate',
    },
    state: texts[state],
  }
}

/** No `UltimakerFormatPackage` among the plugins: Cura then sends plain G-code and says "print" together with it. */
export function settings({ name }: Sight): object {
  return {
    api: { allowCrossOrigin: false },
    appearance: { name, color: 'default' },
    feature: { sdSupport: false, temperatureGraph: true },
    folder: {},
    // Without a streamUrl, even an empty one: Cura would make a camera of it.
    webcam: { webcamEnabled: false },
    gcodeAnalysis: { runAt: 'never' },
    plugins: {},
  }
}

export function profiles({ name, machine }: Sight): object {
  const area = machine?.declaration.area
  const axis = { speed: 6000, inverted: false }
  return {
    profiles: {
      _default: {
        id: '_default',
        name,
        model: machine?.declaration.modelName ?? name,
        color: 'default',
        current: true,
        default: true,
        resource: null,
        volume: {
          formFactor: 'rectangular',
          origin: 'lowerleft',
          width: area?.x ?? 200,
          depth: area?.y ?? 200,
          height: area?.z ?? 200,
          custom_box: false,
        },
        heatedBed: machine?.declaration.kind === 'printer',
        heatedChamber: false,
        extruder: { count: 1, offsets: [[0, 0]], nozzleDiameter: 0.4, sharedNozzle: false },
        axes: { x: axis, y: axis, z: axis, e: { ...axis, speed: 300 } },
      },
    },
  }
}

export function user(name: string, role: Role): object {
  const groups = role === 'administrator' ? ['admins', 'users'] : ['users']
  return {
    name,
    active: true,
    admin: false,
    user: true,
    groups,
    needs: { role: ['user'], group: groups },
    permissions: ['STATUS', 'FILES_UPLOAD'],
  }
}

/**
 * Cura's plugin refuses to send to a machine that works ("OctoPrint is busy"). Here it may always send: what it sends to is a queue.
 * User-Agent: UltiMaker-Cura/5.8.0 OctoPrintPlugin/3.7.3
 */
export function isCura(request: Pick<Request, 'headers'>): boolean {
  return /OctoPrintPlugin\//.test(request.headers['user-agent'] ?? '')
}
