// A machine's own page in HTML: how it is, two large buttons for whoever stands there, and what staff may do in one tap.
import { problemReported, problems, problemWords } from '../../protocols/contract/floor.ts'
import type { Denial, Language, Sentence } from '../../protocols/contract/words.ts'
import { type Html, html } from '../tickets/paper.ts'
import { pageWords } from '../tickets/words.ts'
import type { TvLook } from '../tv/picture.ts'
import type { FloorView } from './view.ts'
import type { FloorWords, Said } from './words.ts'

export const askings = ['report', 'partial', 'failed'] as const
export type Asking = (typeof askings)[number]

export type FloorPage = {
  view: FloorView
  words: FloorWords
  language: Language
  /** `/m/{site}/{machine}-{secret}` */
  path: string
  asking?: Asking
  said?: Said
  denial?: Denial
}

export const floorStyle = `
.wide{display:block;width:100%;min-height:64px;padding:16px 12px;margin:0 0 12px;font-size:20px;text-align:center}
.chip{font-weight:400;margin:0;padding:12px 0;min-height:48px;border-bottom:1px solid #d3d9df}
.chip input{width:24px;min-height:24px;height:24px;margin:0 12px 0 0;vertical-align:middle}
fieldset{border:0;margin:0;padding:0;min-width:0}
legend{font-size:20px;font-weight:700;padding:0}
.state{font-size:26px;line-height:1.2;font-weight:700;margin:0 0 4px}
@media (prefers-color-scheme:dark){.chip{border-color:#37414c}}
`

