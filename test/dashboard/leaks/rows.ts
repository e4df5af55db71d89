// Who may use which address: one row for each that is mounted, whatever server mounts it. The test reads expected answers off this table alone.
import type { Ask } from '../../../protocols/contract/command.ts'

/**
 * anyone: no sign-in · signed · staff · keepers: technicians and administrators · administrators ·
 * owner: the pupil whose thing it is, and staff of the school · staffOfOwner: the staff alone · daemon: a school's own credentials · key: of a slicer · link: whoever has the secret in the address · wall: its token.
 */
export type Who =
  | 'anyone'
  | 'signed'
  | 'staff'
  | 'keepers'
  | 'administrators'
  | 'owner'
  | 'staffOfOwner'
  | 'daemon'
  | 'key'
  | 'link'
  | 'wall'

export type Row = {
  who: Who
  /** Only for those whose site it is: the address is tried with each. */
  ofSite?: true
  /** Answers to whoever may. */
  ok: readonly number[]
  body?: object
  query?: string
  /** In place of `:id` and the like. */
  fill?: Record<string, string>
  /** Answers to whoever may not, where the address tells something else than 401, 403 or 404. */
  no?: readonly number[]
}

const page = { who: 'anyone', ok: [200] } as const
/** Bodies here are empty on purpose: whoever may is told that they are wrong, and nothing is done. */
const wrong = [400]
/** Whoever tries credentials again and again is slowed down. */
const slowed = [429]
const slicer = { who: 'key', ofSite: true, ok: [200, 204, 404, 409] } as const
const door = { who: 'anyone', ok: [400, 403, 404] } as const
const atMachine = { who: 'link', ok: [303, 400, 401, 403, 409, 429], body: {} } as const
const backToMachine = { who: 'link', ok: [303] } as const

