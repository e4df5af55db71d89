// Reads what a machine said of its settings, saved as text: a `$$` answer or an M503 answer.

// $110=8000.000                 $110=8000.000 (x max rate, mm/min)      Grbl 1.1 and 0.9
const grblLine = /^\s*(\$\d+)\s*=\s*(-?[\d.]+)/
// echo:  M203 X500.00 Y500.00 Z5.00 E25.00        Send: / Recv: and times stand before it in saved logs
const marlinLine = /(?:^|[\s:])(M\d+)((?:\s+[A-Z]-?[\d.]*)+)/

/** `$n` → value, or `M203` → `X500.00 Y500.00 …`; lines that are neither are passed over. Of a repeated M line all words are kept, the later winning. */
export function readSettingsDump(text: string): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const line of text.split(/\r\n|\r|\n/)) {
    const grbl = grblLine.exec(line.replace(/^.*?(?=\$\d+\s*=)/, ''))
    if (grbl?.[1] !== undefined && grbl[2] !== undefined) {
      settings[grbl[1]] = grbl[2]
      continue
    }
    // What stands behind a semicolon is the firmware's explanation.
    const marlin = marlinLine.exec(line.split(';')[0] ?? '')
    const key = marlin?.[1]
    const words = marlin?.[2]?.trim()
    if (key === undefined || words === undefined) continue
    settings[key] = merged(settings[key], words)
  }
  return settings
}

/** M204 and M205 are printed on one line by some firmwares and on several by others. */
function merged(before: string | undefined, words: string): string {
  if (before === undefined) return words
  const letters = new Map([...before.split(/\s+/), ...words.split(/\s+/)].map(word => [word.charAt(0), word]))
  return [...letters.values()].join(' ')
}
