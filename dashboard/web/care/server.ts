// What the page of care asks of the server (protocols/contract/screen.ts).
import type { Care, SiteCare } from '../../../protocols/contract/care.ts'
import { read, send, type Trouble } from '../live/server.ts'

export async function readCare(site: string): Promise<Care | Trouble> {
  return read<Care>(await send(`/api/v1/sites/${encodeURIComponent(site)}/care`))
}

export async function readCityCare(): Promise<{ sites: Record<string, SiteCare> } | Trouble> {
  return read<{ sites: Record<string, SiteCare> }>(await send('/api/v1/care'))
}

export async function sendPhoto(photo: Blob): Promise<{ sha256: string } | Trouble> {
  try {
    const response = await fetch('/api/v1/photos', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': photo.type },
      body: photo,
    })
    return read<{ sha256: string }>({ status: response.status, text: await response.text() })
  } catch {
    return { trouble: 'offline' }
  }
}

export function photoUrl(site: string, sha256: string): string {
  return `/api/v1/sites/${encodeURIComponent(site)}/photos/${sha256}`
}
