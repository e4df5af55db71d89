// The page of a wall screen as HTML: a shell that says what it is, filled by client.ts, and the sentence for a screen nobody let in.
import { createHash } from 'node:crypto'
import type { Language } from '../../protocols/contract/words.ts'
import { tvScreen } from './client.ts'
import { tvWords } from './words.ts'

export const tvScript = `(${tvScreen.toString()})()\n`

export const tvStyle = `
* { box-sizing: border-box; margin: 0 }
html { background: #12161b; color: #e8ecf0; font: 500 clamp(14px, 1.35vw, 30px)/1.3 "Noto Sans", system-ui, sans-serif }
body { min-height: 100vh; padding: max(1.2vw, 8px) }
body.kiosk { cursor: none }
#wall { display: flex; flex-direction: column; gap: 1.1vw; min-height: calc(100vh - 2 * max(1.2vw, 8px)) }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 2em }
h1 { font-size: 1.7em; flex: 1 1 auto }
#clock { font-size: 2.2em; font-variant-numeric: tabular-nums }
#age { color: #b9c3cd; min-width: 12em; text-align: right; font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1vw }
dl div { background: #1b2128; border: 1px solid #37414c; border-radius: .5em; padding: .5em 1em; display: flex; flex-flow: row-reverse wrap; justify-content: flex-end; align-items: baseline; gap: 0 .6em; overflow-wrap: anywhere }
dd { font-size: 2.2em; font-weight: 700; font-variant-numeric: tabular-nums }
dt { color: #b9c3cd }
#tiles { list-style: none; padding: 0; flex: 1; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14em), 1fr)); grid-auto-rows: minmax(5.2em, max-content); gap: .8vw; align-content: start }
.tile { background: #1b2128; border: 2px solid #37414c; border-radius: .5em; padding: .5em .7em; display: grid; grid-template-columns: 1.6em 1fr auto; gap: .1em .3em; align-content: center }
.tile .name { font-weight: 650; overflow-wrap: anywhere }
.tile .ticket { font-variant-numeric: tabular-nums }
.tile .look { grid-row: 2; grid-column: 2 / 3; color: #b9c3cd }
.tile .ticket { grid-row: 1; grid-column: 3 }
.tile .left { grid-row: 2; grid-column: 3; color: #b9c3cd; font-variant-numeric: tabular-nums }
.tile progress { grid-column: 1 / -1; width: 100%; height: .5em; accent-color: #a9b7c6 }
.tile.fault { border-color: #f2686b; background: #3b1e21 } .tile.fault .mark, .tile.fault .look { color: #ffb0ae }
.tile.attention, .tile.paused { border-color: #f0a63a; background: #352a14 } .tile.attention .mark, .tile.attention .look, .tile.paused .mark, .tile.paused .look { color: #ffcf7d }
.tile.part { border-color: #a68cf0; background: #2a2440 } .tile.part .mark, .tile.part .look { color: #cdbcff }
.tile.unknown { border-style: dashed } .tile.service .mark { color: #5ea6e0 }
#calls { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5em }
#calls:empty, #lessons:empty, #more:empty { display: none }
#calls li { flex: 1 1 auto; background: #352a14; border: 3px solid #f0a63a; border-radius: .4em; padding: .3em .6em; color: #ffcf7d; font-size: 2em; font-weight: 700; overflow-wrap: anywhere }
#lessons { font-size: 1.3em }
#more { color: #b9c3cd }
#ticker { background: #1b2128; border-radius: .5em; padding: .5em .8em; font-size: 1.3em; font-variant-numeric: tabular-nums }
.lost #tiles, .lost dl, .unsure #tiles, .unsure dl { filter: grayscale(1); opacity: .6 }
.lost #age, .unsure #age { color: #ffcf7d; font-weight: 700 }
@media (min-width: 900px) and (orientation: landscape) {
  /* All of it at once: nobody scrolls a wall. */
  body { height: 100vh; overflow: hidden }
  #wall { height: 100%; min-height: 0 }
  #tiles { min-height: 0; grid-template-columns: repeat(var(--columns, 6), 1fr); grid-auto-rows: minmax(0, 1fr); align-content: stretch }
  .tile { min-height: 0; overflow: hidden; max-height: 9em; white-space: nowrap }
  .tile .name, .tile .look { grid-column: 2 / -1; overflow: hidden; text-overflow: ellipsis }
  .tile { grid-template-columns: 1.5em minmax(0, max-content) minmax(0, 1fr) }
  .tile .ticket { grid-row: 3; grid-column: 2; font-size: .9em }
  /* Its ticket, time and bar say it. */
  .tile.moving .look { display: none }
  .tile .left { grid-row: 3; font-size: .9em }
}
@media (prefers-reduced-motion: reduce) { * { transition: none; animation: none } }
`

/** Changes whenever a screen should load itself anew. */
export function tvVersion(version: string): string {
  return createHash('sha256').update(version).update(tvScript).update(tvStyle).update(JSON.stringify(tvWords)).digest('hex').slice(0, 12)
}

export function tvPage(language: Language, kiosk: boolean): string {
  const words = tvWords[language]
  const counter = (id: 'working' | 'waiting' | 'broken') => `<div><dt>${words[id]}</dt><dd id="${id}">–</dd></div>`
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${words.title}</title><link rel="stylesheet" href="/tv/screen.css"></head>
<body class="${kiosk ? 'kiosk' : ''}" data-words="${escaped(JSON.stringify(words))}"><main id="wall">
<header><h1 id="site">${words.title}</h1><span id="age"></span><time id="clock"></time></header>
<dl>${counter('working')}${counter('waiting')}${counter('broken')}</dl>
<div aria-live="assertive"><ul id="calls"></ul></div><p id="lessons"></p>
<ul id="tiles"></ul><p id="more"></p><p id="ticker"></p></main><script src="/tv/screen.js"></script></body></html>
`
}

/** How often a screen that was not let in asks whether it is now. */
const askAgainMs = 60_000

/** Of the page below: loads it anew as soon as the screen is let in, and not before: whoever renews it need not go to the wall. */
export const tvAgainScript = `setInterval(function () {
  fetch(location.pathname + '/data').then(function (answer) { if (answer.ok) location.reload() }, function () {})
}, ${askAgainMs})
`

/** Said in both languages: whose screen it is, is not known. */
export function tvRefusal(): string {
  const { ru, en } = tvWords
  return `<!doctype html><html lang="ru"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${ru.title}</title>
<link rel="stylesheet" href="/tv/screen.css"></head><body><main id="wall"><h1>${ru.closed}</h1><p>${ru.closedHelp}</p>
<p lang="en">${en.closed} ${en.closedHelp}</p></main><script src="/tv/again.js"></script></body></html>
`
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;')
}