export const rows: Record<string, Row> = {
  'GET /api/v1/health': page,
  'GET /api/v1/me': page,
  'POST /api/v1/login': { who: 'anyone', ok: wrong, body: {} },
  'POST /api/v1/login/pin': { who: 'anyone', ok: [400, 404], body: {} },
  // Whoever signs out signs out: tried last and by nobody, see the test.
  'POST /api/v1/logout': { who: 'anyone', ok: [204], body: {} },
  'POST /api/v1/pin': { who: 'staff', ok: wrong, body: {} },
  'GET /api/v1/sign-on/:provider': { who: 'anyone', ok: [302, 303], fill: { provider: 'edu' } },
  'GET /api/v1/sign-on/:provider/back': { who: 'anyone', ok: [302, 303], fill: { provider: 'edu' }, query: '?code=x&state=y' },
  'GET /api/v1/staff': { who: 'administrators', ok: [200, 404] },
  'POST /api/v1/staff': { who: 'administrators', ok: [400, 404], body: {} },
  'PATCH /api/v1/staff/:login': { who: 'administrators', ok: [400, 404], body: {}, fill: { login: 'nobody-here' } },
  'POST /api/v1/staff/:login/invitation': { who: 'administrators', ok: [400, 404, 409], body: {}, fill: { login: 'nobody-here' } },
  'GET /invite/:token': { who: 'anyone', ok: [404], fill: { token: 'x'.repeat(43) } },
  'POST /invite/:token': { who: 'anyone', ok: [404], fill: { token: 'x'.repeat(43) }, body: {} },

  'POST /api/v1/files': { who: 'signed', ok: [400], body: {} },
  'POST /api/v1/photos': { who: 'staff', ok: [400, 413, 415], body: {} },
  'GET /api/v1/programs/:sha256/file': { who: 'staffOfOwner', ok: [200, 404] },
  'GET /api/v1/programs/:sha256/path': { who: 'owner', ok: [200, 404] },
  'GET /api/v1/programs/:sha256/picture': { who: 'owner', ok: [200, 404] },
  'GET /api/v1/programs/:sha256/preview': { who: 'owner', ok: [200, 404] },
  // Of what is nowhere here a school says nothing.
  'GET /api/v1/programs/:sha256/progress': { who: 'owner', ok: [200, 204, 404], no: [204] },

  'POST /api/v1/sites/:site/commands': { who: 'signed', ofSite: true, ok: wrong, body: {} },
  // Of a command that is nowhere here there is no answer yet.
  'GET /api/v1/sites/:site/commands/:id': { who: 'owner', ofSite: true, ok: [200, 202, 404], no: [202] },
  'GET /api/v1/sites/:site/journal': { who: 'staff', ofSite: true, ok: [200] },
  'GET /api/v1/sites/:site/roster': { who: 'staff', ofSite: true, ok: [200] },
  'GET /api/v1/sites/:site/quotas': { who: 'signed', ofSite: true, ok: [200] },
  'GET /api/v1/sites/:site/care': { who: 'staff', ofSite: true, ok: [200] },
  'GET /api/v1/care': { who: 'keepers', ok: [200] },
  'GET /api/v1/sites/:site/photos/:sha256': { who: 'staff', ofSite: true, ok: [404] },
  'GET /api/v1/sites/:site/figures': { who: 'staff', ofSite: true, ok: [200], query: '?days=7' },
  'GET /api/v1/figures': { who: 'staff', ok: [200], query: '?days=7' },
  'GET /api/v1/sites/:site/machines/:machine/trends': { who: 'staff', ofSite: true, ok: [200, 404], query: '?days=1' },
  'GET /api/v1/sites/:site/machines/:machine/camera': { who: 'staff', ofSite: true, ok: [200, 204, 404] },
  'GET /api/v1/sites/:site/machines/:machine/camera/kept': { who: 'staff', ofSite: true, ok: [200, 204, 404] },
  'GET /api/v1/sites/:site/machines/:machine/camera/kept/:at': { who: 'staff', ofSite: true, ok: [200, 204, 404], fill: { at: '1' } },
  'GET /api/v1/sites/:site/machines/:machine/camera/stream': { who: 'staff', ofSite: true, ok: [204, 404, 502, 503, 504] },
  'GET /api/v1/sites/:site/tickets/:job': { who: 'owner', ofSite: true, ok: [200] },
  'POST /api/v1/sites/:site/confirmations': { who: 'staff', ofSite: true, ok: [400, 404], body: {}, no: [400] },
  'GET /groups/:site/:group': { who: 'staff', ofSite: true, ok: [200, 404], fill: { group: 'group-7b-0001' } },

  'GET /api/v1/keys': { who: 'staff', ok: [200] },
  'POST /api/v1/keys': { who: 'staff', ok: wrong, body: {} },
  'DELETE /api/v1/keys/:id': { who: 'signed', ok: [404], fill: { id: 'no-such-key' } },
  'GET /api/v1/slicer-files': { who: 'staff', ok: [200] },
  'DELETE /api/v1/slicer-files/:id': { who: 'signed', ok: [404], fill: { id: 'no-such-file' } },
  'GET /api/v1/conditions': { who: 'keepers', ok: [200] },
  'GET /api/v1/conditions/:id/events': { who: 'keepers', ok: [200, 404], fill: { id: 'alpha.offline' } },
  'POST /api/v1/conditions/:id/acknowledge': { who: 'keepers', ok: [400, 404], body: {}, fill: { id: 'alpha.offline' } },
  'POST /api/v1/conditions/:id/approve': { who: 'keepers', ok: [400, 404], body: {}, fill: { id: 'alpha.offline' } },
  'POST /api/v1/conditions/:id/shelve': { who: 'keepers', ok: [400, 404], body: {}, fill: { id: 'alpha.offline' } },
  'POST /api/v1/conditions/:id/unshelve': { who: 'keepers', ok: [204, 400, 404], body: {}, fill: { id: 'alpha.nothing' } },
  'GET /api/v1/tv': { who: 'keepers', ok: [200] },
  'POST /api/v1/tv': { who: 'keepers', ok: wrong, body: {} },
  'DELETE /api/v1/tv/:id': { who: 'keepers', ok: [404], fill: { id: 'no-such-wall' } },

  'GET /api/v1/wire/files/:sha256': { who: 'daemon', ok: [200, 404], no: slowed },
  'GET /api/v1/wire/photos/:sha256': { who: 'daemon', ok: [404], no: slowed },
  'PUT /api/v1/wire/photos/:sha256': { who: 'daemon', ok: [400, 404, 413], body: {}, no: slowed },
  'PUT /api/v1/wire/programs/:sha256/path': { who: 'daemon', ok: [204, 400, 404], body: {}, no: slowed },
  'PUT /api/v1/wire/programs/:sha256/picture': { who: 'daemon', ok: [204, 400, 404], body: {}, no: slowed },
  'PUT /api/v1/wire/programs/:sha256/preview': { who: 'daemon', ok: [204, 400, 404], body: {}, no: slowed },
  'PUT /api/v1/wire/cameras/:machine': { who: 'daemon', ok: [204, 400, 404, 413], body: {}, no: slowed },

  'GET /t/:ticket': { who: 'link', ok: [200] },
  'GET /t/:ticket/cancel': { who: 'link', ok: [303] },
  'GET /t/:ticket/help': { who: 'link', ok: [303] },
  'GET /t/:ticket/mend': { who: 'link', ok: [303] },
  'GET /t/:ticket/*rest': { who: 'link', ok: [404] },
  'GET /t/:ticket/live': { who: 'link', ok: [200] },
  'GET /t/:ticket/picture': { who: 'link', ok: [200, 404] },
  'GET /t/:ticket/plan': { who: 'link', ok: [200, 204, 404] },
  'GET /t/:ticket/qr': { who: 'link', ok: [200] },
  'POST /t/:ticket/push': { who: 'link', ok: wrong, body: {} },
  'POST /t/:ticket/mend': { who: 'link', ok: [303, 400, 409, 413, 415], body: {} },
  'POST /t/:ticket/help': { who: 'link', ok: [303, 400, 403, 409, 429], body: {} },
  'POST /t/:ticket/cancel': { who: 'link', ok: [303], body: {} },
  'GET /t/worker.js': page,
  'GET /m/:site/stickers': { who: 'staff', ofSite: true, ok: [200], no: [303] },
  'GET /m/:site/:machine': { who: 'link', ok: [200, 303] },
  'GET /m/:site/:machine/live': { who: 'link', ok: [200] },
  'GET /m/:site/:machine/qr': { who: 'link', ok: [200] },
  'GET /m/:site/:machine/ticket': { who: 'link', ok: [404], query: '?number=1' },
  'GET /m/:site/:machine/clear': backToMachine,
  'GET /m/:site/:machine/help': backToMachine,
  'GET /m/:site/:machine/pause': backToMachine,
  'GET /m/:site/:machine/report': backToMachine,
  'GET /m/:site/:machine/resume': backToMachine,
  'GET /m/:site/:machine/settle': backToMachine,
  'GET /m/:site/:machine/*rest': { who: 'link', ok: [404] },
  'POST /m/:site/:machine/clear': atMachine,
  'POST /m/:site/:machine/help': atMachine,
  'POST /m/:site/:machine/pause': atMachine,
  'POST /m/:site/:machine/report': atMachine,
  'POST /m/:site/:machine/resume': atMachine,
  'POST /m/:site/:machine/settle': atMachine,
  'GET /join': page,
  'GET /join/back': page,
  'POST /join': { who: 'anyone', ok: [400, 404], body: {} },
  'POST /join/back': { who: 'anyone', ok: [400, 404], body: {} },
  'GET /tv/screen.js': page,
  'GET /tv/again.js': page,
  'GET /tv/screen.css': page,
  'GET /tv/:site': { who: 'wall', ofSite: true, ok: [200] },
  'GET /tv/:site/data': { who: 'wall', ofSite: true, ok: [200] },

  'GET /api/files/local': door,
  'GET /api/printer': door,
  'GET /api/settings': door,
  'GET /api/version': door,
  'POST /api/files/local': { ...door, body: {} },
  'GET /o/:site/:target/': { who: 'anyone', ok: [302] },
  'GET /o/:site/:target/api/connection': slicer,
  'GET /o/:site/:target/api/currentuser': slicer,
  'GET /o/:site/:target/api/files': slicer,
  'GET /o/:site/:target/api/files/:storage': slicer,
  'GET /o/:site/:target/api/files/:storage/*path': slicer,
  'GET /o/:site/:target/api/job': slicer,
  'GET /o/:site/:target/api/printer': slicer,
  'GET /o/:site/:target/api/printerprofiles': slicer,
  'GET /o/:site/:target/api/server': slicer,
  'GET /o/:site/:target/api/settings': slicer,
  'GET /o/:site/:target/api/v1/files/:storage/*path': slicer,
  'GET /o/:site/:target/api/v1/info': slicer,
  'GET /o/:site/:target/api/v1/job': slicer,
  'GET /o/:site/:target/api/v1/status': slicer,
  'GET /o/:site/:target/api/v1/storage': slicer,
  'GET /o/:site/:target/api/version': slicer,
  'POST /o/:site/:target/api/files/:storage': { ...slicer, ok: [400, 404, 415], body: {} },
  'POST /o/:site/:target/api/files/:storage/*path': { ...slicer, ok: [400, 404, 409], body: {} },
  'POST /o/:site/:target/api/login': { ...slicer, body: {} },
  'PUT /o/:site/:target/api/v1/files/:storage/*path': { ...slicer, ok: [201, 400, 404, 409, 411, 415, 429], body: {} },

  // The screens themselves: the same pages for everybody, empty until somebody signs in.
  'GET /^\\/(?!api\\/|assets\\/|socket\\.io\\/)/': { who: 'anyone', ok: [200, 503], fill: {} },
}

