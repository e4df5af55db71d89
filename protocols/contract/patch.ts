// Differences of plain JSON things as JSON Merge Patch (RFC 7396): a key that is there replaces, null takes away, absent leaves; things within things alike.
// What did not change keeps its identity on both sides: the server compares by it, and a page draws anew only what moved.

/** A change of a T. Lists are replaced whole. T itself must hold no nulls; ours never do. */
export type Patch<T> = T extends readonly unknown[] ? T : T extends object ? { [Key in keyof T]?: Patch<T[Key]> | null } : T

type Thing = Readonly<Record<string, unknown>>

/** What makes `after` of `before`; undefined where they say the same. */
export function patchOf<T extends object>(before: T, after: NoInfer<T>): Patch<T> | undefined {
  return difference(before as Thing, after as Thing) as Patch<T> | undefined
}

function difference(before: Thing, after: Thing): Thing | undefined {
  if (before === after) return undefined
  const changes: [string, unknown][] = []
  for (const key of Object.keys(after)) {
    const now = after[key]
    if (now === undefined) continue
    const was = Object.hasOwn(before, key) ? before[key] : undefined
    if (was === now) continue
    if (isThing(was) && isThing(now)) {
      const inner = difference(was, now)
      if (inner !== undefined) changes.push([key, inner])
    } else if (!sameList(was, now)) changes.push([key, now])
  }
  for (const key of Object.keys(before)) {
    if (before[key] !== undefined && (!Object.hasOwn(after, key) || after[key] === undefined)) changes.push([key, null])
  }
  return changes.length === 0 ? undefined : Object.fromEntries(changes)
}

/** The thing with the change in it (RFC 7396 §2). Answers `before` itself where nothing changes. */
export function patched<T extends object>(before: T, patch: Patch<NoInfer<T>> | undefined): T {
  return patch === undefined ? before : (merged(before as Thing, patch as Thing) as T)
}

function merged(before: Thing, patch: Thing): Thing {
  const keys = Object.keys(patch)
  if (keys.length === 0) return before
  const after: Record<string, unknown> = { ...before }
  for (const key of keys) {
    const change = patch[key]
    if (change === null) delete after[key]
    else {
      const known = Object.hasOwn(before, key) ? before[key] : undefined
      const value = isThing(change) ? merged(isThing(known) ? known : {}, change) : change
      // A machine may be called __proto__.
      Object.defineProperty(after, key, { value, enumerable: true, configurable: true, writable: true })
    }
  }
  return after
}

function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sameList(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && JSON.stringify(a) === JSON.stringify(b)
}
