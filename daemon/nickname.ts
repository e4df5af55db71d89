// What a pupil may be called: a word or two that is neither a full name, nor a way to reach the child, nor an insult.
import type { DenialCode } from './words.ts'

const lengthMin = 2
const lengthMax = 20

/** Beginnings of Russian obscenities and slurs, and a few English ones; a hint to a child, not a wall against one who is bent on it. */
const rude = [
  'хуй',
  'хуе',
  'хуё',
  'хуя',
  'пизд',
  'ебат',
  'ебан',
  'ебло',
  'еблан',
  'ёбан',
  'уеб',
  'заеб',
  'выеб',
  'бляд',
  'блят',
  'сука',
  'суки',
  'мудак',
  'мудил',
  'гандон',
  'гондон',
  'пидор',
  'пидар',
  'педик',
  'шлюх',
  'дрочи',
  'залуп',
  'говн',
  'жопа',
  'дебил',
  'даун',
  'урод',
  'чурка',
  'хохол',
  'жид',
  'нигер',
  'хач',
  'гитлер',
  'fuck',
  'shit',
  'bitch',
  'cunt',
  'nigg',
  'dick',
  'porn',
  'hitler',
]

/** Endings of Russian surnames and patronymics: Иванова, Петренко, Сергеевич. */
const surname = /(?:[оеё]в|[оеё]ва|ин[аы]?|ский|ская|цкий|цкая|енко|ович|евич|овна|евна|ична)$/iu

/** The nickname with single gaps, or why it cannot be one. */
export function readNickname(typed: string): { nickname: string } | { code: DenialCode } {
  const nickname = typed
    .normalize('NFC')
    // What cannot be seen can pretend to be another.
    .replace(/[\p{C}\p{M}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
  const letters = [...nickname]
  if (letters.length < lengthMin || letters.length > lengthMax) return { code: 'nickname-length' }
  const words = nickname.split(' ')
  const digits = nickname.replace(/\D/g, '').length
  const reachable = digits > 3 || /[@./\\:]|https?|www/i.test(nickname)
  if (reachable || words.length > 2 || (words.length === 2 && words.every(word => looksLikeName(word))))
    return { code: 'nickname-personal' }
  if (!/\p{L}/u.test(nickname) || /[<>"'`&]/.test(nickname)) return { code: 'nickname-length' }
  const plain = nickname.toLowerCase().replace(/[^\p{L}]/gu, '')
  if (rude.some(root => plain.startsWith(root) || (root.length > 3 && plain.includes(root)))) return { code: 'nickname-rude' }
  return { nickname }
}

/** «Петя Иванов» is two capitalised words of which one ends as surnames do; «Красный Лис» is not. */
function looksLikeName(word: string): boolean {
  return /^\p{Lu}\p{Ll}+$/u.test(word) && (surname.test(word) || givenNames.has(word.toLowerCase()))
}

/** The commonest given names of those in school now, with their short forms. */
const givenNames = new Set(
  'александр саша алексей лёша леша андрей артём артем тёма богдан вадим вася василий виктор виталий влад владимир вова глеб даниил данил даня денис дима дмитрий егор женя иван ваня игорь илья кирилл костя константин лев максим макс марк матвей миша михаил никита николай коля олег павел паша пётр петя роман рома руслан семён сергей серёжа слава степан стёпа тимофей тимур фёдор федя юра ярослав алина алиса анастасия настя анна аня валерия варвара варя вера вероника виктория вика галя дарья даша диана ева екатерина катя елена лена елизавета лиза ирина ира карина кира кристина ксения ксюша лера маргарита марина мария маша милана надя наталья наташа ольга оля полина светлана света софия софья соня таисия татьяна таня ульяна эмилия юлия юля яна'.split(
    ' ',
  ),
)
