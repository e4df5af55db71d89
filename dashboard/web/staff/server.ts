// What the staff page asks of the server.
import type { StaffBody, StaffChange, StaffMember } from '../../../protocols/contract/staff.ts'
import { read, send, type Trouble } from '../live/server.ts'

export async function readStaff(): Promise<{ staff: StaffMember[] } | Trouble> {
  return read<{ staff: StaffMember[] }>(await send('/api/v1/staff'))
}

/** The path of the invitation is told this once. */
export async function addStaff(body: StaffBody): Promise<{ member: StaffMember; path: string } | Trouble> {
  return read<{ member: StaffMember; path: string }>(await send('/api/v1/staff', body))
}

export async function changeStaff(login: string, change: StaffChange): Promise<{ member: StaffMember } | Trouble> {
  return read<{ member: StaffMember }>(await send(`/api/v1/staff/${encodeURIComponent(login)}`, change, 'PATCH'))
}

export async function inviteStaff(login: string): Promise<{ member: StaffMember; path: string } | Trouble> {
  return read<{ member: StaffMember; path: string }>(await send(`/api/v1/staff/${encodeURIComponent(login)}/invitation`, {}))
}
