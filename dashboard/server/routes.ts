// Which addresses a server answers, read off its routers: a test holds that each stands in the table of who may use it (test/dashboard/leaks.test.ts).
import type { Express } from 'express'

/** As the router keeps them (router/lib/layer.js); its types leave the path out. */
type Layer = { rawPath?: unknown; handle: unknown; route?: { path: unknown; stack: { method?: string }[] } }

/** Each as `GET /api/v1/me`; a pattern as its source, what is served whatever the method as `ALL`. Middleware answers nobody and is left out. */
export function routesOf(app: Express): string[] {
  return [...new Set(within('', layersOf(app.router) ?? []))].sort()
}

function within(prefix: string, layers: readonly Layer[]): string[] {
  return layers.flatMap(({ rawPath, handle, route }) => {
    if (route === undefined) return within(`${prefix}${rawPath === '/' ? '' : String(rawPath)}`, layersOf(handle) ?? [])
    const methods = new Set(route.stack.map(({ method }) => (method ?? 'all').toUpperCase()))
    return [route.path].flat().flatMap(path => [...methods].map(method => `${method} ${prefix}${String(path)}`))
  })
}

function layersOf(handle: unknown): readonly Layer[] | undefined {
  return typeof handle === 'function' && 'stack' in handle ? (handle.stack as Layer[]) : undefined
}
