// A window into a simulated machine, for people and for cameras: its bed as a picture and as a stream, and the buttons on its front.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { BedView } from './bed.ts'
import type { RunningDevice } from './device.ts'
import type { Provocation } from './machine.ts'

const boundary = 'boundarydonotcross'
const frameMs = 200

const buttons: Record<string, Provocation> = {
  start: { kind: 'button', button: 'start' },
  hold: { kind: 'button', button: 'hold' },
  reset: { kind: 'button', button: 'reset' },
  'lid-open': { kind: 'door', open: true },
  'lid-closed': { kind: 'door', open: false },
}

export type RunningWindow = { url: string; close(): Promise<void> }

/** `GET /` a page with the bed and the buttons, `/snapshot`, `/stream`; `POST /press/start` and the others. On this computer only. */
export async function openWindow(device: RunningDevice, port: number, area = { x: 300, y: 200 }): Promise<RunningWindow> {
  const bed = new BedView(area)
  const noticing = setInterval(() => bed.notice(device.state()), 40)
  const server = createServer((request, response) => {
    // Only a page of this very window presses its buttons.
    const { origin, host } = request.headers
    if (origin !== undefined && origin !== `http://${host}`) response.writeHead(403).end()
    else answer(request, response, device, () => bed.png(device.state()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    close: async () => {
      clearInterval(noticing)
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function answer(request: IncomingMessage, response: ServerResponse, device: RunningDevice, picture: () => Buffer): void {
  const pressed = request.method === 'POST' ? /^\/press\/([a-z-]+)$/.exec(request.url ?? '')?.[1] : undefined
  const what = pressed === undefined ? undefined : buttons[pressed]
  if (what !== undefined) {
    device.provoke(what)
    response.writeHead(303, { location: '/' }).end()
    return
  }
  switch (request.url) {
    case '/snapshot':
      response.writeHead(200, { 'content-type': 'image/png', 'cache-control': 'no-store' }).end(picture())
      return
    case '/stream':
      stream(response, picture)
      return
    case '/':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page(device.url))
      return
    default:
      response.writeHead(404).end()
  }
}

/** As mjpg-streamer does it: the boundary first, each part with its type and length. */
function stream(response: ServerResponse, picture: () => Buffer): void {
  response.writeHead(200, { 'content-type': `multipart/x-mixed-replace;boundary=${boundary}`, 'cache-control': 'no-store' })
  response.write(`--${boundary}\r\n`)
  const timer = setInterval(() => {
    if (response.writableNeedDrain) return
    const bytes = picture()
    response.write(`Content-Type: image/png\r\nContent-Length: ${bytes.length}\r\n\r\n`)
    response.write(bytes)
    response.write(`\r\n--${boundary}\r\n`)
  }, frameMs)
  response.once('close', () => clearInterval(timer))
}

function page(name: string): string {
  const button = (path: string, ru: string, en: string) =>
    `<form method="post" action="/press/${path}"><button>${ru} · ${en}</button></form>`
  return `<!doctype html><html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title>
<style>body{font:16px system-ui;margin:16px;max-width:700px}img{width:100%}main{display:grid;gap:12px}nav{display:flex;flex-wrap:wrap;gap:8px}button{font:inherit;min-height:44px;padding:0 16px}</style>
<main><h1>${name}</h1><img src="/stream" alt="Стол станка · the bed"><nav>${[
    button('start', 'Пуск', 'start'),
    button('hold', 'Пауза', 'hold'),
    button('reset', 'Сброс', 'reset'),
    button('lid-open', 'Открыть крышку', 'open the lid'),
    button('lid-closed', 'Закрыть крышку', 'close the lid'),
  ].join('')}</nav></main></html>`
}
