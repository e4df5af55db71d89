// The right form of a noun after a number, by the rules every browser carries.

const russian = new Intl.PluralRules('ru')
const english = new Intl.PluralRules('en')

/** 1 задание · 2 задания · 5 заданий; a fraction takes the second form (1,5 задания). */
export function ruForm(count: number, one: string, few: string, many: string): string {
  switch (russian.select(count)) {
    case 'one':
      return one
    case 'few':
      return few
    case 'many':
      return many
    case 'zero':
    case 'two':
    case 'other':
      return few
  }
}

/** 1 job · 2 jobs. */
export function enForm(count: number, one: string, other: string): string {
  return english.select(count) === 'one' ? one : other
}
