// M201, M203, M204 and M205: a program may change the limits by which it is planned.
import type { MarlinMotion } from './marlin-planner.ts'
import type { Line } from './reader.ts'

/** Takes over what one of these commands says, as from the next move on. */
export function changeLimits(motion: MarlinMotion, code: number, line: Line): void {
  const s = line.value(83)
  const t = line.value(84)
  switch (code) {
    case 201:
      changeAxes(motion.acceleration, line)
      return
    case 203:
      changeAxes(motion.rate, line)
      return
    case 204: {
      const p = line.value(80)
      const r = line.value(82)
      // S is the old word for both (M200-M205.cpp).
      if (s > 0) motion.printAcceleration = motion.travelAcceleration = s
      if (p > 0) motion.printAcceleration = p
      if (t > 0) motion.travelAcceleration = t
      if (r > 0) motion.retractAcceleration = r
      return
    }
    case 205: {
      const b = line.value(66)
      const j = line.value(74)
      if (b >= 0) motion.segmentSecondsMin = b / 1e6
      if (s >= 0) motion.feedMin = s
      if (t >= 0) motion.travelFeedMin = t
      if (j > 0 && motion.jerk === undefined) motion.junctionDeviation = j
      if (motion.jerk !== undefined) changeAxes(motion.jerk, line)
    }
  }
}

function changeAxes(axes: [number, number, number, number], line: Line): void {
  for (let n = 0; n < 4; n++) {
    const value = line.value('XYZE'.charCodeAt(n))
    if (value > 0) axes[n] = value
  }
}
