// No page, dialog or menu without a scene: what has none is held to nothing by axe and seen by nobody in the pictures.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { served } from './served.ts'
import { shots } from './shots.ts'

const dashboard = join(import.meta.dirname, '../../dashboard')

function sources(folder: string): { path: string; text: string }[] {
  return readdirSync(join(dashboard, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('/dist'))
    .map(entry => join(entry.parentPath, entry.name).slice(dashboard.length + 1))
    .map(path => ({ path, text: readFileSync(join(dashboard, path), 'utf8') }))
}

/** What the server answers under an address of its own and nobody reads as a page. */
const noPages = [
  /\.(js|css)$/,
  /^\/api\//,
  /^\/tv\/:site\/data$/,
  /^\/[tm]\/.*\/(live|qr|picture|plan|ticket|photo)$/,
  // The way back to a ticket from a deed's address, and what is missing below a ticket or a machine, as it is missing itself.
  /^\/t\/:ticket\/(mend|help|cancel)$/,
  /^\/[tm]\/.*\*rest$/,
]

/** Dialogs and menus by the file that opens them → the scenes that show them. */
const over: Readonly<Record<string, readonly string[]>> = {
  'web/care/DoneDialog.tsx': ['care-done'],
  'web/care/OrderDialog.tsx': ['care-order'],
  'web/care/Parts.tsx': ['care-part'],
  'web/care/Photos.tsx': ['care'],
  'web/figures/Definition.tsx': ['figures-definition'],
  'web/floor/Calls.tsx': ['report'],
  'web/health/Screens.tsx': ['screen-end'],
  'web/machine/WorkPanel.tsx': ['machine-stop'],
  'web/pages/Keys.tsx': ['keys-end'],
  'web/pages/Staff.tsx': ['staff', 'staff-add'],
  'web/parts/Confirm.tsx': ['cancel-job'],
  'web/parts/Header.tsx': ['menu-person'],
  'web/parts/Settings.tsx': ['menu-looks'],
  'web/people/GrantDialog.tsx': ['people-grant'],
  'web/people/Groups.tsx': ['people-group', 'people-close', 'people-forget'],
  'web/people/Permits.tsx': ['people-revoke'],
  'web/people/PinDialog.tsx': ['pin'],
  'web/people/StartButton.tsx': ['start-pin'],
  'web/school/JobDetails.tsx': ['job-details'],
  'web/school/RowMenu.tsx': ['menu-job', 'cancel-job'],
  'web/submit/Submit.tsx': ['submit-checked', 'submit-bad', 'submit-uploading'],
  'web/teach/CheckRow.tsx': ['deny'],
  'web/teach/LessonDialog.tsx': ['lesson-book'],
  'web/teach/Lessons.tsx': ['lesson-cancel'],
  'web/teach/PlateDialog.tsx': ['plate'],
  'web/teach/QuotaDialog.tsx': ['quota'],
  'web/teach/Quotas.tsx': ['quota-drop'],
  'web/teach/ReturnDialog.tsx': ['return'],
}

const matches = (route: string, path: string) => new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`).test(path.split('?')[0] ?? '')

describe('a scene there is', () => {
  it('for every page of the screens', () => {
    const routes = [...readFileSync(join(dashboard, 'web/App.tsx'), 'utf8').matchAll(/path="([^"]+)"/g)].map(([, route]) => route ?? '')
    expect(routes.length).toBeGreaterThan(5)
    expect(routes.filter(route => !shots.some(({ path }) => matches(route, path)))).toEqual([])
  })

  it('for every page the server writes itself', () => {
    const routes = sources('.')
      .filter(({ path }) => !path.startsWith('web/'))
      .flatMap(({ text }) => [...text.matchAll(/\bapp\.get\((\[[^\]]+\]|'[^']+')/g)])
      .flatMap(([, said = '']) => [...said.matchAll(/'([^']+)'/g)].map(([, route]) => route ?? ''))
      .filter(route => !noPages.some(none => none.test(route)))
    expect(routes.length).toBeGreaterThan(5)
    expect(routes.filter(route => !served.some(scene => scene.route === route))).toEqual([])
  })

  it('for every dialog and menu', () => {
    const opening = sources('web')
      .filter(({ text }) => /<(Modal|Drawer|Menu|Confirm|Popover|dialog)\b/.test(text))
      .map(({ path }) => path)
      .sort()
    const named = (file: string) => (over[file] ?? []).length > 0 && over[file]?.every(name => shots.some(shot => shot.name === name))
    expect(opening.filter(file => !named(file))).toEqual([])
    expect(Object.keys(over).filter(file => !opening.includes(file))).toEqual([])
  })

  it('with a name of its own', () => {
    const names = [...shots, ...served].map(({ name }) => name)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})
