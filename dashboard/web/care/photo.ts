// Makes a phone's photo small enough to travel, upright, and free of everything but the picture, before it leaves the phone.

/** Enough to read a scale on a caliper; some 300 kB. */
const sideMax = 1600
const qualities = [0.82, 0.65, 0.45]
const bytesMax = 2 * 1_048_576

/** A JPEG of at most 1600 px a side; undefined where the file is no picture this browser can read. */
export async function smallPhoto(file: Blob): Promise<Blob | undefined> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => undefined)
  if (bitmap === undefined) return undefined
  const scale = Math.min(1, sideMax / Math.max(bitmap.width, bitmap.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext('2d')
  if (context === null) return undefined
  // A transparent drawing would be black in JPEG.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  for (const quality of qualities) {
    const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (blob !== null && blob.size <= bytesMax) return blob
  }
  return undefined
}
