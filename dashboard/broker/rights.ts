// Who may say and hear what on the wire: the table of protocols/contract/wire.ts, read as rights.
import { type ReadTopic, readTopic, topicRoot, topics } from '../../protocols/contract/wire.ts'

/** Whom a connection belongs to. An observer reads what schools say, for a lesson or another system; it says nothing. */
export type Login = { kind: 'school'; site: string } | { kind: 'observer'; name: string; sites: readonly string[] | 'all' }

/** The topic when this login may publish it, or why not. */
export function mayPublish(login: Login, topic: string): { topic: ReadTopic } | { why: string } {
  if (login.kind === 'observer') return { why: 'an observer only listens' }
  const read = readTopic(topic)
  if (read === undefined) return { why: 'not a topic of ours' }
  if (read.site !== login.site) return { why: 'the topic of another site' }
  if (topics[read.name].from !== 'school') return { why: 'a topic only the city publishes' }
  return { topic: read }
}

/** A school hears what the city says to it. An observer hears what its schools say; never commands or directories, which name people. */
export function maySubscribe(login: Login, filter: string): boolean {
  const [root, version, site, ...rest] = filter.split('/')
  if (`${root}/${version}` !== topicRoot || site === undefined) return false
  const level = rest.join('/')
  if (login.kind === 'school') {
    return site === login.site && Object.values(topics).some(topic => topic.from === 'city' && topic.level === level)
  }
  const sites = site === '+' ? login.sites === 'all' : login.sites === 'all' || login.sites.includes(site)
  const heard = Object.values(topics).filter(topic => topic.from === 'school' && topic.level !== 'replies' && topic.level !== 'events')
  return sites && heard.some(topic => topic.level === level || matches(topic.level, level))
}

/** True when a topic falls under a subscription's filter. */
export function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  for (const [index, want] of wanted.entries()) {
    if (want === '#') return true
    if (levels[index] === undefined || (want !== '+' && want !== levels[index])) return false
  }
  return wanted.length === levels.length
}
