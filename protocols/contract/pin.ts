// What a PIN is: the same rule and the same text under the hash in the city, where it may be set, and at the school, where it is used.

export const pinPattern = /^\d{4,8}$/

/** Four to eight digits that are not the first anybody tries: 0000, 1234, 9876. */
export function isGoodPin(pin: string): boolean {
  if (!pinPattern.test(pin)) return false
  const steps = [...pin].slice(1).map((digit, index) => Number(digit) - Number(pin[index]))
  return ![0, 1, -1].some(step => steps.every(each => each === step))
}

/** What is hashed: the same PIN of two people is two hashes, and a hash moved to another person's row opens nothing. */
export function pinText(person: string, pin: string): string {
  return `pin:${person}:${pin}`
}
