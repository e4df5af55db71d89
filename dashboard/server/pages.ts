// The built screens as static files, with the headers that keep foreign code and frames out of them.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Express, type RequestHandler } from 'express'
import { denial } from './denials.ts'

const policy = {
  'default-src': "'self'",
  // Mantine writes its style variables into <style> elements.
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self' blob:",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
}

/** On every answer, pages and API alike. `webRoot`: where index.html is, whose own inline scripts are let through by their hash. */
export function securityHeaders(webRoot: string): RequestHandler {
  const scripts = ["'self'", ...inlineScripts(join(webRoot, 'index.html'))].join(' ')
  const contentPolicy = Object.entries({ ...policy, 'script-src': scripts })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
  return (_request, response, next) => {
    response.set({
      'Content-Security-Policy': contentPolicy,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    })
    next()
  }
}

/** Serves `webRoot`: hashed assets for ever, index.html never from a cache, and for every route of the screens. */
export function addPages(app: Express, webRoot: string): void {
  app.use('/assets', express.static(join(webRoot, 'assets'), { immutable: true, maxAge: '365d', index: false, fallthrough: true }))
  app.use(express.static(webRoot, { index: false, maxAge: '1h' }))
  app.get(/^\/(?!api\/|assets\/|socket\.io\/)/, (_request, response) => {
    response.set('Cache-Control', 'no-cache')
    response.sendFile('index.html', { root: webRoot, cacheControl: false }, error => {
      if (error !== undefined && !response.headersSent) {
        const { en, ru } = denial('no-screens').text
        response.status(503).type('text/plain; charset=utf-8').send(`${ru}\n${en}\n`)
      }
    })
  })
}

function inlineScripts(indexPath: string): string[] {
  if (!existsSync(indexPath)) return []
  const html = readFileSync(indexPath, 'utf8')
  const bodies = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, body]) => body ?? '')
  return bodies.map(body => `'sha256-${createHash('sha256').update(body).digest('base64')}'`)
}
