// What is asked of an unpacking, and what comes of it.
import type { Finding } from '../../protocols/contract/program.ts'

export type UnpackOrder = {
  readonly path: string
  readonly name: string
  /** Where the plain G-code goes. */
  readonly to: string
  /** Bytes that may come out in all; the disk and the school's rules set it. */
  readonly bytesMax: number
  /** Told how many bytes of the packed file are done. */
  readonly progress?: (bytes: number) => void
}

export type Unpacked =
  /** Not packed, or nothing we could unpack: the file itself is what there is to analyse. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'unpacked'; readonly plain: PlainFile; readonly picture?: Uint8Array; readonly findings: readonly Finding[] }
  /** Cannot be a program; the finding says why and what to do. What was written of `to` means nothing. */
  | { readonly kind: 'refused'; readonly finding: Finding }

export type PlainFile = { readonly size: number; readonly sha256: string }
