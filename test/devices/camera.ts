// A network camera as schools have them: snapshots and MJPEG by HTTP, with the quirks of real ones, and stumbles.
// Written from what is told of mjpg-streamer (output_http: HTTP/1.0, boundarydonotcross, lengths and timestamps), µStreamer, Axis (myboundary, lengths optional),
// ffmpeg -f mpjpeg (no lengths), Tasmota and ESP32 cameras (no boundary before the first part), and cameras that write the dashes into their boundary.
import { createServer, type Server, type Socket } from 'node:net'

export type CameraQuirks = {
  /** `boundary=--myboundary` in the head, `--myboundary` between the parts. */
  readonly dashesInHead?: boolean
  readonly lengths?: boolean
  readonly leadingBoundary?: boolean
  readonly frameMs?: number
  /** HTTP/1.1 with chunked parts instead of HTTP/1.0 until the end. */
  readonly chunked?: boolean
}

export type CameraStumble =
  | { readonly kind: 'slow'; readonly bytes: number; readonly everyMs: number }
  | { readonly kind: 'endless-headers' }
  | { readonly kind: 'wrong-type' }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'huge' }
  | { readonly kind: 'lies'; readonly type: string }
  | { readonly kind: 'status'; readonly status: number }

export type CameraOptions = {
  readonly quirks?: CameraQuirks
  readonly stumble?: CameraStumble
  readonly login?: { name: string; password: string }
}

/** The smallest whole JPEG there is: one grey dot. */
const dot = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
)

/** A JPEG whose number stands in a comment, with a thumbnail of its own inside (as EXIF has it) and as large as asked for. */
export function jpeg(number: number, size = 2_000): Buffer {
  const segment = (marker: number, body: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0])
    head.writeUInt16BE(body.length + 2, 2)
    return Buffer.concat([head, body])
  }
  const comment = segment(0xfe, Buffer.from(`picture ${number}`, 'latin1'))
  const thumbnail = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), dot, Buffer.from([0xff, 0xd9])]))
  const padding: Buffer[] = []
  for (let left = size; left > 0; left -= 60_000) padding.push(segment(0xef, Buffer.alloc(Math.min(left, 60_000), number & 0x7f)))
  return Buffer.concat([
    dot.subarray(0, 2),
    thumbnail,
    comment,
    ...padding,
    dot.subarray(2),
    Buffer.from([0x00, 0xff, 0x00, 0xff, 0xd0, 0x11, 0xff, 0xd9]),
  ])
}

/** The number in a picture's comment. */
export function numberOf(bytes: Uint8Array): number | undefined {
  const found = /picture (\d+)/.exec(Buffer.from(bytes).toString('latin1'))
  return found === null ? undefined : Number(found[1])
}

export class SimulatedCamera implements AsyncDisposable {
  options: CameraOptions
  /** Paths asked for, oldest first. */
  readonly asked: string[] = []
  readonly authorizations: (string | undefined)[] = []
  pictures = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(options: CameraOptions) {
    this.options = options
    this.#server = createServer(socket => this.#serve(socket))
  }

