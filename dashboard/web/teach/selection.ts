// Which rows of a list are chosen: one by one, from here to there, or all that meet a condition. Pure.

export type Selection = {
  readonly chosen: ReadonlySet<string> /** The row last toggled: a range begins there. */
  readonly from: string | undefined
}

export const nothingChosen: Selection = { chosen: new Set(), from: undefined }

export function toggle({ chosen }: Selection, id: string): Selection {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return { chosen: next, from: id }
}

/** From the row last toggled to this one, both included, all become what that one is; `order`: ids as they stand in the list. */
export function extend(selection: Selection, id: string, order: readonly string[]): Selection {
  const { chosen, from } = selection
  const [a, b] = [from === undefined ? -1 : order.indexOf(from), order.indexOf(id)]
  if (a < 0 || b < 0 || from === undefined) return toggle(selection, id)
  const next = new Set(chosen)
  for (const each of order.slice(Math.min(a, b), Math.max(a, b) + 1)) {
    if (chosen.has(from)) next.add(each)
    else next.delete(each)
  }
  return { chosen: next, from: id }
}

export function choose(ids: Iterable<string>): Selection {
  return { chosen: new Set(ids), from: undefined }
}

/** What is still there; the same selection where nothing is gone. */
export function keepOnly(selection: Selection, present: ReadonlySet<string>): Selection {
  const left = [...selection.chosen].filter(id => present.has(id))
  return left.length === selection.chosen.size ? selection : { chosen: new Set(left), from: selection.from }
}
