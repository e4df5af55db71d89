// The keys of notices: made once, kept for us alone, and such that a push service believes them.
import { createECDH, randomBytes } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import webPush from 'web-push'
import { pushKeys } from '../../../dashboard/tickets/push.ts'
import { temporaryFolder } from '../house.ts'

describe('the keys of notices', () => {
  it('are made at the first start, stay, and are nobody else’s to read', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'push.json')
    const keys = pushKeys(path)
    expect(pushKeys(path)).toEqual(keys)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain(keys.publicKey)
  })

  it('survive a power cut in the middle of being made', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'push.json')
    writeFileSync(`${path}.new`, '{"publ')
    expect(pushKeys(path).privateKey).toHaveLength(43)
  })

  it('sign what a push service checks, and the notice is sealed for the device alone', () => {
    using folder = temporaryFolder()
    const { publicKey, privateKey } = pushKeys(join(folder.path, 'push.json'))
    const device = createECDH('prime256v1')
    const subscription = {
      endpoint: 'https://fcm.googleapis.com/fcm/send/device',
      keys: { p256dh: device.generateKeys().toString('base64url'), auth: randomBytes(16).toString('base64url') },
    }
    const vapidDetails = { subject: 'mailto:tsekh@example.org', publicKey, privateKey }
    const request = webPush.generateRequestDetails(subscription, '{"title":"Талон 11"}', { vapidDetails, TTL: 60 })
    expect(request.headers).toMatchObject({ Authorization: expect.stringContaining(`k=${publicKey}`), 'Content-Encoding': 'aes128gcm' })
    expect(request.body?.includes('Талон')).toBe(false)
  })
})