const signs: Record<TvLook, string> = {
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
const marks: Partial<Record<TvLook, 'part' | 'fault' | 'attention'>> = {
  part: 'part',
  fault: 'fault',
  attention: 'attention',
  paused: 'attention',
}

export function floorWhole(page: FloorPage): { main: Html; footer: Html } {
  const { view, words, language, path } = page
  const machine = `/sites/${view.site}/machines/${view.machine}`
  return {
    main: html`<h1>${view.tile.name}</h1><p class="quiet">${words.kind[view.kind]} · ${view.siteName}</p>
<div id="live" data-from="${path}">${floorPart(page)}</div><p id="say" class="hidden" role="status"></p><p id="lost" class="panel mark mark-attention" hidden>${words.lost}</p>`,
    footer: html`${page.asking === 'report' ? '' : html`<p>${words.danger}</p>`}<p><a href="${machine}">${view.staff === undefined ? words.signIn : words.full}</a></p>${
      view.staff === undefined ? '' : html`<p><a href="/m/${view.site}/stickers?lang=${language}">${words.stickers}</a></p>`
    }`,
  }
}

/** What changes while one looks. */
export function floorPart(page: FloorPage): Html {
  const { view, words, language, path, asking, said, denial } = page
  const headline = words.look[view.tile.look]
  const say = (sentence: Sentence) => sentence[language] || sentence.ru
  const told = html`${said === undefined ? '' : html`<p class="panel mark" role="status">${words.said[said]}</p>`}${
    denial === undefined
      ? ''
      : html`<p class="panel mark mark-fault" role="alert">${say(denial.text)}${denial.help === undefined ? '' : ` ${say(denial.help)}`}</p>`
  }`
  if (asking === 'report') return html`<div data-say="${headline}">${told}${reportForm(page)}</div>`
  if (asking !== undefined && view.staff?.clear !== undefined) {
    return html`<div data-say="${headline}">${told}${causeForms(page, asking, view.staff.clear.causes)}</div>`
  }
  return html`<div data-say="${headline}">${told}${statePanel(page)}
${view.staff === undefined ? '' : staffPart(page, view.staff, say)}
${callPart(page)}
${view.reported && view.staff === undefined ? html`<p class="panel mark">${words.reported}</p>` : ''}
<p><a class="button wide" href="${path}?ask=report&amp;lang=${language}">${words.report}</a></p>
${view.tickets.map(({ ticket }) => html`<p><a class="button wide" href="${path}/ticket?number=${ticket}">${words.mine}: № ${ticket}</a></p>`)}</div>`
}

/** Whoever sees to it has the call above, with its button. */
function callPart({ view, words, language, path }: FloorPage): Html | '' {
  if (!view.called) return button(path, 'help', words.help, language, view.staff === undefined ? 'main' : '')
  return view.staff === undefined ? html`<p class="panel mark mark-attention">${words.helpCalled}</p>` : ''
}

function statePanel({ view, words, language }: FloorPage): Html {
  const { tile, silentMs } = view
  const mark = marks[tile.look]
  const left = tile.remainingSeconds === undefined ? undefined : words.left(words.time(Math.round(tile.remainingSeconds / 60)))
  const facts = [tile.ticket === undefined ? undefined : words.ticket(tile.ticket), left].filter(fact => fact !== undefined)
  const hint = view.staff === undefined ? words.hint[tile.look] : undefined
  const percent = Math.floor((tile.fraction ?? 0) * 100)
  return html`<div class="panel mark${mark === undefined ? '' : ` mark-${mark}`}"><h2 class="state"><span aria-hidden="true">${signs[tile.look]} </span>${words.look[tile.look]}</h2>
${facts.length === 0 ? '' : html`<p>${facts.join(' · ')}</p>`}
${tile.fraction === undefined ? '' : html`<svg class="bar" role="img" aria-label="${percent} %" width="100%" height="12" viewBox="0 0 100 12" preserveAspectRatio="none"><rect width="${percent}" height="12" fill="#4b5a69"/></svg>`}
${hint === undefined ? '' : html`<p>${hint}</p>`}
${silentMs === undefined ? '' : html`<p class="quiet">${words.silent(pageWords[language].age(Math.round(silentMs / 60_000)))}</p>`}</div>`
}

function staffPart(
  { words, language, path }: FloorPage,
  staff: NonNullable<FloorView['staff']>,
  say: (sentence: Sentence) => string,
): Html {
  const { clear, faults, pause, resume, next } = staff
  const linkTo = (asking: Asking, text: string) =>
    html`<a class="button wide" href="${path}?ask=${asking}&amp;lang=${language}">${text}</a>`
  return html`${
    clear === undefined
      ? ''
      : html`<div class="panel mark mark-part"><h2>${clear.ticket === undefined ? words.clear : words.clearOf(clear.ticket)}</h2>
${button(path, 'clear', words.ok, language, 'main', { quality: 'ok' })}${linkTo('partial', words.partial)}${linkTo('failed', words.failed)}</div>`
  }
${faults.map(fault => {
  const problem = fault.code === problemReported
  return html`<div class="panel mark mark-attention"><p><b>${say(fault.text)}</b></p>${fault.help === undefined ? '' : html`<p>${say(fault.help)}</p>`}
${button(path, 'settle', problem ? words.settleProblem : words.settleHelp, language, '', { fault: fault.code })}</div>`
})}
${pause ? button(path, 'pause', words.pause, language) : ''}${resume ? button(path, 'resume', words.resume, language) : ''}
${next === undefined ? '' : html`<p class="quiet">${words.next(next)}</p>`}`
}

function reportForm({ words, language, path }: FloorPage): Html {
  return html`<form class="panel" method="post" action="${path}/report?lang=${language}"><p class="mark mark-attention panel">${words.danger}</p>
<fieldset><legend>${words.what}</legend>${problemsShown.map(
    problem =>
      html`<label class="chip"><input type="radio" name="problem" value="${problem}" required>${problemWords[problem][language]}</label>`,
  )}</fieldset>
<label for="text">${words.own}</label><input id="text" name="text" maxlength="400" autocomplete="off" aria-describedby="hint"><p id="hint" class="small quiet">${words.ownHint}</p>
<div class="row"><button class="main">${words.send}</button><a class="button" href="${path}?lang=${language}">${words.back}</a></div></form>`
}
/** What is dangerous first, what fits nothing last. */
const problemsShown = [...problems].sort((a, b) => order(a) - order(b))
function order(problem: string): number {
  const at = Object.keys(problemWords).indexOf(problem)
  return at === -1 ? Number.MAX_SAFE_INTEGER : at
}

/** Each cause is a button of its own: one tap. The free words are another form, or Enter in them would press the first cause. */
function causeForms({ words, language, path }: FloorPage, quality: 'partial' | 'failed', causes: readonly Sentence[]): Html {
  const form = (inside: Html) =>
    html`<form method="post" action="${path}/clear?lang=${language}"><input type="hidden" name="quality" value="${quality}">${inside}</form>`
  return html`<div class="panel mark mark-part"><h2>${quality === 'partial' ? words.partial : words.failed}</h2><p>${words.cause}</p>
${form(html`${causes.map(cause => html`<button class="wide" name="cause" value="${cause[language]}">${cause[language]}</button>`)}`)}
${form(html`<label for="cause">${words.otherCause}</label><input id="cause" name="cause" maxlength="200" autocomplete="off"><div class="row"><button class="main">${words.clearDone}</button><a class="button" href="${path}?lang=${language}">${words.back}</a></div>`)}</div>`
}

function button(
  path: string,
  deed: string,
  text: string,
  language: Language,
  look: 'main' | '' = '',
  fields: Readonly<Record<string, string>> = {},
): Html {
  return html`<form method="post" action="${path}/${deed}?lang=${language}">${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}<button class="wide ${look}">${text}</button></form>`
}