/** Who may ask what: everyone · own: of a pupil only on the pupil's own job · staff · keepers · technician (a teacher may cool and restart a printer: the daemon's own table has that). */
export const askers: Record<Ask['kind'], 'everyone' | 'own' | 'staff' | 'keepers' | 'technician'> = {
  'job.submit': 'everyone',
  'program.check': 'everyone',
  'job.approve': 'staff',
  'job.return': 'staff',
  'job.mend': 'own',
  'job.deny': 'staff',
  'job.cancel': 'own',
  'job.hold': 'staff',
  'job.release': 'staff',
  'job.move': 'staff',
  'job.assign': 'staff',
  'job.start': 'staff',
  'job.arm': 'staff',
  'job.plate': 'staff',
  'job.collect': 'staff',
  'machine.pause': 'staff',
  'machine.resume': 'staff',
  'machine.stop': 'staff',
  'machine.clear': 'staff',
  'machine.report': 'everyone',
  'machine.help': 'everyone',
  'machine.settle': 'staff',
  'machine.look': 'staff',
  'machine.home': 'staff',
  'machine.frame': 'staff',
  'machine.unlock': 'technician',
  'machine.reset': 'technician',
  'machine.jog': 'staff',
  'machine.override': 'staff',
  'machine.heat': 'technician',
  'machine.answer': 'staff',
  'machine.service': 'keepers',
  'machine.console': 'technician',
  'care.done': 'keepers',
  'care.undo': 'keepers',
  'part.put': 'keepers',
  'order.open': 'staff',
  'order.note': 'staff',
  'lesson.book': 'staff',
  'lesson.cancel': 'staff',
  'quota.set': 'staff',
  'instruction.record': 'staff',
  'permit.grant': 'staff',
  'permit.revoke': 'staff',
  'group.open': 'staff',
  'group.close': 'staff',
  'pupil.forget': 'staff',
}
