// One room at a time over one data folder: two would fight for the ports.
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export type Lock = { release(): Promise<void> }

/** Answers undefined while another living process holds the folder. What a dead one left is taken over, also where its number now belongs to some other program. */
export async function takeLock(folder: string): Promise<Lock | undefined> {
  const path = join(folder, 'room.lock')
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(path, 'wx', 0o600)
      await handle.writeFile(await identity(process.pid))
      await handle.close()
      return { release: () => rm(path, { force: true }) }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = await readFile(path, 'utf8').catch(() => '')
    const pid = Number(holder.split(' ')[0])
    if (Number.isInteger(pid) && pid > 0 && holder === (await identity(pid)) && lives(pid)) return undefined
    // Renamed, not removed: of two rooms that find the same dead one only one gets it.
    const aside = `${path}.${process.pid}`
    await rename(path, aside).catch(() => undefined)
    await rm(aside, { force: true })
  }
  return undefined
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** `pid starttime bootid`: after a power cut the same number may be any program's. Where /proc is missing, the number alone. */
async function identity(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // proc_pid_stat(5): field 22 is the start time; the name in field 2 may hold blanks and parentheses.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  return `${pid} ${started} ${boot.trim()}`
}
