// A machine's camera in the school's file.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { keepHoursMax } from '../../protocols/contract/camera.ts'
import type { Complaint } from '../complaints.ts'

const address = (what: string) =>
  z
    .string()
    .regex(/^https?:\/\/[^\s/?#]+\S*$/i)
    .optional()
    .describe(what)

export const cameraSchema = z.strictObject({
  snapshot: address('where one picture is, e.g. http://10.0.0.7/snapshot'),
  stream: address('where its MJPEG stream is, e.g. http://10.0.0.7/stream'),
  rotate: z.literal([0, 90, 180, 270]).default(0).describe('0, 90, 180 or 270: degrees to turn the picture clockwise'),
  keepHours: z
    .number()
    .min(0)
    .max(keepHoursMax)
    .default(0)
    .describe(`hours to keep pictures, 0 to ${keepHoursMax} (0 keeps only the last one)`),
  username: z.string().min(1).max(200).optional().describe('the name the camera asks for'),
  password: z.string().min(1).max(200).optional().describe('its password'),
  passwordFile: z.string().min(1).optional().describe('a file with that password'),
})

type CameraRead = z.infer<typeof cameraSchema>
/** As the school uses it: the password is read. */
export type CameraConfig = Omit<CameraRead, 'passwordFile'>

type Complain = (at: readonly PropertyKey[], value: string, remedy: string) => Complaint

/** What needs more than one option to see. Addresses are not shown: they may carry what nobody else should read. */
export function cameraComplaints(machines: readonly Record<string, unknown>[], complain: Complain): Complaint[] {
  return machines.flatMap((machine, index) => {
    const raw = machine.camera
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return []
    const camera = raw as Record<string, unknown>
    const at = (option: string) => ['machines', index, 'camera', option]
    const complaints: Complaint[] = []
    if (camera.snapshot === undefined && camera.stream === undefined) {
      complaints.push(complain(['machines', index, 'camera'], '(a group of options)', 'give snapshot or stream, or both'))
    }
    for (const option of ['snapshot', 'stream']) {
      const value = camera[option]
      if (typeof value !== 'string' || !URL.canParse(value)) {
        if (typeof value === 'string' && /^https?:/i.test(value)) complaints.push(complain(at(option), '(not shown)', 'is no address'))
        continue
      }
      const { username, password } = new URL(value)
      if (username !== '' || password !== '')
        complaints.push(complain(at(option), '(not shown)', 'give the name and password as username and password, not in the address'))
    }
    if (camera.password !== undefined && camera.passwordFile !== undefined)
      complaints.push(complain(at('passwordFile'), '(not shown)', 'give password or passwordFile, not both'))
    const hasPassword = camera.password !== undefined || camera.passwordFile !== undefined
    if (hasPassword !== (camera.username !== undefined)) {
      const missing = hasPassword ? 'username' : 'password'
      complaints.push(complain(at(missing), '(nothing)', 'is missing: a name and a password go together'))
    }
    return complaints
  })
}

/** The camera with its password read from its file, which stands relative to the school's. */
export function readCamera(
  { passwordFile, ...camera }: CameraRead,
  index: number,
  from: string,
  complain: Complain,
): { camera: CameraConfig } | { complaint: Complaint } {
  if (passwordFile === undefined) return { camera }
  try {
    return { camera: { ...camera, password: readFileSync(resolve(from, passwordFile), 'utf8').trim() } }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return { complaint: complain(['machines', index, 'camera', 'passwordFile'], '(not shown)', `cannot be read: ${why}`) }
  }
}
