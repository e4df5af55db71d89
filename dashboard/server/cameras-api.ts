// Looking through a machine's camera: the picture with its age, pictures as they come on a school's own screen, and what a school sends because the city asked.
import { once } from 'node:events'
import type { Request, Response, Router } from 'express'
import { type Picture, pictureBytesMax, wholePicture } from '../../protocols/contract/camera.ts'
import { machineIdSchema } from '../../protocols/contract/ids.ts'
import type { Account } from '../workplace.ts'
import type { Asked, WebContext } from './context.ts'
import { refuse } from './people.ts'
import { isStaff, maySeeSite } from './rights.ts'
import { bounded } from './uploads.ts'

const boundary = 'tsekh-picture'
/** A viewer that takes nothing for so long is gone, whatever its socket says. */
const stallMs = 20_000

export function addCameras(router: Router, context: WebContext, asked: Asked): void {
  const { workplace, log } = context

  /** Who looks at which machine; when it may not be, it has been refused already. Pupils look at machines, not through cameras. */
  const lookerOf = (request: Request<{ site: string; machine: string }>, response: Response): Account | undefined => {
    const visitor = asked(request, response)
    if (visitor === undefined) return undefined
    const { account } = visitor
    const { site, machine } = request.params
    if (!isStaff(account)) refuse(response, 'no-right')
    else if (!maySeeSite(account, site)) refuse(response, 'other-site')
    else if (workplace.fleet.site(site)?.machines[machine]?.declaration.camera === undefined) refuse(response, 'not-found')
    else return account
    return undefined
  }

  router.get('/sites/:site/machines/:machine/camera', async (request, response) => {
    const account = lookerOf(request, response)
    if (account === undefined) return
    const { site, machine } = request.params
    const { picture, denial } = (await workplace.cameras?.look(site, machine, account)) ?? {}
    if (response.destroyed) return
    if (picture !== undefined) sendPicture(response, picture, context.clock())
    else if (denial !== undefined) response.status(503).json({ denial })
    else response.status(204).end()
  })

  router.get('/sites/:site/machines/:machine/camera/kept', (request, response) => {
    const account = lookerOf(request, response)
    if (account === undefined) return
    response.json({ at: workplace.cameras?.kept?.(request.params.site, request.params.machine) ?? [] })
  })

  router.get('/sites/:site/machines/:machine/camera/kept/:at', async (request, response) => {
    const account = lookerOf(request, response)
    if (account === undefined) return
    const picture = await workplace.cameras?.keptAt?.(request.params.site, request.params.machine, Number(request.params.at), account)
    if (picture === undefined) return refuse(response, 'not-found')
    sendPicture(response, picture, context.clock())
  })

  router.get('/sites/:site/machines/:machine/camera/stream', async (request, response) => {
    const account = lookerOf(request, response)
    if (account === undefined) return
    const { cameras } = workplace
    if (cameras?.watch === undefined) return refuse(response, 'not-found')
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const until = AbortSignal.any([gone.signal, context.closing])
    const { site, machine } = request.params
    const pictures = cameras.watch(site, machine, account, until)
    if ('denial' in pictures) return void response.status(503).json({ denial: pictures.denial })
    response.status(200).set('Content-Type', `multipart/x-mixed-replace; boundary=${boundary}`)
    response.flushHeaders()
    try {
      for await (const { bytes, type } of pictures) {
        response.write(`--${boundary}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`)
        response.write(bytes)
        // The next is waited for until this one is on its way: what comes meanwhile is left out, not heaped up.
        if (!response.write('\r\n')) await once(response, 'drain', { signal: AbortSignal.any([until, AbortSignal.timeout(stallMs)]) })
      }
    } catch (error) {
      if (!until.aborted)
        log.debug({ site, machine, error: error instanceof Error ? error.message : String(error) }, 'a viewer fell behind')
    }
    response.destroy()
  })
}

/** What a school sends, already known to come from it. */
export async function receivePicture(
  context: WebContext,
  site: string,
  request: Request<{ machine: string }>,
  response: Response,
): Promise<void> {
  const machine = machineIdSchema.safeParse(request.params.machine)
  const { cameras } = context.workplace
  if (!machine.success || cameras?.receive === undefined) return refuse(response, 'not-found')
  const chunks: Buffer[] = []
  const body = bounded(request, pictureBytesMax)
  try {
    for await (const chunk of body) chunks.push(chunk as Buffer)
  } catch {
    request.resume()
    if (response.writable) refuse(response, 'bad-request')
    return
  } finally {
    body.destroy()
  }
  const whole = wholePicture(Buffer.concat(chunks))
  if (whole === undefined) return refuse(response, 'bad-request')
  const ageSeconds = Number(request.headers.age)
  const at = context.clock() - 1000 * (Number.isFinite(ageSeconds) && ageSeconds >= 0 ? ageSeconds : 0)
  if (!cameras.receive(site, machine.data, { ...whole, at })) return refuse(response, 'not-asked')
  response.status(204).end()
}

function sendPicture(response: Response, { bytes, type, at }: Picture, nowMs: number): void {
  // A picture and nothing else, whatever a camera or a school calls it.
  response.type(type).set({ Age: String(Math.max(0, Math.round((nowMs - at) / 1000))), 'Content-Length': String(bytes.length) })
  response.end(bytes)
}
