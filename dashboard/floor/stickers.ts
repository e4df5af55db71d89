// The stickers of a school's machines on A4: the name, the QR code of the machine's own page, and what it is for. For staff alone.
import type { Express } from 'express'
import type { WebContext } from '../server/context.ts'
import { visitorOf } from '../server/people.ts'
import { isStaff, maySeeSite } from '../server/rights.ts'
import { html, sendPaper } from '../tickets/paper.ts'
import { languageOf } from '../tickets/words.ts'
import { machinePath } from './secret.ts'
import { floorWords } from './words.ts'

/** Two in a row on a sheet, four rows; never cut by the end of one. The codes are images of their own, or thirty would weigh 100 kB. */
const style = `
main{max-width:900px}
.stickers{list-style:none;margin:0;padding:0}
.stickers li{display:inline-block;width:49%;min-width:280px;vertical-align:top;padding:12px;border:1px dashed #7b8692;margin:0 0 8px;background:#fff;color:#000;page-break-inside:avoid;break-inside:avoid}
.stickers img{float:left;width:132px;height:132px;margin:0 14px 0 0}
.stickers div{overflow:hidden}
.stickers b{display:block;font-size:20px;line-height:1.2;margin:0 0 6px}
.stickers .scan{font-size:14px;margin:0 0 6px}
.stickers .deeds{font-size:14px;margin:0}
.stickers li:after{content:"";display:block;clear:both}
@page{size:A4;margin:12mm}
@media print{body{font-size:14px}main{max-width:none;padding:0}h1{display:none}}
`

export function addStickers(app: Express, { workplace, shelf, clock, origins }: WebContext): void {
  app.get('/m/:site/stickers', (request, response) => {
    const { site } = request.params
    const language = languageOf(request.query.lang, request.headers['accept-language'])
    const words = floorWords[language]
    const account = visitorOf(request.headers.cookie, workplace, shelf, clock())?.account
    const picture = account && isStaff(account) && maySeeSite(account, site) ? workplace.fleet.site(site) : undefined
    const [key] = workplace.tickets?.keys(site) ?? []
    if (picture === undefined || key === undefined) {
      const main = html`<h1>${words.missing}</h1><p><a href="/">${words.signIn}</a></p>`
      return sendPaper(response, { language, title: words.missing, main }, 404)
    }
    const machines = Object.values(picture.machines)
      .map(({ declaration }) => declaration)
      .sort((a, b) => a.name.localeCompare(b.name, language, { numeric: true }))
    const address = origins[0] ?? `${request.protocol}://${request.get('host')}`
    const main = html`<h1>${words.sticker.title(picture.name)}</h1>
<div class="noprint"><p>${words.sticker.how} ${words.sticker.address(address)}</p><p class="quiet">${words.sticker.print}</p></div>
${machines.length === 0 ? html`<p class="panel">${words.sticker.none}</p>` : ''}
<ul class="stickers">${machines.map(
      ({ id, name }) =>
        html`<li><img src="${machinePath(key, site, id)}/qr" alt="" width="132" height="132"><div><b>${name}</b><p class="scan">${words.sticker.scan}</p><p class="deeds">${words.sticker.deeds}</p></div></li>`,
    )}</ul>`
    sendPaper(response, { language, title: words.sticker.title(picture.name), main, style })
  })
}
