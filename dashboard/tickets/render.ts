// The ticket's page in HTML: the number, the four steps, when, why, what went wrong and what to try.
import type { Range } from '../../protocols/contract/forecast.ts'
import type { Denial, Language, Sentence } from '../../protocols/contract/words.ts'
import { type Html, html, qr } from './paper.ts'
import { type Phase, type Step, steps, type TicketView } from './view.ts'
import type { PageWords } from './words.ts'

export type TicketPage = {
  view: TicketView
  words: PageWords
  language: Language
  nowMs: number
  /** The school's own time zone: its reasons speak by that clock, wherever this server stands. */
  zone: string
  /** `/t/12-…` */
  path: string
  /** The same with the server in front, for the QR code. */
  address: string
  /** Path of the plan of a marked place, where the program has a preview to draw it from. */
  plan?: string
  /** Path of the part's picture, where there is one. */
  picture?: string
  asking?: 'cancel'
  /** Of the program, where it has layers. */
  layers?: number
  /** The school's no to what was asked last. */
  denial?: Denial
  uploadLimitBytes: number
  said?: keyof PageWords['said']
}

/** Earlier down, later up, to whole five minutes: more would pretend to know. */
const roundMs = 5 * 60_000

const marks: Partial<Record<Phase, 'part' | 'fault' | 'attention'>> = {
  ready: 'part',
  'on-bed': 'part',
  failed: 'fault',
  denied: 'fault',
  returned: 'attention',
  paused: 'attention',
}

/** What changes while one looks: the script puts it anew, and only it. */
export function ticketPart(page: TicketPage): Html {
  const { view, words, language, nowMs, zone, path, picture, said, denial } = page
  const say = (sentence: Sentence) => sentence[language] || sentence.ru
  const { phase, problem, why } = view
  const headline = words.phase[phase]
  const hint = words.hint[phase]
  const mark = marks[phase]
  return html`<div data-say="${headline}" data-whole="${view.mend === undefined ? '' : 'mend'}">${said === undefined ? '' : html`<p class="panel mark" role="status">${words.said[said]}</p>`}${
    denial === undefined
      ? ''
      : html`<p class="panel mark mark-fault" role="alert">${say(denial.text)}${denial.help === undefined ? '' : ` ${say(denial.help)}`}</p>`
  }
${stepsList(view.step, words)}
<div class="panel mark${mark === undefined ? '' : ` mark-${mark}`}">
<h2 class="big-line">${headline}</h2>
${hint === undefined ? '' : html`<p>${hint}</p>`}
${view.copies > 1 ? html`<p>${words.made(view.made, view.copies)}</p>` : ''}
${view.collectedAt === undefined ? '' : html`<p>${words.collectedAt(`${dayWord(view.collectedAt, nowMs, language, words, zone)} ${clock(view.collectedAt, language, zone)}`)}</p>`}
${view.machine === undefined ? '' : html`<p class="quiet">${words.on(view.machine)}</p>`}
${view.together ? html`<p class="quiet">${words.together}</p>` : ''}
${view.progress === undefined ? '' : progressBar(view.progress, words)}
${view.when === undefined ? '' : html`<p class="quiet small">${view.when.what === 'end' ? words.doneBy : words.startsAt}</p><p class="when">${rangeText(view.when.range, nowMs, language, words, zone)}</p>`}
${view.unsure === undefined ? '' : html`<p class="quiet">${words.unsure[view.unsure]}</p>`}
${view.silentMs === undefined ? '' : html`<p class="quiet">${words.silent(words.age(Math.round(view.silentMs / 60_000)))}</p>`}
${why === undefined ? '' : html`<p><b>${words.why}:</b> ${say(why.text)}</p><p><b>${words.unblock}:</b> ${say(why.unblock)}</p>`}
${view.place === undefined ? '' : html`<p>${say(view.place)}</p>`}
${problem === undefined ? '' : problemPart(problem, page, say)}
</div>
${view.help === undefined ? '' : helpPart(view.help, path, words, language)}
${view.result === undefined ? '' : resultPart(view.result, page)}
${picture === undefined ? '' : html`<p><img class="part" src="${picture}" alt="" loading="lazy"></p>`}
${view.mend !== undefined ? '' : cancelPart(page)}</div>`
}

