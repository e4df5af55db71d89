// What a web server and a browser say to each other: REST bodies and socket.io frames. Same in the city and on the school's own screen.
//
// REST, JSON, session cookie `tsekh` (a school's own screen: `tsekh-{site}`, since cookies know no ports and a demo has one host);
// errors are { denial } with 400 bad input · 401 not signed in · 403 no right · 404 · 409 state · 413 size · 429 too fast · 507 disk full.
//   GET  /api/v1/me                               → Me
//   POST /api/v1/login {login, password}          → Me
//   POST /api/v1/login/pin {login, pin}           → Me        staff, on a school's own screen only
//   POST /api/v1/pin {pin, password}              → 204       the PIN of whoever is signed in; staff
//   POST /api/v1/sites/{site}/confirmations {job, machine, pin} → 204   before job.start of a laser or mill, where Me.pin.atStart
//   GET  /api/v1/sites/{site}/roster              → Roster    staff
//   GET  /api/v1/sites/{site}/tickets/{job}       → { path }  of the ticket page; staff and the job's author
//   GET  /api/v1/sign-on/{id} → the provider’s page → /api/v1/sign-on/{id}/back → / or /?sign-on=away|refused|unknown
//   GET  /api/v1/staff → { staff: StaffMember[] } · POST {StaffBody} → 201 { member, path } of the invitation · PATCH /api/v1/staff/{login} {StaffChange} → { member }
//   POST /api/v1/staff/{login}/invitation → 201 { member, path }   administrators of the whole city
//   POST /api/v1/logout                           → 204
//   POST /api/v1/files?name=…   raw body          → 201 Upload        streamed to disk, SHA-256 computed on the way
//   POST /api/v1/sites/{site}/commands CommandBody → 200 { reply } once the school answered, 202 { command } when it has not within 8 s
//   GET  /api/v1/sites/{site}/commands/{id}       → 200 { reply } | 202 { command }
//   GET  /api/v1/sites/{site}/journal?before=N    → { events: Event[] }, newest first, at most 100
//   GET  /api/v1/programs/{sha256}/preview        → Preview JSON, once the analysis made one
//   GET  /api/v1/programs/{sha256}/picture        → image/png|jpeg
//   GET  /api/v1/programs/{sha256}/path           → the tool path in bytes (toolpath.ts), gzip
//   GET  /api/v1/programs/{sha256}/file           → the file itself, to save; staff, of jobs they see
//   GET  /api/v1/programs/{sha256}/progress       → Progress while the school's own screen works on the file; 204 where nobody here does
//   GET  /api/v1/health                           → { ok: true, version }
//   GET  /api/v1/keys                             → { keys: SlicerKey[] }  own keys of slicers, newest first; staff only
//   POST /api/v1/keys KeyBody                     → 201 { key: SlicerKey, secret } the secret is told this once; 409 where there is one and `replace` is not said
//   DELETE /api/v1/keys/{id}                      → 204
//   GET  /api/v1/slicer-files                     → { files: SlicerFile[] } own files whose job is not there, oldest first; staff only
//   DELETE /api/v1/slicer-files/{id}              → 204    read and put aside
//   GET  /api/v1/conditions                       → { conditions: Condition[] }  of the sites this technician or administrator sees, most pressing first
//   GET  /api/v1/conditions/{id}/events           → { events: Event[] }  the last ones of its machines
//   GET  /api/v1/tv → { screens: TvScreen[] } · POST /api/v1/tv {site, name, days} → 201 { screen, path } told this once · DELETE /api/v1/tv/{id} → 204
//   GET  /api/v1/sites/{site}/quotas              → { quotas: Quota[], uses: QuotaUse[] }  staff: of all; a pupil: what bounds the pupil
//   GET  /api/v1/sites/{site}/care                → Care      technicians and administrators; a teacher sees its own school's
//   GET  /api/v1/care                             → { sites: Record<site, SiteCare> }  of every site this technician or administrator sees; of the plan only what is due or soon
//   POST /api/v1/photos    raw image/jpeg|png ≤ 2 MB → 201 { sha256 } · GET /api/v1/sites/{site}/photos/{sha256}  staff
//   GET  /api/v1/sites/{site}/machines/{machine}/trends?days=1…14 → Trends   staff
//   GET  /api/v1/figures?days=7|30|90             → { sites: SiteFigures[] } · GET /api/v1/sites/{site}/figures?days= → SiteFigures with its machines   staff
//   GET  /api/v1/sites/{site}/machines/{machine}/camera → image/jpeg or image/png, as fresh as can be had, its age in the header `Age`; 204 where there is none, 503 { denial } where it is known why   staff
//   GET  …/camera/kept → { at: number[] } and …/camera/kept/{at}: what the school keeps, on its own screen only   staff
//   GET  /api/v1/sites/{site}/machines/{machine}/camera/stream → multipart/x-mixed-replace, on the school's own screen only   staff
//   POST /api/v1/conditions/{id}/acknowledge {reason} · /shelve {reason, until} · /unshelve · /approve {reason, machine?} → 204
// For slicers, with such a key: what OctoPrint and PrusaLink answer, under /o/{site}/{target}/api/… (docs/slicers.md).
// For daemons, HTTP Basic with the site's credentials:
//   GET  /api/v1/wire/files/{sha256}              bytes, Range supported
//   PUT  /api/v1/wire/programs/{sha256}/preview   and …/picture, …/path (gzip)
//   PUT  /api/v1/wire/cameras/{machine}           image/jpeg · PUT /api/v1/wire/photos/{sha256} and GET of the same
//
// socket.io, path /socket.io, same cookie. One view a socket at a time:
//   emit  watch (View) → acknowledgement ViewSnapshot | { denial }
//   on    frame (Frame): patches to the watched view, every 100–250 ms, only when something changed
//   on    reply (Reply): answers to this account's own commands
import { z } from 'zod'
import { askSchema } from './command.ts'
import type { Condition } from './condition.ts'
import type { Difference } from './difference.ts'
import type { JobForecast } from './forecast.ts'
import type { Group } from './group.ts'
import type { OpenTime } from './hours.ts'
import { instantSchema, machineIdSchema, siteIdSchema, tokenSchema } from './ids.ts'
import type { Author, Job } from './job.ts'
import type { Lesson } from './lesson.ts'
import type { Firmware, MachineDeclaration, MachineKind, MachineState, Telemetry } from './machine.ts'
import type { Patch } from './patch.ts'
import type { Instruction, Permit } from './permit.ts'
import type { Denial, Fault } from './words.ts'

