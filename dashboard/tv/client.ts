// What runs in the browser on the wall. It is sent as the text of this one function, so it may name nothing outside itself but types.
import type { TvLook, TvPicture, TvTile } from './picture.ts'
import type { TvWords } from './words.ts'

export function tvScreen(): void {
  const words: TvWords = JSON.parse(document.body.dataset.words ?? '{}')
  const locale = document.documentElement.lang === 'en' ? 'en-GB' : 'ru-RU'
  const place = (id: string) => document.getElementById(id)
  const marks: Record<TvLook, string> = {
    fault: '✖',
    attention: '▲',
    part: '✔',
    paused: '❚❚',
    unknown: '⊘',
    running: '▶',
    preparing: '◌',
    free: '○',
    service: '⚒',
  }
  const put = (id: string, text: string) => {
    const element = place(id)
    if (element !== null && element.textContent !== text) element.textContent = text
  }
  const span = (seconds: number) => {
    const whole = Math.max(0, Math.round(seconds))
    if (whole < 60) return `${whole} ${words.seconds}`
    const minutes = Math.round(whole / 60)
    return minutes < 60 ? `${minutes} ${words.minutes}` : `${Math.floor(minutes / 60)} ${words.hours} ${minutes % 60} ${words.minutes}`
  }
  let picture: TvPicture | undefined
  let heardAt = Date.now()
  let aheadMs = 0

  const tile = ({ name, look, ticket, fraction, remainingSeconds }: TvTile) => {
    const element = document.createElement('li')
    element.className = `tile ${look}`
    const line = (className: string, text: string) => {
      const part = document.createElement('span')
      part.className = className
      part.textContent = text
      element.append(part)
    }
    line('mark', marks[look])
    line('name', name)
    line('look', words.looks[look])
    if (ticket !== undefined) line('ticket', `№${ticket}`)
    if (remainingSeconds !== undefined) line('left', `${words.left} ${span(remainingSeconds)}`)
    if (fraction !== undefined) {
      element.classList.add('moving')
      const bar = document.createElement('progress')
      bar.max = 1
      bar.value = fraction
      bar.setAttribute('aria-label', name)
      element.append(bar)
    }
    return element
  }

  const clockOf = (at: number) => new Date(at).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
  const asItem = (text: string) => {
    const item = document.createElement('li')
    item.textContent = text
    return item
  }

  const draw = (now: TvPicture) => {
    put('site', now.site)
    put('working', String(now.working))
    put('waiting', String(now.waiting))
    put('broken', String(now.broken))
    const tiles = place('tiles')
    tiles?.replaceChildren(...now.tiles.map(tile))
    const calls = place('calls')
    const called = now.calls.map(name => `▲ ${words.come.replace('{}', name)}`)
    // Only when something changed: a screen reader says it anew with each drawing.
    if (calls !== null && calls.textContent !== called.join('')) calls.replaceChildren(...called.map(asItem))
    put('lessons', now.lessons.map(({ title, until }) => words.lesson.replace('{}', title).replace('{}', clockOf(until))).join(' · '))
    // Four rows at most: twenty-four tiles stand in six columns.
    tiles?.style.setProperty('--columns', String(Math.max(3, Math.ceil(now.tiles.length / 4))))
    put('more', now.more > 0 ? `${words.more} ${now.more}` : '')
    put('ticker', now.collect.length > 0 ? `${words.collect} ${now.collect.map(ticket => `№${ticket}`).join(', ')}` : words.nothing)
    document.body.classList.toggle('unsure', !now.sure)
  }

  const tick = () => {
    const now = Date.now()
    put('clock', clockOf(now + aheadMs))
    const lostMs = now - heardAt
    document.body.classList.toggle('lost', lostMs > 15_000)
    if (picture === undefined) return
    const ageMs = now + aheadMs - (picture.heardAt ?? picture.at)
    const words_ = lostMs > 15_000 ? words.lost : picture.sure ? words.age : words.noData
    put('age', words_.replace('{}', span((lostMs > 15_000 ? lostMs : ageMs) / 1000)))
    // The same bright line in the same place for years burns in: every minute all of it stands a little elsewhere.
    const minute = Math.floor(now / 60_000) % 8
    const main = place('wall')
    if (main !== null) main.style.transform = `translate(${(minute % 4) * 3 - 4}px, ${Math.floor(minute / 4) * 4 - 2}px)`
  }

  const load = async () => {
    try {
      const answer = await fetch(`${location.pathname.replace(/\/$/, '')}/data`, { cache: 'no-store', signal: AbortSignal.timeout(8_000) })
      // Our token was taken back or has ended: the page itself says so.
      if (answer.status === 401) return location.reload()
      if (answer.ok) {
        const now = (await answer.json()) as TvPicture
        if (picture !== undefined && picture.version !== now.version) return location.reload()
        picture = now
        heardAt = Date.now()
        aheadMs = now.at - heardAt
        draw(now)
      }
    } catch {
      // No network: the clock goes on, and says for how long.
    }
    tick()
    setTimeout(load, 2_000)
  }
  setInterval(tick, 1_000)
  void load()
}
