// Sends one notice by the real sender, in a process that trusts the certificate NODE_EXTRA_CA_CERTS names. Prints the service's status.
import { pushSender } from '../../../dashboard/tickets/push.ts'

const { subscription, payload, keys } = JSON.parse(process.argv[2] ?? '')
console.log(await pushSender('mailto:tsekh@example.org')(subscription, payload, keys))
