// One daemon at a time over one data folder. The lock dies with its process, however that dies.
import { join } from 'node:path'
import Database from 'better-sqlite3'

/** Takes the folder, or answers undefined while another living process has it. */
export function takeFolder(folder: string): { release(): void } | undefined {
  // A system lock held through SQLite: no stale pid files, nothing to clean after kill -9.
  const database = new Database(join(folder, 'school.lock'), { timeout: 0 })
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE')
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return undefined
    throw error
  }
}
