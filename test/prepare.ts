// Sees to it that what the tests need beyond npm is here: socat (pseudo-terminals) and Chromium (the screens).
// Root on Debian or Ubuntu gets it installed; anybody else is told in one line what to install.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const needs = [
  { program: 'socat', names: ['socat'], debian: ['socat'] },
  { program: 'Chromium', names: ['chromium', 'chromium-browser', 'google-chrome'], debian: ['chromium', 'fonts-noto-core'] },
]

function onPath(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some(folder => existsSync(`${folder}/${name}`))
}

const missing = needs.filter(need => !need.names.some(onPath))
if (missing.length > 0) {
  const packages = missing.flatMap(need => need.debian)
  const names = missing.map(need => need.program).join(' and ')
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!mayInstall) fail(`The tests need ${names}. Install with: sudo apt-get install ${packages.join(' ')}`)
  console.log(`Installing ${packages.join(', ')} for the tests.`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const { status, stderr } = spawnSync('apt-get', args, { env: environment, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
    if (status !== 0) fail(`apt-get ${args[0]} failed, so ${names} could not be installed: ${stderr.trim().split('\n').at(-1) ?? ''}`)
  }
  if (missing.some(need => !need.names.some(onPath))) fail(`apt-get installed ${packages.join(' ')}, yet ${names} cannot be found on PATH.`)
}

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
