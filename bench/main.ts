// The benches by name: `npm run bench -- stream`. Each prints its figures side by side with their limit or their peer, in one run.

const benches: Record<string, { purpose: string; run: (options: string[]) => Promise<void> }> = {
  stream: { purpose: "G-code on the wire against the wire's own limit", run: async () => (await import('./stream.ts')).benchStream() },
  stop: { purpose: 'from a stop by HTTP to the byte at the machine', run: async () => (await import('./stop.ts')).benchStop() },
  inspect: { purpose: 'the analysis of a program: lines a second, memory', run: async () => (await import('./inspect.ts')).benchInspect() },
  forecast: {
    purpose: "the forecast against the simulated machines' own motion",
    run: async () => (await import('./forecast.ts')).benchForecast(),
  },
  city: {
    purpose: 'from a machine to 300 browsers, beside the naive broadcast and the broker alone (--knee, --seconds, --machines, --clients)',
    run: async options => (await import('./city.ts')).benchCity(options),
  },
  school: {
    purpose: "a school's process with 30 machines: its start, its memory idle and after large files",
    run: async () => (await import('./school.ts')).benchSchool(),
  },
  screen: {
    purpose: 'from a touch to paint in a real browser, 565 machines speaking',
    run: async () => (await import('./screen.ts')).benchScreen(),
  },
  soak: { purpose: 'lines through a corrupting wire: none lost, none doubled', run: async () => (await import('./soak.ts')).benchSoak() },
}

const words = process.argv.slice(2)
const first = words.findIndex(word => word.startsWith('--'))
const [names, options] = first === -1 ? [words, []] : [words.slice(0, first), words.slice(first)]
const unknown = names.filter(name => !(name in benches))
if (names.length === 0 || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no bench "${unknown.join('", "')}".`)
  console.error(
    `npm run bench -- NAME\n${Object.entries(benches)
      .map(([name, { purpose }]) => `  ${name.padEnd(9)} ${purpose}`)
      .join('\n')}`,
  )
  process.exitCode = 2
} else {
  for (const name of names) await benches[name]?.run(options)
}
