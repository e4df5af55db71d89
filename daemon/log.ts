// The log: one event a line, secrets redacted by path here and nowhere else.
import { type Logger, pino } from 'pino'

/** Wherever one of these names stands in what is logged, up to three levels deep. */
const secrets = ['password', 'passwordHash', 'passwordFile', 'authorization', 'cookie', 'token']
const paths = secrets.flatMap(name => [name, `*.${name}`, `*.*.${name}`])

/** `level`: trace, debug, info, warn, error or silent. Lines are JSON on standard error, so that standard output stays a command's own. */
export function createLog(name: string, level: string): Logger {
  return pino(
    { name, level, redact: { paths, censor: '(secret)' }, serializers: { error: pino.stdSerializers.err } },
    pino.destination({ fd: 2, sync: false }),
  )
}
