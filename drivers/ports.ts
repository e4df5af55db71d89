// Opens any port by its name, and finds a USB machine again that came back under another one.
import { realpath } from 'node:fs/promises'
import { SerialPort } from 'serialport'
import { openSerial } from './serial.ts'
import { openTcp } from './tcp.ts'
import type { OpenPort } from './transport.ts'
import { faults } from './words.ts'

/** What USB says about a port; of serialport's PortInfo only what we go by. */
export type UsbPort = {
  readonly path: string
  readonly serialNumber?: string | undefined
  readonly vendorId?: string | undefined
  readonly productId?: string | undefined
  /** The name under /dev/serial/by-id, where udev made one. */
  readonly pnpId?: string | undefined
}

/**
 * One opener for the whole room. A serial port is remembered by its USB serial number while it is there; when its name has vanished, the port with the same number is opened instead.
 * `list` asks the system for its USB ports (udevadm on Linux).
 */
export function createPorts(list: () => Promise<readonly UsbPort[]> = () => SerialPort.list()): OpenPort {
  const known = new Map<string, UsbPort>()

  const remember = async (port: string): Promise<void> => {
    const path = await realpath(port).catch(() => port)
    const found = (await list().catch(() => [])).find(each => each.path === path)
    if (found?.serialNumber !== undefined) known.set(port, found)
  }

  return async (port, options) => {
    if (port.startsWith('tcp://')) return openTcp(port, options)
    if (!port.startsWith('/')) return { fault: faults.portName(port) }
    const opened = await openSerial(port, options)
    if (!('fault' in opened)) {
      if (!known.has(port)) void remember(port)
      return opened
    }
    if (opened.fault.code !== 'port-missing') return opened
    // Listing starts a program of the system; without a number to look for there is nothing to find.
    const recognisable = known.has(port) || port.includes('/by-id/')
    const path = recognisable ? findAgain(port, known.get(port), await list().catch(() => [])) : undefined
    // Another machine's port cannot be taken by mistake: it is locked by whoever has it.
    return path === undefined ? opened : openSerial(path, options)
  }
}

/**
 * The path under which the machine of `port` is now, by its USB serial number: as seen when it was last open, or as written in a by-id name
 * (`usb-1a86_USB_Serial_5573012345-if00-port0`). Undefined where nobody or more than one answers to it: never by guess, since two CH340 boards without numbers look alike.
 */
export function findAgain(port: string, known: UsbPort | undefined, ports: readonly UsbPort[]): string | undefined {
  const candidates = ports.filter(each => {
    if (each.serialNumber === undefined || each.serialNumber === '') return false
    if (known !== undefined) {
      return each.serialNumber === known.serialNumber && each.vendorId === known.vendorId && each.productId === known.productId
    }
    const byId = port.match(/\/by-id\/(.+)$/)?.[1]
    if (byId === undefined) return false
    return each.pnpId === byId || (distinctive(each.serialNumber) && serialOf(byId) === each.serialNumber)
  })
  const [only] = candidates
  return candidates.length === 1 ? only?.path : undefined
}

/** `0`, `0000` or `1` are what a vendor prints on every board of a batch. */
const distinctive = (serialNumber: string) => serialNumber.length >= 6 && !/^0+1?$/.test(serialNumber)

const serialOf = (byId: string) => byId.match(/_([^_]+?)(-if\d+)?(-port\d+)?$/)?.[1]
