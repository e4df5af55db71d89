// The table of tsekh's commands. Each is loaded only when asked for, so that a school never loads the city's code.
import { fileURLToPath } from 'node:url'

type Entry = {
  usage: string
  purpose: string
  /** Resolves when the command is done; a number is the exit status. */
  run: (args: string[]) => Promise<number | undefined>
}

const commands: Record<string, Entry> = {
  demo: {
    usage: 'demo [--speed N] [--data DIR] [--fresh]',
    purpose: 'a city, three schools and their simulated machines, all on this computer',
    run: async args => (await import('./demo.ts')).demoCommand(args),
  },
  city: {
    usage: 'city city.yaml',
    purpose: 'the city: the broker, the picture of all schools, the web screen',
    run: async args => (await import('../../dashboard/main.ts')).cityCommand(args),
  },
  school: {
    usage: 'school school.yaml [--stop-room]',
    purpose: 'a school: its machines, its queue, its own screen; the machine room goes on when it ends unless told otherwise',
    run: async args => (await import('../main.ts')).schoolCommand(args),
  },
  password: {
    usage: 'password',
    purpose: 'asks for a password and prints its hash, for the files of schools and cities',
    run: async args => (await import('./password.ts')).passwordCommand(args, process),
  },
  room: {
    usage: 'room --socket PATH --data DIR',
    purpose: 'a machine room by hand; normally the school starts it',
    run: async args => (await import('../../drivers/main.ts')).main(args),
  },
  stream: {
    usage: 'stream FILE --dialect grbl|marlin --port tcp://HOST:PORT|/dev/… [--baud N] [--window N] [--json]',
    purpose: 'one file to one machine, without a school: for commissioning',
    run: async args => {
      const { loadModels } = await import('../models.ts')
      const models = fileURLToPath(new URL('../../drivers/models', import.meta.url))
      return (await import('../../drivers/stream.ts')).streamCommand(args, process, () => loadModels(models))
    },
  },
  inspect: {
    usage: 'inspect FILE [--model NAME | --school school.yaml --machine ID] [--settings DUMP] [--json]',
    purpose: 'what a file is, whether it may run, how long it takes',
    run: async args => (await import('./inspect.ts')).inspectCommand(args, process),
  },
  device: {
    usage: 'device grbl|grblhal|fluidnc|marlin --listen tcp://HOST:PORT|pty:///PATH [--speed N]',
    purpose: 'a simulated machine, for lessons without iron',
    run: async args => {
      await (await import('../../test/devices/main.ts')).deviceCommand(args)
      return undefined
    },
  },
}

function help(): string {
  const rows = Object.values(commands).map(({ usage, purpose }) => `  tsekh ${usage}\n      ${purpose}`)
  return `Tsekh: one service for the machines of a city's school workshops.\n\n${rows.join('\n')}\n`
}

/** Runs one command line; sets the process's exit status. Ends with its parent when it was started with a channel to it. */
export async function runTsekh(args: string[]): Promise<void> {
  // Whoever started us with a channel wants us gone when it is gone, however it went.
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  const [name, ...rest] = args
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(help())
    return
  }
  const command = commands[name]
  if (command === undefined) {
    console.error(`tsekh: there is no command "${name}"; there are ${Object.keys(commands).join(', ')}.`)
    process.exitCode = 2
    return
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    console.log(`tsekh ${command.usage}\n${command.purpose}`)
    return
  }
  const status = await command.run(rest)
  if (status !== undefined) process.exitCode = status
  // The lifeline would keep an ended command alive.
  if (process.connected) process.disconnect()
}
