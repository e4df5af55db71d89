// Signing in with another house's word, against a provider we did not write (oidc-provider): real discovery, redirects, cookies and signatures.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunningCity } from '../../dashboard/main.ts'
import { freePort, openCity, Person, temporaryFolder } from './house.ts'

/** What the provider knows of its people, by the name they type there. */
const known: Record<string, Record<string, unknown>> = {
  'a.petrova': { preferred_username: 'a.petrova', email: 'anna@school.example', email_verified: true },
  tech: { preferred_username: 'tech', email: 'tech@school.example', email_verified: true },
  boris: { preferred_username: 'boris', email: 'boris@school.example', email_verified: false },
  petya: { preferred_username: 'petya' },
  stranger: { preferred_username: 'stranger' },
  anna: { preferred_username: 'anna' },
}

describe.each([
  { told: 'in the identity token', conformIdTokenClaims: false },
  { told: 'at the userinfo endpoint', conformIdTokenClaims: true },
])('a sign-on of another house, the names told $told', ({ conformIdTokenClaims }) => {
  let provider: Server
  let city: RunningCity & AsyncDisposable
  const folder = temporaryFolder()

  beforeAll(async () => {
    const screen = await freePort()
    const house = `http://127.0.0.1:${await freePort()}`
    const clients = ['district', 'alpha-house', 'mail', 'gone'].map(id => ({
      client_id: id,
      client_secret: `${id}-secret-of-the-house`,
      redirect_uris: [`http://127.0.0.1:${screen}/api/v1/sign-on/${id}/back`],
    }))
    const oidc = new Provider(house, {
      clients,
      claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
      conformIdTokenClaims,
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...known[sub] }) }),
      cookies: { keys: ['a key for this test'] },
    })
    provider = createServer(oidc.callback())
    await new Promise<void>(resolve => provider.listen(Number(new URL(house).port), '127.0.0.1', resolve))
    expect((provider.address() as AddressInfo).port).toBe(Number(new URL(house).port))
    const signOn = (id: string, more: object) => ({
      id,
      name: `Вход ${id}`,
      issuer: house,
      clientId: id,
      clientSecret: `${id}-secret-of-the-house`,
      ...more,
    })
    city = await openCity(
      folder.path,
      { screen, broker: 0 },
      {
        signOn: [
          signOn('district', { claim: 'preferred_username' }),
          signOn('alpha-house', { claim: 'preferred_username', sites: ['alpha'] }),
          signOn('mail', { claim: 'email' }),
          { id: 'gone', name: 'Away', issuer: `http://127.0.0.1:${await freePort()}`, clientId: 'gone' },
        ],
        people: [
          { login: 'anna', name: 'Анна', role: 'teacher', sites: ['alpha'], password: 'anna-password', signOn: 'a.petrova' },
          { login: 'tech', name: 'Техник', role: 'technician', sites: 'all', password: 'tech-password', signOn: 'tech' },
          { login: 'boris', name: 'Борис', role: 'teacher', sites: ['beta'], password: 'boris-password', signOn: 'boris@school.example' },
          { login: 'vera', name: 'Вера', role: 'teacher', sites: ['alpha'], password: 'vera-password', signOn: 'anna@school.example' },
          { login: 'petya', name: 'Петя', role: 'pupil', sites: ['alpha'], password: 'petya-password' },
        ],
      },
    )
  }, 60_000)

  afterAll(async () => {
    await city?.[Symbol.asyncDispose]()
    provider?.closeAllConnections()
    await new Promise(resolve => provider?.close(resolve))
    folder[Symbol.dispose]()
  })

  /** A browser without a screen: follows redirects, keeps cookies, fills the provider's two forms. */
  class Walker {
    readonly #cookies = new Map<string, string>()

    async go(url: string, form?: Record<string, string>): Promise<Response> {
      const { host } = new URL(url)
      const cookie = [...this.#cookies].flatMap(([key, value]) => (key.startsWith(`${host} `) ? [`${key.split(' ')[1]}=${value}`] : []))
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: cookie.join('; ') },
        ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        const at = pair.indexOf('=')
        this.#cookies.set(`${host} ${pair.slice(0, at)}`, pair.slice(at + 1))
      }
      return response
    }

    /** From our button to wherever the way ends; answers the last address. */
    async signOn(provider: string, as: string, stopAt = ''): Promise<string> {
      let url = `${city.url}/api/v1/sign-on/${provider}`
      for (let step = 0; step < 20; step++) {
        if (stopAt !== '' && url.includes(stopAt)) return url
        const response = await this.go(url)
        const next = response.headers.get('location')
        if (next !== null) {
          url = new URL(next, url).href
          if (new URL(url).pathname === '/') return url
          continue
        }
        const page = await response.text()
        const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
        if (prompt === undefined) throw new Error(`lost at ${url}: ${page.slice(0, 200)}`)
        const done = await this.go(url, prompt === 'login' ? { prompt, login: as, password: 'whatever' } : { prompt })
        url = new URL(done.headers.get('location') ?? '/', url).href
      }
      throw new Error('the way has no end')
    }

    async me(): Promise<{ author?: { id: string; role: string }; signOn?: object[] }> {
      return (await (await this.go(`${city.url}/api/v1/me`)).json()) as { author?: { id: string; role: string } }
    }
  }

  it.for([
    ['district', 'a.petrova', '/', 'anna'],
    ['district', 'tech', '/', 'tech'],
    // One whom the file calls otherwise at the provider is not found by the login.
    ['district', 'anna', '/?sign-on=unknown', undefined],
    ['district', 'stranger', '/?sign-on=unknown', undefined],
    // Pupils join with a code; nobody's directory brings them in by name.
    ['district', 'petya', '/?sign-on=unknown', undefined],
    ['alpha-house', 'a.petrova', '/', 'anna'],
    // A school's provider may say it is the city's technician: it is not believed.
    ['alpha-house', 'tech', '/?sign-on=unknown', undefined],
    ['mail', 'a.petrova', '/', 'vera'],
    // An address nobody verified may be anybody's.
    ['mail', 'boris', '/?sign-on=unknown', undefined],
    ['gone', 'tech', '/?sign-on=away', undefined],
    ['no-such', 'tech', '/?sign-on=unknown', undefined],
  ] as const)('%s: %s comes to %s', async ([house, as, end, login]) => {
    const walker = new Walker()
    expect(await walker.signOn(house, as)).toBe(city.url + end)
    expect((await walker.me()).author?.id).toBe(login)
  })

  it('ends only in the browser that began it, and once', async () => {
    const [mine, foreign] = [new Walker(), new Walker()]
    const back = await mine.signOn('district', 'tech', '/back?')
    expect((await foreign.go(back)).headers.get('location')).toBe('/?sign-on=refused')
    expect((await foreign.me()).author).toBeUndefined()
    // The way is walked: not even its owner may use it after somebody tried.
    expect((await mine.go(back)).headers.get('location')).toBe('/?sign-on=refused')
    expect((await mine.me()).author).toBeUndefined()
  })

  it.for(['?error=access_denied', '?code=forged&state=forged', ''])('back with "%s" opens nothing', async query => {
    const walker = new Walker()
    const response = await walker.go(`${city.url}/api/v1/sign-on/district/back${query}`)
    expect([response.status, response.headers.get('location')]).toEqual([303, '/?sign-on=refused'])
  })

  it('is offered by name, and never with its secret', async () => {
    const me = await (await fetch(`${city.url}/api/v1/me`)).text()
    expect(JSON.parse(me).signOn.map(({ id }: { id: string }) => id)).toEqual(['district', 'alpha-house', 'mail', 'gone'])
    expect(me).not.toContain('secret')
  })

  it('leaves the password as it was', async () => {
    expect((await Person.signIn(city.url, 'anna')).cookie).not.toBe('')
  })
})
