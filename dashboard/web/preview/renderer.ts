// Draws a tool path of up to a million segments with WebGL 2: the points go to the graphics card once, a frame is a matrix and a few numbers.
import type { Toolpath } from '../../../protocols/contract/toolpath.ts'
import { type Camera, matrixOf } from './camera.ts'

type Ink = readonly [number, number, number]

export type Scene = {
  camera: Camera
  /** Points of the layers below, and of the layer looked at; each as [from, to). */
  below: readonly [number, number] | undefined
  layer: readonly [number, number]
  /** Share of the time already worked; undefined where it does not run. */
  done: number | undefined
  inks: { work: Ink; done: Ink; travel: Ink }
  showTravel: boolean
  /** Solid: nearer strokes hide those behind them, and strokes are shaded by their direction. */
  solid: boolean
  /** CSS pixels, and device pixels in one of them. */
  width: number
  height: number
  pixelRatio: number
  /** Segments drawn at most: fewer while the view moves on a slow machine. */
  segmentsMax: number
}

// A segment is told by its end point: `b` is that point, `a` the one before, `look` what the move between them does.
// Thick strokes are instances of four corners each; thin ones are one line strip, whose last corner colours the stroke (flat).
const vertexShader = `#version 300 es
in vec4 a; in vec4 b; in float look;
uniform mat4 matrix; uniform vec2 pixel; uniform float halfWidth, doneTill, faint, solid;
uniform vec3 boxSize, inkWork, inkDone, inkTravel; uniform bool showTravel, thick;
flat out vec4 colour;
void main() {
  bool travels = look == 0.0;
  gl_Position = matrix * vec4(b.xyz, 1.0);
  if (thick) {
    bool far = (gl_VertexID & 1) == 1;
    vec4 clip = matrix * vec4(far ? b.xyz : a.xyz, 1.0);
    vec4 other = matrix * vec4(far ? a.xyz : b.xyz, 1.0);
    vec2 along = (other.xy - clip.xy) / pixel;
    float length2 = dot(along, along);
    vec2 unit = length2 > 1e-9 ? along * inversesqrt(length2) : vec2(1.0, 0.0);
    if (far) unit = -unit;
    float side = (gl_VertexID & 2) == 0 ? -1.0 : 1.0;
    // Square ends overlap at corners, so that strokes have no gaps.
    vec2 shift = vec2(-unit.y, unit.x) * side + (far ? unit : -unit) * 0.5;
    clip.xy += shift * halfWidth * pixel * (travels ? 0.6 : 1.0);
    gl_Position = travels && !showTravel ? vec4(2.0, 2.0, 2.0, 1.0) : clip;
  }
  float lit = 1.0;
  if (solid > 0.0 && !travels) {
    vec3 heading = normalize((b.xyz - a.xyz) * boxSize + vec3(1e-6, 0.0, 0.0));
    lit = 0.62 + 0.38 * abs(dot(heading, vec3(0.6, 0.75, 0.28)));
  }
  vec3 ink = travels ? inkTravel : (b.w <= doneTill ? inkDone : inkWork);
  float strength = travels ? (showTravel ? 0.7 : 0.0) : 0.15 + 0.85 * look;
  colour = vec4(ink * lit, strength * faint);
}`

const fragmentShader = `#version 300 es
precision mediump float;
flat in vec4 colour; out vec4 pixelColour;
void main() { if (colour.a == 0.0) discard; pixelColour = vec4(colour.rgb * colour.a, colour.a); }`

const pointBytes = 8
/** Attribute strides end at 255 bytes: so many points may be left out between two drawn ones. */
const strideMax = 31
/** Drawn to learn what drawing costs. */
const sampleSegments = 60_000
/** Points left out while shapes are still themselves; and how much is drawn and left out in one piece beyond that. */
const coarseStride = 4
const pieceSegments = 4096
/** More strokes than this are so close together that thick ones only cost time. */
const thickMax = 40_000

export type Renderer = {
  /** Undefined before the points are there. Answers how many segments were drawn. */
  draw(scene: Scene): number
  /** Milliseconds that a segment of this scene takes, measured by drawing some: a fraction of a microsecond on a graphics card, some where there is none. */
  cost(scene: Scene): number
  close(): void
}

