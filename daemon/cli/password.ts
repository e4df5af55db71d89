// `tsekh password`: makes the passwordHash that a school's or a city's file asks for. The password is typed or piped, never an argument: those are seen by everybody on the computer.
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { hashPassword } from '../../dashboard/accounts/password.ts'
import { passwordLengthMin } from '../../protocols/contract/staff.ts'

type Io = { stdin: NodeJS.ReadStream; stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/** Prints `scrypt$…` on standard output. Status 0; 2 when the password is too short, or was not typed alike twice. */
export async function passwordCommand(args: readonly string[], { stdin, stdout, stderr }: Io): Promise<number> {
  const fail = (sentence: string) => {
    stderr.write(`tsekh password: ${sentence}\n`)
    return 2
  }
  if (args.length > 0) return fail('give no arguments; the password is asked for, or read from a pipe')
  const [first, second] = stdin.isTTY === true ? await askTwice(stdin, stderr) : await readLine(stdin)
  if (first === undefined || first.length < passwordLengthMin)
    return fail(`the password must have at least ${passwordLengthMin} characters`)
  if (second !== undefined && second !== first) return fail('the two were not alike; run it again')
  stdout.write(`${await hashPassword(first)}\n`)
  return 0
}

async function readLine(stdin: NodeJS.ReadStream): Promise<[string | undefined]> {
  for await (const line of createInterface({ input: stdin })) return [line]
  return [undefined]
}

/** Nothing of what is typed is shown. */
async function askTwice(stdin: NodeJS.ReadStream, stderr: NodeJS.WritableStream): Promise<[string, string]> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: silent, terminal: true })
  const ask = (question: string) =>
    new Promise<string>(resolve => {
      stderr.write(question)
      reader.question('', answer => {
        stderr.write('\n')
        resolve(answer)
      })
    })
  const answers: [string, string] = [await ask('Password: '), await ask('Once more: ')]
  reader.close()
  return answers
}
