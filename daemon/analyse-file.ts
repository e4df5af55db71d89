// Analyses one stored file from end to end, in constant memory; runs in the worker, off the thread that answers people.
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import type { Program } from '../protocols/contract/program.ts'
import { type AnalysisRequest, createAnalyser } from '../protocols/gcode/analyse.ts'
import type { PictureKind } from './files.ts'

/** Big enough that reading costs nothing beside parsing, small enough to stay in the cache. */
const chunkBytes = 256 * 1024

export type AnalysisOrder = {
  readonly path: string
  readonly request: AnalysisRequest
  /** Where the pictures are to be written. */
  readonly parts: Readonly<Record<PictureKind, string>>
}

/** What the school keeps of an analysis. The pictures went straight to their files: they may be megabytes. */
export type Analysed = {
  readonly program: Omit<Program, 'sha256'>
  readonly timeMaps: Readonly<Record<string, [number, number][]>>
  readonly layers: readonly number[]
  readonly pictures: readonly PictureKind[]
}

/** Blocks until done: 50 MB take a second or two. */
export function analyseFile({ path, request, parts }: AnalysisOrder): Analysed {
  const analyser = createAnalyser(request)
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) analyser.push(buffer.subarray(0, read))
  } finally {
    closeSync(file)
  }
  const { program, timeMaps, layers, preview, picture } = analyser.finish()
  const pictures: PictureKind[] = []
  if (preview.points.length > 0) {
    writeFileSync(parts.preview, JSON.stringify(preview))
    pictures.push('preview')
  }
  if (picture !== undefined) {
    writeFileSync(parts.picture, picture.bytes)
    pictures.push('picture')
  }
  return { program, timeMaps, layers, pictures }
}