export type Me = {
  /** undefined: not signed in; then only the sign-in page is shown. */
  author?: Author
  /** Of a pupil, on the screen of the pupil's own school. */
  nickname?: string
  /** Of staff, where PINs are known: whether this person has one, and whether a start of a laser or mill here asks for it. */
  pin?: { set: boolean; atStart: boolean }
  /** Sites this person may see, with names. */
  sites: { id: string; name: string }[]
  scope: { kind: 'city' } | { kind: 'school'; site: string }
  /** Other houses whose sign-on is offered: GET /api/v1/sign-on/{id}. */
  signOn?: { id: string; name: string }[]
  /** Whether accounts of staff are kept on this screen by whoever asks. */
  keepsStaff?: true
  /** Shown on the sign-in page of a demo only. */
  demoAccounts?: { login: string; password: string; role: string }[]
}

/** The people of a site as its staff sees them. Nicknames are told by the school's own screen only. */
export type Roster = {
  staff: Author[]
  permits: Permit[]
  instructions: Instruction[]
  /** `pupils`: how many are in it, where that is known. */
  groups: (Group & { pupils?: number })[]
  pupils: { person: Author; nickname?: string }[]
}

/** A PIN is set with the password. */
export const pinBodySchema = z.strictObject({ pin: z.string().max(16), password: z.string().min(1).max(256) })
export const pinLoginSchema = z.strictObject({ login: z.string().min(1).max(64), pin: z.string().min(1).max(16) })
/** "I stand at this machine and mean this job": one start, within a minute. */
export const confirmationBodySchema = z.strictObject({ job: tokenSchema, machine: machineIdSchema, pin: z.string().min(1).max(16) })

export type Upload = { sha256: string; name: string; size: number }

/** How far a file is on its way to a checked program; bytes of the file, or of what was unpacked from it. */
export type Progress = { stage: 'waiting' } | { stage: 'unpacking' | 'analysing'; done: number; total: number }

export const commandBodySchema = z.strictObject({ id: tokenSchema, ask: askSchema })
export type CommandBody = z.infer<typeof commandBodySchema>

/** One key for each person and target; asking for a second needs `replace`, and the first one ends. */
export const keyBodySchema = z.strictObject({ site: siteIdSchema, target: machineIdSchema, replace: z.boolean().optional() })
export type KeyBody = z.infer<typeof keyBodySchema>

/** A slicer's key as its owner sees it, never the key itself. `target`: a machine's id, or `queue` for any machine that can. */
export type SlicerKey = {
  id: string
  site: string
  target: string
  /** Of the target, as it was called when the key was made. */
  name: string
  /** What stands behind the server's address in the slicer, e.g. /o/school-4/queue. */
  path: string
  createdAt: number
  usedAt?: number
}

/** A file from one's slicer of whose job nothing was known when the slicer was answered. `denial`: there will be none, and why. */
export type SlicerFile = { id: string; site: string; name: string; at: number; denial?: Denial }