/** Undefined where the browser has no WebGL 2, or no more of it to give. `lost` is called when the graphics card takes it back. */
export function createRenderer(canvas: HTMLCanvasElement, path: Toolpath, lost: () => void): Renderer | undefined {
  const gl = canvas.getContext('webgl2', { antialias: true, alpha: true, depth: true, powerPreference: 'low-power' })
  if (gl === null) return undefined
  const program = link(gl)
  if (program === undefined) return undefined
  const points = bufferOf(gl, path.points, pointBytes)
  const looks = bufferOf(gl, path.looks, 1)
  const at = (name: string) => gl.getAttribLocation(program, name)
  const attributes = { a: at('a'), b: at('b'), look: at('look') }
  const uniform = (name: string) => gl.getUniformLocation(program, name)
  const place = {
    matrix: uniform('matrix'),
    pixel: uniform('pixel'),
    halfWidth: uniform('halfWidth'),
    doneTill: uniform('doneTill'),
    faint: uniform('faint'),
    solid: uniform('solid'),
    boxSize: uniform('boxSize'),
    inkWork: uniform('inkWork'),
    inkDone: uniform('inkDone'),
    inkTravel: uniform('inkTravel'),
    showTravel: uniform('showTravel'),
    thick: uniform('thick'),
  }
  const { box } = path
  const forget = (event: Event) => {
    event.preventDefault()
    lost()
  }
  canvas.addEventListener('webglcontextlost', forget)
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's useProgram is no hook
  gl.useProgram(program)
  gl.uniform3f(place.boxSize, box.max[0] - box.min[0], box.max[1] - box.min[1], box.max[2] - box.min[2])
  for (const attribute of Object.values(attributes)) gl.enableVertexAttribArray(attribute)
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  gl.depthFunc(gl.LEQUAL)

  /** Segments that end at the points from…to; every stride-th point of them. */
  const stroke = (from: number, to: number, stride: number, thick: boolean): number => {
    // A strip begins where its first segment does.
    const first = Math.max(1, from) - (thick ? 0 : 1)
    const count = Math.floor((to - first) / stride)
    if (count <= (thick ? 0 : 1)) return 0
    // One point stands before the first in the buffer: every point has a predecessor.
    const point = (attribute: number, offset: number) =>
      gl.vertexAttribPointer(attribute, 4, gl.UNSIGNED_SHORT, true, pointBytes * stride, pointBytes * (first + offset))
    gl.bindBuffer(gl.ARRAY_BUFFER, points)
    point(attributes.a, 0)
    point(attributes.b, 1)
    gl.bindBuffer(gl.ARRAY_BUFFER, looks)
    gl.vertexAttribPointer(attributes.look, 1, gl.UNSIGNED_BYTE, true, stride, first + 1)
    for (const attribute of Object.values(attributes)) gl.vertexAttribDivisor(attribute, thick ? 1 : 0)
    if (thick) gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count)
    else gl.drawArrays(gl.LINE_STRIP, 0, count)
    return count
  }

  /** In the round long chords cost as much as what they stand for: pieces are left out instead, and the others stay fine. */
  const sketch = ([from, to]: readonly [number, number], stride: number): number => {
    const step = pieceSegments * Math.ceil(stride / coarseStride)
    let drawn = 0
    for (let at = from; at < to; at += step) drawn += stroke(at, Math.min(to, at + pieceSegments), coarseStride, false)
    return drawn
  }

  const draw = (scene: Scene): number => {
    const { width, height, pixelRatio, below, layer } = scene
    canvas.width = Math.max(1, Math.round(width * pixelRatio))
    canvas.height = Math.max(1, Math.round(height * pixelRatio))
    gl.viewport(0, 0, canvas.width, canvas.height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
    if (scene.solid) gl.enable(gl.DEPTH_TEST)
    else gl.disable(gl.DEPTH_TEST)
    gl.uniformMatrix4fv(place.matrix, false, matrixOf(scene.camera, box, width, height))
    gl.uniform2f(place.pixel, 2 / width, 2 / height)
    gl.uniform1f(place.doneTill, scene.done ?? -1)
    gl.uniform1f(place.solid, scene.solid ? 1 : 0)
    gl.uniform3fv(place.inkDone, scene.inks.done)
    gl.uniform3fv(place.inkTravel, scene.inks.travel)
    gl.uniform1i(place.showTravel, scene.showTravel ? 1 : 0)
    const wanted = layer[1] - layer[0] + (below === undefined ? 0 : below[1] - below[0])
    const thinning = Math.max(1, Math.ceil(wanted / scene.segmentsMax))
    const stride = Math.min(strideMax, thinning)
    const thick = stride === 1 && wanted <= thickMax
    gl.uniform1i(place.thick, thick ? 1 : 0)
    gl.uniform1f(place.halfWidth, 0.65)
    gl.uniform1f(place.faint, scene.solid ? 1 : 0.3)
    // In the round the layers below step back a little, so that the one looked at stands out.
    gl.uniform3fv(place.inkWork, scene.solid ? between(scene.inks.work, scene.inks.travel, 0.35) : scene.inks.work)
    const sketched = scene.solid && thinning > coarseStride
    let drawn = below === undefined ? 0 : sketched ? sketch(below, thinning) : stroke(below[0], below[1], stride, thick)
    gl.uniform1f(place.faint, 1)
    gl.uniform3fv(place.inkWork, scene.inks.work)
    gl.uniform1f(place.halfWidth, 0.8)
    drawn += stroke(layer[0], layer[1], sketched ? coarseStride : stride, thick)
    return drawn
  }

  return {
    draw,
    cost(scene) {
      let spentMs = 0
      let drawn = 1
      // The first drawing makes shaders ready; the second tells.
      for (let turn = 0; turn < 2; turn++) {
        const from = performance.now()
        drawn = Math.max(1, draw({ ...scene, segmentsMax: sampleSegments }))
        // Reading a pixel waits until all is drawn.
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4))
        spentMs = performance.now() - from
      }
      return spentMs / drawn
    },
    close() {
      canvas.removeEventListener('webglcontextlost', forget)
      // The browser holds a dozen contexts at most: do not wait for its sweeping.
      gl.getExtension('WEBGL_lose_context')?.loseContext()
    },
  }
}

function between(a: Ink, b: Ink, share: number): Ink {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}

/** The data behind a copy of its first element, `elementBytes` long. */
function bufferOf(gl: WebGL2RenderingContext, data: Uint16Array | Uint8Array, elementBytes: number): WebGLBuffer {
  const buffer = gl.createBuffer()
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
  gl.bufferData(gl.ARRAY_BUFFER, elementBytes + data.byteLength, gl.STATIC_DRAW)
  gl.bufferSubData(gl.ARRAY_BUFFER, 0, data.subarray(0, elementBytes / data.BYTES_PER_ELEMENT))
  gl.bufferSubData(gl.ARRAY_BUFFER, elementBytes, data)
  return buffer
}

function link(gl: WebGL2RenderingContext): WebGLProgram | undefined {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type)
    if (shader === null) return undefined
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  return gl.getProgramParameter(program, gl.LINK_STATUS) ? program : undefined
}