  static async start(options: CameraOptions = {}): Promise<SimulatedCamera> {
    const camera = new SimulatedCamera(options)
    await new Promise<void>(resolve => camera.#server.listen(0, '127.0.0.1', resolve))
    const address = camera.#server.address()
    if (typeof address === 'object' && address !== null) camera.#port = address.port
    return camera
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get snapshot(): string {
    return `${this.url}/?action=snapshot`
  }

  get stream(): string {
    return `${this.url}/?action=stream`
  }

  /** Whoever is being served now. */
  get connections(): number {
    return this.#sockets.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => undefined)
    let head = ''
    socket.on('data', chunk => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      const request = head
      head = ''
      this.#answer(socket, request)
    })
  }

  #answer(socket: Socket, request: string): void {
    const path = request.split(' ')[1] ?? '/'
    this.asked.push(path)
    const authorization = /^authorization: (.*)\r$/im.exec(request)?.[1]
    this.authorizations.push(authorization)
    const { login, stumble } = this.options
    if (login !== undefined && authorization !== `Basic ${Buffer.from(`${login.name}:${login.password}`).toString('base64')}`) {
      socket.end('HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm="camera"\r\nContent-Length: 0\r\n\r\n')
      return
    }
    if (stumble !== undefined && this.#stumble(socket, stumble)) return
    if (path.includes('snapshot')) {
      const picture = jpeg(++this.pictures)
      socket.write('HTTP/1.0 200 OK\r\nServer: MJPG-Streamer/0.2\r\nContent-Type: image/jpeg\r\n\r\n')
      socket.end(picture)
    } else if (path.includes('stream')) this.#stream(socket)
    else socket.end('HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  }

  /** True where nothing more is to be said. */
  #stumble(socket: Socket, stumble: CameraStumble): boolean {
    const ok = 'HTTP/1.0 200 OK\r\n'
    switch (stumble.kind) {
      case 'silent':
        return true
      case 'endless-headers': {
        socket.write(ok)
        const timer = setInterval(() => socket.write(`X-More: ${'a'.repeat(2_000)}\r\n`), 1)
        socket.on('close', () => clearInterval(timer))
        return true
      }
      case 'wrong-type':
        socket.end(`${ok}Content-Type: image/jpeg\r\n\r\n<html><body>Camera is rebooting</body></html>`)
        return true
      case 'truncated':
        socket.write(`${ok}Content-Type: image/jpeg\r\n\r\n`)
        socket.end(jpeg(++this.pictures, 50_000).subarray(0, 30_000))
        return true
      case 'huge': {
        socket.write(`${ok}Content-Type: image/jpeg\r\n\r\n`)
        socket.write(Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]))
        const pour = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0x55)));
        }
        socket.on('drain', pour)
        pour()
        return true
      }
      case 'redirect':
        socket.end(`HTTP/1.0 302 Found\r\nLocation: ${stumble.to}\r\nContent-Length: 0\r\n\r\n`)
        return true
      case 'status':
        socket.end(`HTTP/1.0 ${stumble.status} Sorry\r\nContent-Length: 0\r\n\r\n`)
        return true
      case 'lies':
        socket.write(`${ok}Content-Type: ${stumble.type}\r\n\r\n`)
        socket.end(jpeg(++this.pictures))
        return true
      case 'slow': {
        socket.write(`${ok}Content-Type: image/jpeg\r\n\r\n`)
        const picture = jpeg(++this.pictures, 20_000)
        let at = 0
        const timer = setInterval(() => {
          socket.write(picture.subarray(at, at + stumble.bytes))
          at += stumble.bytes
          if (at >= picture.length) socket.end()
        }, stumble.everyMs)
        socket.on('close', () => clearInterval(timer))
        return true
      }
    }
  }

  #stream(socket: Socket): void {
    const { dashesInHead = false, lengths = true, leadingBoundary = true, frameMs = 20, chunked = false } = this.options.quirks ?? {}
    const boundary = dashesInHead ? 'myboundary' : 'boundarydonotcross'
    const write = (bytes: Buffer | string): void => {
      const body = Buffer.from(bytes as string)
      if (!chunked) socket.write(body)
      else {
        // Cut where it hurts: in the middle of a frame.
        for (const piece of [body.subarray(0, body.length >> 1), body.subarray(body.length >> 1)]) {
          if (piece.length > 0) socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]))
        }
      }
    }
    const version = chunked ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked' : 'HTTP/1.0 200 OK'
    const told = dashesInHead ? `--${boundary}` : boundary
    socket.write(`${version}\r\nContent-Type: multipart/x-mixed-replace;boundary=${told}\r\n\r\n`)
    if (leadingBoundary) write(`--${boundary}\r\n`)
    const timer = setInterval(() => {
      // A camera's own line is narrow, and it has no memory to queue in.
      if (socket.writableNeedDrain) return
      const picture = jpeg(++this.pictures)
      write(`Content-Type: image/jpeg\r\n${lengths ? `Content-Length: ${picture.length}\r\nX-Timestamp: 1.5\r\n` : ''}\r\n`)
      write(picture)
      write(`\r\n--${boundary}\r\n`)
    }, frameMs)
    socket.on('close', () => clearInterval(timer))
  }
}
