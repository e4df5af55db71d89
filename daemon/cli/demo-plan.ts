// The demo's city as data: three schools, their machines, and the people who may sign in.
import type { Role } from '../../protocols/contract/rights.ts'

export type DemoMachine = {
  id: string
  name: string
  model: string
  firmware: 'marlin' | 'grbl' | 'grblhal'
  /** Over a real pseudo-terminal where socat is installed; over TCP otherwise. */
  terminal: boolean
  /** It has a start button and a camera over its bed; both are on a page of its own. */
  window?: true
}

export type DemoSchool = { id: string; name: string; machines: DemoMachine[] }

export const demoSchools: readonly DemoSchool[] = [
  {
    id: 'school-4',
    name: 'Школа № 4',
    machines: [
      { id: 'printer-1', name: 'Принтер 1 · Ender-3', model: 'creality-ender-3', firmware: 'marlin', terminal: true },
      { id: 'printer-2', name: 'Принтер 2 · Prusa MK3S+', model: 'prusa-mk3s', firmware: 'marlin', terminal: false },
      { id: 'laser-1', name: 'Лазер · Ortur LM2', model: 'ortur-laser-master-2', firmware: 'grbl', terminal: true, window: true },
    ],
  },
  {
    id: 'gymnasium',
    name: 'Гимназия',
    machines: [
      { id: 'printer-1', name: 'Принтер · Ender-3 V2', model: 'creality-ender-3-v2', firmware: 'marlin', terminal: false },
      { id: 'mill-1', name: 'Фрезер · Genmitsu 3018', model: 'genmitsu-3018-pro', firmware: 'grbl', terminal: false, window: true },
    ],
  },
  {
    id: 'centre',
    name: 'Центр компетенций',
    machines: [
      { id: 'printer-1', name: 'Принтер · Mega S', model: 'anycubic-mega-s', firmware: 'marlin', terminal: false },
      { id: 'laser-1', name: 'Лазер · Sculpfun S9', model: 'sculpfun-s9', firmware: 'grbl', terminal: false },
      { id: 'mill-1', name: 'Фрезер · Shapeoko 3', model: 'shapeoko-3', firmware: 'grbl', terminal: false },
    ],
  },
]

export type DemoPerson = { id: string; login: string; name: string; role: Role; sites: string[] | 'all' }

/** Each signs in with the login as the password; the sign-in page of a demo says so. */
export const demoPeople: readonly DemoPerson[] = [
  { id: 'teacher-4', login: 'teacher', name: 'Мария Ильина', role: 'teacher', sites: ['school-4'] },
  { id: 'technician-1', login: 'technician', name: 'Олег Панин', role: 'technician', sites: 'all' },
  { id: 'administrator-1', login: 'administrator', name: 'Анна Лунёва', role: 'administrator', sites: 'all' },
  { id: 'pupil-7f3k', login: 'pupil', name: 'Стриж', role: 'pupil', sites: ['school-4'] },
]