/** Everything above and around the part that changes. */
export function ticketWhole(page: TicketPage): { main: Html; footer: Html } {
  const { view, words, address } = page
  return {
    main: html`<h1 class="quiet">${words.ticket} · ${view.siteName}</h1><p class="number">№ ${view.ticket}</p><p class="quiet">${view.file}</p>
<div id="live" data-from="${page.path}">${ticketPart(page)}</div><p id="say" class="hidden" role="status"></p><p id="lost" class="panel mark mark-attention" hidden>${words.lost}</p>
${view.mend === undefined ? '' : html`${mendForm(page)}${cancelPart(page)}`}
${view.cancellable.length === 0 && view.phase !== 'on-bed' ? '' : html`<p class="noprint"><button id="notify" type="button" hidden data-on="${words.notified}" data-no="${words.notifyNo}">${words.notify}</button></p>`}`,
    footer: html`<div class="qr">${qr(address)}</div><p>${words.qr}</p><p>${words.keep}</p>`,
  }
}

function stepsList(now: Step, words: PageWords): Html {
  const at = steps.indexOf(now)
  return html`<ol class="steps">${steps.map((step, index) => {
    const state = index < at ? 'done' : index === at ? 'now' : ''
    const read = index < at ? words.stepDone : index === at ? words.stepNow : ''
    const current = index === at ? html` aria-current="step"` : ''
    return html`<li class="${state}"${current}>${words.step[step]}${read === '' ? '' : html`<span class="hidden"> (${read})</span>`}</li>`
  })}</ol>`
}

function progressBar(fraction: number, words: PageWords): Html {
  const percent = Math.floor(fraction * 100)
  // A width needs a style attribute, which the policy forbids: the svg draws it.
  return html`<p class="quiet small">${words.progress(percent)}</p><svg class="bar" role="img" aria-label="${words.progress(percent)}" width="100%" height="12" viewBox="0 0 100 12" preserveAspectRatio="none"><rect width="${percent}" height="12" fill="#4b5a69"/></svg>`
}

function helpPart({ called }: NonNullable<TicketView['help']>, path: string, words: PageWords, language: Language): Html {
  if (called) return html`<p class="panel mark mark-attention">${words.helpCalled}</p>`
  return html`<form class="noprint" method="post" action="${path}/help?lang=${language}"><p><button>${words.help}</button></p></form>`
}

function resultPart({ material, grams, seconds }: NonNullable<TicketView['result']>, { words, language, layers }: TicketPage): Html {
  const weight = grams === undefined ? undefined : words.grams(decimal(grams < 10 ? grams : Math.round(grams), language))
  const facts: [string, string | undefined][] = [
    [words.material, [material, weight].filter(fact => fact !== undefined).join(', ') || undefined],
    [words.workTime, seconds === undefined ? undefined : words.span(Math.round(seconds / 60))],
    [words.layers, layers === undefined ? undefined : String(layers)],
  ]
  const known = facts.filter(([, fact]) => fact !== undefined)
  if (known.length === 0) return html``
  return html`<div class="panel"><h2>${words.result}</h2><ul class="tries">${known.map(([what, fact]) => html`<li>${what}: ${fact}</li>`)}</ul></div>`
}

/** Stands beside the part that is put anew, or a chosen file would be lost with it. */
function mendForm({ words, language, path, uploadLimitBytes }: TicketPage): Html {
  const { mend } = words
  const megabytes = Math.floor(uploadLimitBytes / 1_048_576)
  return html`<form id="mend" class="panel noprint" method="post" enctype="multipart/form-data" action="${path}/mend?lang=${language}" data-max="${uploadLimitBytes}" data-big="${mend.tooBig(megabytes)}" data-sending="${mend.sending}" data-checking="${mend.checking}" data-broken="${mend.broken}" data-decimal="${language === 'ru' ? ',' : '.'}">
<h2>${mend.title}</h2><label for="file">${mend.file}</label><input id="file" name="file" type="file" required>
<label for="comment">${mend.comment}</label><input id="comment" name="comment" maxlength="300" autocomplete="off">
<div class="row"><button class="main">${mend.send}</button></div><p id="mendsaid" role="status"></p></form>`
}

