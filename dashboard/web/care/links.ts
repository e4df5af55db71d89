// Ways to the page of care from elsewhere.

export function careHref(site: string): string {
  return `/sites/${site}/care`
}

/** What a new order begins with. */
export type OrderStart = { machine: string; title?: string; condition?: string; task?: string }

/** The page with a new order begun on it. */
export function orderHref(site: string, start: OrderStart): string {
  const query = new URLSearchParams({ order: 'new' })
  for (const [key, value] of Object.entries(start)) if (value !== undefined) query.set(key, value)
  return `${careHref(site)}?${query}`
}

/** The page with this order open on it. */
export function knownOrderHref(site: string, order: string): string {
  return `${careHref(site)}?${new URLSearchParams({ order })}`
}

/** The order to open on the page; undefined where the address names none, or begins a new one. */
export function knownOrderAsked(search: string): string | undefined {
  const order = new URLSearchParams(search).get('order')
  return order === null || order === 'new' ? undefined : order
}

/** The new order the address asks for. */
export function orderAsked(search: string): OrderStart | undefined {
  const query = new URLSearchParams(search)
  if (query.get('order') !== 'new') return undefined
  const said = (key: string, most: number) => {
    const value = query.get(key)
    return value === null || value === '' ? {} : { [key]: value.slice(0, most) }
  }
  return { machine: query.get('machine') ?? '', ...said('title', 120), ...said('condition', 140), ...said('task', 48) }
}
