// PrusaLink as PrusaSlicer and its like know it: version, storage, info, status, and the answer to a PUT.
// Shapes: Prusa-Link-Web, spec/openapi.yaml.
import type { Job } from '../../protocols/contract/job.ts'
import type { Upload } from '../../protocols/contract/screen.ts'
import type { Sentence } from '../../protocols/contract/words.ts'
import type { Sent } from './send.ts'
import type { Sight } from './sight.ts'
import { refusal, unheard } from './words.ts'

export function prusaLinkVersion(hostname: string): object {
  return {
    api: '2.0.0',
    server: '2.1.2',
    text: 'PrusaLink',
    hostname,
    capabilities: { 'upload-by-put': true },
  }
}

/** One storage, the queue. `path` without a slash behind it: PrusaSlicer puts its own there. */
export function storage(freeBytes: number, name: string): object {
  return {
    storage_list: [
      {
        path: '/local',
        name,
        type: 'LOCAL',
        read_only: false,
        system_files: 0,
        free_space: freeBytes,
        total_space: freeBytes,
        available: true,
      },
    ],
  }
}

export function info({ name, site }: Sight, serial: string, hostname: string): object {
  return { name, location: site, farm_mode: true, hostname, serial, sd_ready: false, active_camera: false }
}

/** Temperatures and progress only where they are known: an absent figure is not zero. */
export function status(sight: Sight, say: (sentence: Sentence) => string): object {
  const { telemetry, sure } = sight
  const { nozzle, bed } = telemetry?.heaters ?? {}
  const running = jobStatus(sight)
  return {
    ...(running && { job: running }),
    storage: { path: '/local', name: 'local', read_only: false },
    printer: {
      state: states[sight.state],
      ...(nozzle && { temp_nozzle: nozzle.actual, target_nozzle: nozzle.target }),
      ...(bed && { temp_bed: bed.actual, target_bed: bed.target }),
      ...(telemetry?.position &&
        telemetry.positionPast !== true && { axis_x: telemetry.position.x, axis_y: telemetry.position.y, axis_z: telemetry.position.z }),
      flow: 100,
      speed: telemetry?.overrides?.feed ?? 100,
      status_printer: printerLink(sight, say),
      // There is no cloud of theirs here: what lies between is the way to the school.
      status_connect: sure ? fine : { ok: false, message: say(unheard) },
    },
  }
}

const fine = { ok: true, message: 'OK' }

function printerLink({ state }: Sight, say: (sentence: Sentence) => string): { ok: boolean; message: string } {
  if (state === 'down') return { ok: false, message: 'Error' }
  if (state === 'offline') return { ok: false, message: say(refusal('machine-away').text) }
  if (state === 'no-data') return { ok: false, message: say(unheard) }
  return fine
}

/** What runs, or undefined: 204 in PrusaLink. Its job ids are numbers, our tickets are too. */
export function jobStatus({ state, job, telemetry }: Sight): object | undefined {
  if (job === undefined) return undefined
  const progress = telemetry?.progress?.job === job.id ? telemetry.progress : undefined
  return {
    id: job.ticket,
    state: states[state] === 'ERROR' ? 'ERROR' : job.state === 'paused' ? 'PAUSED' : 'PRINTING',
    progress: progress === undefined ? 0 : Math.floor(progress.fraction * 100),
    time_printing: Math.round(progress?.elapsedSeconds ?? 0),
    ...(progress?.remainingSeconds !== undefined && { time_remaining: Math.round(progress.remainingSeconds) }),
    file: { name: job.program.name, display_name: job.program.name, path: '/local', size: job.program.size },
  }
}

const states: Record<Sight['state'], string> = {
  queue: 'READY',
  ready: 'READY',
  uncleared: 'FINISHED',
  preparing: 'BUSY',
  running: 'PRINTING',
  foreign: 'PRINTING',
  paused: 'PAUSED',
  attention: 'ATTENTION',
  down: 'ERROR',
  offline: 'ERROR',
  'no-data': 'ERROR',
}

export function stored(upload: Upload, address: string, sent: Exclude<Sent, { kind: 'refused' }>, message: string): object {
  return {
    name: upload.name,
    display_name: upload.name,
    type: 'PRINT_FILE',
    size: upload.size,
    path: '/local',
    refs: { download: null, resource: address },
    message,
    ...(sent.kind === 'taken' && { jobs: sent.jobs, ticket: sent.ticket }),
  }
}

export function fileInfo(job: Job): object {
  const { name, size } = job.program
  return {
    name,
    display_name: name,
    type: 'PRINT_FILE',
    size,
    path: '/local',
    read_only: true,
    m_timestamp: Math.floor(job.submittedAt / 1000),
    refs: { download: null },
  }
}

/** A structured boolean (RFC 8941): ?1 or ?0; what others write for it is understood too. */
export function isYes(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /^(\?1|1|true|yes)$/i.test(header.trim())
}

export function isNo(header: string | string[] | undefined): boolean {
  return typeof header === 'string' && /^(\?0|0|false|no)$/i.test(header.trim())
}
