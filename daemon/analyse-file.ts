// Unpacks and analyses one stored file from end to end, in constant memory; runs in the worker, off the thread that answers people.
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Program } from '../protocols/contract/program.ts'
import type { PictureKind } from '../protocols/contract/screen.ts'
import { writeToolpath } from '../protocols/contract/toolpath.ts'
import { type Analysis, type AnalysisRequest, createAnalyser } from '../protocols/gcode/analyse.ts'
import { unpackFile } from './unpack/unpack.ts'
import type { PlainFile, Unpacked } from './unpack/unpacked.ts'

/** Big enough that reading costs nothing beside parsing, small enough to stay in the cache. */
const chunkBytes = 256 * 1024

export type AnalysisOrder = {
  readonly path: string
  /** `size` is the stored file's. */
  readonly request: Pick<AnalysisRequest, 'name' | 'size' | 'machines'>
  /** Where the pictures are to be written, and the plain G-code of a packed file. */
  readonly parts: Readonly<Record<PictureKind | 'plain', string>>
  /** Bytes of plain G-code that a packed file may become. */
  readonly plainBytesMax: number
}

/** How far the work on a file is, in its bytes. */
export type AnalysisProgress = { readonly stage: 'unpacking' | 'analysing'; readonly done: number; readonly total: number }

/** What the school keeps of an analysis. The pictures went straight to their files: they may be megabytes. */
export type Analysed = {
  readonly program: Omit<Program, 'sha256'>
  readonly timeMaps: Readonly<Record<string, [number, number][]>>
  readonly layers: readonly number[]
  readonly pictures: readonly PictureKind[]
  /** Of a packed file: the G-code that was written to `parts.plain`, to which all offsets belong. It is what a machine gets. */
  readonly plain?: PlainFile
}

/** Blocks for a second or two at 50 MB. `progress` is told after each chunk. Rejects only for what is not the file's fault, such as a full disk. */
export async function analyseFile(
  order: AnalysisOrder,
  progress: (progress: AnalysisProgress) => void = () => undefined,
): Promise<Analysed> {
  const { path, request, parts } = order
  const unpacked = await unpackFile({
    path,
    name: request.name,
    to: parts.plain,
    bytesMax: order.plainBytesMax,
    progress: done => progress({ stage: 'unpacking', done, total: request.size }),
  })
  const { program, timeMaps, layers, preview, toolpath, picture } = analyse(order, unpacked, progress)
  const pictures: PictureKind[] = []
  // A path without a single move has one point: where the machine stands.
  if (preview.segments > 0) {
    writeFileSync(parts.preview, JSON.stringify(preview))
    // The quickest level: it halves the bytes, and somebody waits.
    writeFileSync(parts.path, gzipSync(writeToolpath(toolpath), { level: 1 }))
    pictures.push('preview', 'path')
  }
  const image = (unpacked.kind === 'unpacked' ? unpacked.picture : undefined) ?? picture?.bytes
  if (image !== undefined) {
    writeFileSync(parts.picture, image)
    pictures.push('picture')
  }
  const plain = unpacked.kind === 'unpacked' ? unpacked.plain : undefined
  // The person's file is the packed one, whatever was made of it.
  return { program: { ...program, size: request.size }, timeMaps, layers, pictures, ...(plain === undefined ? {} : { plain }) }
}

function analyse({ path, request, parts }: AnalysisOrder, unpacked: Unpacked, progress: (progress: AnalysisProgress) => void): Analysis {
  switch (unpacked.kind) {
    case 'plain':
      return readThrough(path, request, progress)
    case 'unpacked':
      return readThrough(
        parts.plain,
        { ...request, size: unpacked.plain.size, unpacked: { findings: unpacked.findings, refused: false } },
        progress,
      )
    case 'refused':
      return createAnalyser({ ...request, unpacked: { findings: [unpacked.finding], refused: true } }).finish()
  }
}

function readThrough(path: string, request: AnalysisRequest, progress: (progress: AnalysisProgress) => void): Analysis {
  const analyser = createAnalyser(request)
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    let done = 0
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      analyser.push(buffer.subarray(0, read))
      done += read
      progress({ stage: 'analysing', done, total: request.size })
    }
  } finally {
    closeSync(file)
  }
  return analyser.finish()
}
