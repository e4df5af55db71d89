// tsekh password: what it prints opens with the password, and nothing shows the password itself.
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { passwordCommand } from '../../daemon/cli/password.ts'
import { checkPassword } from '../../dashboard/accounts/password.ts'

async function run(piped: string, args: string[] = []): Promise<{ status: number; out: string; said: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  stdin.end(piped)
  const status = await passwordCommand(args, { stdin: stdin as unknown as NodeJS.ReadStream, stdout, stderr })
  stdout.end()
  stderr.end()
  return { status, out: await text(stdout), said: await text(stderr) }
}

describe('tsekh password', () => {
  it('prints a hash that the password opens', async () => {
    const { status, out } = await run('три зелёных крана\n')
    expect(status).toBe(0)
    expect(await checkPassword('три зелёных крана', out.trim())).toBe(true)
    expect(await checkPassword('три зелёных краном', out.trim())).toBe(false)
  })

  it.for([
    ['short\n', [], 'at least 10 characters'],
    ['', [], 'at least 10 characters'],
    ['a long enough one\n', ['a long enough one'], 'give no arguments'],
  ] as const)('of %j with %j says what helps', async ([piped, args, sentence]) => {
    const { status, out, said } = await run(piped, [...args])
    expect([status, out]).toEqual([2, ''])
    expect(said).toContain(sentence)
  })
})
