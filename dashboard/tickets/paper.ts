// A page without a framework: written whole on the server, readable without script, at 320 px, on an old telephone.
import { createHash } from 'node:crypto'
import type { Response } from 'express'
import { renderSVG } from 'uqr'
import type { Language } from '../../protocols/contract/words.ts'

/** HTML that is already safe. */
export type Html = { readonly html: string }

/** Builds HTML; everything put in that is not Html is escaped. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return { html: strings.reduce((text, part, index) => `${text}${rendered(values[index - 1])}${part}`) }
}

function rendered(value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (Array.isArray(value)) return value.map(rendered).join('')
  if (isHtml(value)) return value.html
  return String(value).replace(/[&<>"']/g, sign => signs[sign] ?? sign)
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function isHtml(value: unknown): value is Html {
  return typeof value === 'object' && value !== null && 'html' in value && typeof value.html === 'string'
}

/** Plain colours twice instead of variables: browsers of 2014 know none. Text 4.5:1, marks 3:1, in both. */
const style: string = `
*,*:before,*:after{box-sizing:border-box}
[hidden]{display:none!important}
body{margin:0;background:#eceff2;color:#18212b;font:17px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
main,footer{max-width:560px;margin:0 auto;padding:16px;overflow-wrap:break-word;word-wrap:break-word}
footer{padding-top:0;color:#45525f;font-size:15px}
h1{font-size:22px;line-height:1.25;margin:0 0 4px}
h2{font-size:17px;margin:0 0 4px}
p{margin:0 0 8px}
.panel{background:#fff;border:1px solid #d3d9df;border-radius:10px;padding:16px;margin:0 0 12px}
.number{font-size:64px;line-height:1;font-weight:700;font-variant-numeric:tabular-nums;margin:0 0 4px}
.quiet{color:#45525f}
.small{font-size:15px}
.mark{border-left:6px solid #7b8692}
.mark-part{border-left-color:#6d4cc0;background:#f2eefc}
.mark-fault{border-left-color:#c3212c;background:#fdecec}
.mark-attention{border-left-color:#c77700;background:#fff4dd}
.steps{display:table;width:100%;table-layout:fixed;list-style:none;margin:0 0 12px;padding:0}
.steps li{display:table-cell;text-align:center;font-size:13px;overflow-wrap:normal;word-wrap:normal;color:#45525f;position:relative;padding:34px 1px 0;vertical-align:top}
.steps li:before{content:"";position:absolute;top:4px;left:50%;width:22px;height:22px;margin-left:-11px;border-radius:50%;background:#fff;border:3px solid #7b8692;z-index:1}
.steps li:after{content:"";position:absolute;top:13px;left:-50%;width:100%;height:3px;background:#7b8692}
.steps li:first-child:after{display:none}
.steps .done:before{background:#4b5a69;border-color:#4b5a69}
.steps .now{color:#18212b;font-weight:700}
.steps .now:before{background:#fff;border-color:#26415f;border-width:7px}
.bar{height:12px;border-radius:6px;background:#dfe4e9;overflow:hidden;margin:8px 0}
.bar span{display:block;height:12px;background:#4b5a69}
.when{font-size:22px;font-weight:700;font-variant-numeric:tabular-nums}
ul.tries{margin:4px 0 0;padding-left:20px}
a{color:#26415f}
.button,button{display:inline-block;min-height:44px;padding:10px 18px;border:1px solid #7b8692;border-radius:8px;background:#fff;color:#18212b;font:inherit;text-decoration:none;cursor:pointer}
.main{background:#26415f;border-color:#26415f;color:#fff}
.row{margin:12px 0 0}
.row>*{margin:0 8px 8px 0;vertical-align:top}
form.inline{display:inline-block}
label{display:block;font-weight:600;margin:12px 0 4px}
input{width:100%;min-height:48px;padding:8px 12px;border:1px solid #7b8692;border-radius:8px;background:#fff;color:#18212b;font:inherit;font-size:20px}
input.code{text-transform:uppercase;letter-spacing:4px}
:focus{outline:3px solid #1c5fb0;outline-offset:2px}
.qr svg{display:block;width:168px;height:168px;max-width:100%;background:#fff;border:8px solid #fff}
.big{font-size:40px;line-height:1.1;font-weight:700;letter-spacing:2px}
img.part{max-width:100%;max-height:180px;border-radius:8px}
img.plan{max-width:100%;border:1px solid #7b8692;border-radius:8px}
input[type=file]{padding:10px;font-size:16px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0 0 0 0)}
@media (prefers-color-scheme:dark){
body{background:#12161b;color:#e8ecf0}
.panel,.button,button,input{background:#1b2128;color:#e8ecf0;border-color:#7d8a98}
.panel{border-color:#37414c}
.quiet,footer,.steps li{color:#b9c3cd}
.mark{border-left-color:#7d8a98}.mark-part{background:#2a2440;border-left-color:#a68cf0}.mark-fault{background:#3b1e21;border-left-color:#f2686b}.mark-attention{background:#352a14;border-left-color:#f0a63a}
.steps li:before{background:#1b2128}.steps .done:before{background:#a9b7c6;border-color:#a9b7c6}.steps .now{color:#e8ecf0}.steps .now:before{background:#12161b;border-color:#a9c6e6}
.bar{background:#333d48}.bar span{background:#a9b7c6}
a{color:#a9c6e6}.main{background:#a9c6e6;border-color:#a9c6e6;color:#12161b}
:focus{outline-color:#8fc1ff}}
@media print{body{background:#fff}.noprint{display:none}.panel{border-color:#000}}
`

export type Paper = {
  language: Language
  title: string
  main: Html
  footer?: Html
  /** Runs where scripts do; must be ES5. */
  script?: string
  /** Further rules of this page alone. */
  style?: string
  /** Without script the page asks for itself anew after so many seconds. */
  refreshSeconds?: number
}

/** The page as text, and the policy that lets through its own style and script and nothing else. */
export function paper({ language, title, main, footer, script, style: more = '', refreshSeconds }: Paper): {
  text: string
  policy: string
} {
  const all = style + more
  const text =
    html`<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${{ html: all }}</style>${
      refreshSeconds === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`
    }</head><body><main id="content">${main}</main>${footer === undefined ? '' : html`<footer>${footer}</footer>`}${
      script === undefined ? '' : html`<script>${{ html: script }}</script>`
    }</body></html>`.html
  const scripts = script === undefined ? "'none'" : hashOf(script)
  return {
    text,
    policy: `default-src 'none'; style-src ${hashOf(all)}; script-src ${scripts}; connect-src 'self'; img-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  }
}

export function sendPaper(response: Response, page: Paper, status = 200): void {
  const { text, policy } = paper(page)
  // The address is the secret: no other site may see it, no cache may keep it.
  response.set({
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    Vary: 'Accept-Language',
  })
  response.status(status).type('text/html; charset=utf-8').send(text)
}

/** A QR code of the text as an inline picture, black on white whatever the theme. */
export function qr(text: string): Html {
  return { html: renderSVG(text, { border: 0, ecc: 'M', pixelSize: 4 }) }
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
