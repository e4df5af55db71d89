// The few fields of a plain form, read when its page asks for them: one that cannot be read is the page's to answer, with the form again.
import express, { type Request, type Response } from 'express'

/** More than any of our forms has. */
const fieldsMax = 8

/**
 * Puts the fields of a body of at most `bytesMax` into `request.body`; a body of another kind is left alone.
 * Resolves to the status of the refusal where it cannot be read (too long, too many fields, spoilt), else to undefined.
 */
export function formReader(bytesMax: number): (request: Request, response: Response) => Promise<number | undefined> {
  const read = express.urlencoded({ extended: false, limit: bytesMax, parameterLimit: fieldsMax })
  return (request, response) =>
    new Promise((resolve, reject) => {
      read(request, response, (error: unknown) => {
        if (error === undefined) return resolve(undefined)
        const status = error instanceof Error && 'status' in error ? Number(error.status) : 500
        // body-parser marks with a 4xx what the sender did wrong; the rest is our own mistake.
        if (status < 500) resolve(status)
        else reject(error)
      })
    })
}