export const viewSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('city') }),
  z.strictObject({ kind: z.literal('site'), site: siteIdSchema }),
  z.strictObject({ kind: z.literal('machine'), site: siteIdSchema, machine: machineIdSchema }),
  /** Of every site this technician or administrator sees. */
  z.strictObject({ kind: z.literal('conditions') }),
])
export type View = z.infer<typeof viewSchema>

/** How sure we are of a site: `silent` = connected once, nothing heard past the heartbeat; its states are shown as "no data" with their age. */
export const linkSchema = z.discriminatedUnion('link', [
  z.object({ link: z.literal('online'), since: instantSchema, heardAt: instantSchema }),
  z.object({ link: z.literal('offline'), since: instantSchema, heardAt: instantSchema }),
  z.object({ link: z.literal('unknown') }),
])
export type Link = z.infer<typeof linkSchema>

export type MachinePicture = {
  declaration: MachineDeclaration
  state: MachineState
  inService: boolean
  drain?: true
  readOnly: boolean
  firmware?: Firmware
  differences?: Difference[]
  /** The daemon's clock when it said so. */
  at: number
  /** Faults raised and not cleared. */
  faults: Fault[]
}

export type SitePicture = {
  site: string
  name: string
  link: Link
  machines: Record<string, MachinePicture>
  telemetry: Record<string, Telemetry>
  /** Not ended, and those ended in the last 24 h. */
  jobs: Record<string, Job>
  /** By job; as the school last reckoned it, which is old when the school is silent. */
  forecasts?: Record<string, JobForecast>
  /** Not over and not cancelled. */
  lessons?: Record<string, Lesson>
  /** When the school is open in the days to come, in order, a week of them at least; absent where it has no hours. */
  hours?: OpenTime[]
}

export type KindSummary = { counts: Partial<Record<MachineState['state'], number>>; inService: number }

/** One row of the city wall. */
export type SiteSummary = {
  site: string
  name: string
  link: Link
  /** Machines by state; states with none are left out. */
  counts: Partial<Record<MachineState['state'], number>>
  /** The same by class; those under maintenance are counted apart. */
  kinds?: Partial<Record<MachineKind, KindSummary>>
  queued: number
  /** What wants a person, worst first. */
  wants: { machine: string; name: string; state: MachineState['state']; since: number; fault?: Fault }[]
}

export type ViewSnapshot =
  | { kind: 'city'; at: number; sites: Record<string, SiteSummary> }
  | { kind: 'site'; at: number; picture: SitePicture }
  | { kind: 'conditions'; at: number; conditions: Record<string, Condition> }
  | {
      kind: 'machine'
      at: number
      site: string
      name: string
      link: Link
      machine: MachinePicture
      telemetry?: Telemetry
      jobs: Record<string, Job>
      forecasts?: Record<string, JobForecast>
      history: HeatSample[]
      /** Set by the page itself: the machine is not there any more, and what is shown is its last word. */
      gone?: true
    }

/** A point of the temperature plot: instant and heaters, one each 2 s at most, the last 15 minutes. */
export type HeatSample = { at: number; heaters: Record<string, { actual: number; target?: number }> }

/** A JSON merge patch (RFC 7396) of the watched view: only what changed, null where it is gone; lists and the link whole. `at` is the server's clock. */
export type Frame = {
  at: number
  link?: Link
  sites?: Patch<Record<string, SiteSummary>>
  machines?: Patch<Record<string, MachinePicture>>
  telemetry?: Patch<Record<string, Telemetry>>
  jobs?: Patch<Record<string, Job>>
  forecasts?: Patch<Record<string, JobForecast>>
  conditions?: Patch<Record<string, Condition>>
  lessons?: Patch<Record<string, Lesson>>
}

/** What is kept to look at a program by: points for any browser (JSON), an image, points for a graphics card (toolpath.ts, gzip). */
export const pictureKinds = ['preview', 'picture', 'path'] as const
export type PictureKind = (typeof pictureKinds)[number]

/** A tool path small enough for a browser: flat arrays, mm; power 0…1 (laser), layer index a segment (prints). */
export type Preview = {
  kind: 'printer' | 'laser' | 'mill' | 'unknown'
  bounds: { min: [number, number, number]; max: [number, number, number] }
  /** Of the whole program, before thinning. */
  segments: number
  /** x, y, z of each point, rounded to 0.01 mm. */
  points: number[]
  /** For point i > 0: what the move to it does: 0 travel · 1 work. */
  work: number[]
  power?: number[]
  /** Index of the first point of each layer. */
  layers?: number[]
  /** Share of the program's time at each point, 0…1, for "done so far". */
  times: number[]
}
