// A firmware's settings against what somebody approved. Against the model the school compares them itself (protocols/gcode/differences.ts). Pure.

export type Settings = Readonly<Record<string, string>>

/** What is not as it was approved, by key. A setting the firmware did not tell this time is not a difference: some are told in parts. */
export function changed(settings: Settings, approved: Settings): { key: string; is: string; should: string }[] {
  return Object.entries(approved).flatMap(([key, should]) => {
    const is = Object.hasOwn(settings, key) ? settings[key] : undefined
    return is === undefined || same(is, should) ? [] : [{ key, is, should }]
  })
}

/** `100` and `100.000` are one value. */
function same(a: string, b: string): boolean {
  if (a.trim() === b.trim()) return true
  return a.trim() !== '' && Number.isFinite(Number(a)) && Number(a) === Number(b)
}