function problemPart(
  problem: NonNullable<TicketView['problem']>,
  { words, language, plan }: TicketPage,
  say: (sentence: Sentence) => string,
): Html {
  const { mark } = problem
  const place =
    mark && words.markPlace(decimal(mark.x, language), decimal(mark.y, language), mark.layer === undefined ? undefined : mark.layer + 1)
  return html`<p>${say(problem.text)}</p>
${problem.comment === undefined ? '' : html`<p><b>${words.teacherSays}:</b> «${problem.comment}»</p>`}
${place === undefined ? '' : html`<p><b>${words.marked}:</b> ${place}</p>${plan === undefined ? '' : html`<p><img class="plan" src="${plan}" alt="${words.marked}: ${place}"></p>`}`}
${problem.tries.length === 0 ? '' : html`<p><b>${words.tries}:</b></p><ul class="tries">${problem.tries.map(one => html`<li>${say(one)}</li>`)}</ul>`}`
}

function cancelPart({ view, path, asking, words, language }: TicketPage): Html | '' {
  if (view.cancellable.length === 0) return ''
  if (asking !== 'cancel')
    return html`<p class="noprint"><a class="button" href="${path}?ask=cancel&amp;lang=${language}">${words.cancel}</a></p>`
  return html`<div class="panel mark mark-attention"><p>${words.cancelAsk}</p><div class="row"><form class="inline" method="post" action="${path}/cancel?lang=${language}"><button class="main">${words.cancelYes}</button></form><a class="button" href="${path}?lang=${language}">${words.cancelNo}</a></div></div>`
}

/** «сегодня 14:10–14:40», «сегодня 16:30 – завтра 10:20», «сегодня до 14:40». By the clock of `zone`. */
export function rangeText([early, late]: Range, nowMs: number, language: Language, words: PageWords, zone: string): string {
  const from = Math.floor(early / roundMs) * roundMs
  const to = Math.max(Math.ceil(late / roundMs) * roundMs, Math.ceil(nowMs / roundMs) * roundMs)
  const day = (instant: number) => dayWord(instant, nowMs, language, words, zone)
  const time = (instant: number) => clock(instant, language, zone)
  if (from <= nowMs) return `${day(to)} ${words.before(time(to))}`
  if (day(from) === day(to)) return `${day(from)} ${time(from)}–${time(to)}`
  return `${day(from)} ${time(from)} – ${day(to)} ${time(to)}`
}

/** 34 · 12,5: as people write it. */
function decimal(value: number, language: Language): string {
  return value.toLocaleString(language === 'ru' ? 'ru-RU' : 'en-GB', { maximumFractionDigits: 1 })
}

function clock(instant: number, language: Language, zone: string): string {
  return formatsOf(language, zone).clock.format(instant)
}

function dayWord(instant: number, nowMs: number, language: Language, words: PageWords, zone: string): string {
  const { calendar, day } = formatsOf(language, zone)
  const date = (of: number) => Date.parse(calendar.format(of))
  const days = (date(instant) - date(nowMs)) / 86_400_000
  if (days === 0) return words.today
  if (days === 1) return words.tomorrow
  if (days === -1) return words.yesterday
  return day.format(instant)
}

type Formats = Record<'clock' | 'calendar' | 'day', Intl.DateTimeFormat>

/** Making one takes longer than a thousand uses of it. As many as there are time zones, at most: the fleet keeps no other. */
const formats = new Map<string, Formats>()

function formatsOf(language: Language, timeZone: string): Formats {
  const key = `${language} ${timeZone}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB'
  const made = {
    clock: new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit' }),
    // 2026-11-21, which Date.parse takes for a day of 24 hours.
    calendar: new Intl.DateTimeFormat('en-CA', { timeZone }),
    day: new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short', day: 'numeric', month: 'long' }),
  }
  formats.set(key, made)
  return made
}
