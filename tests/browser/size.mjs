// What a page loads of web/, as nginx sends it: the core (roomkey.js and what it imports) may have
// 8 KiB, and the rest is a part of its own, loaded when it is needed.

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const web = new URL('../../web/', import.meta.url)
const textOf = (file) => readFileSync(new URL(file, web), 'utf8')
const most = 8192

function loadedWith(file, files = new Set()) {
  files.add(file)
  for (const [, other] of textOf(file).matchAll(/^(?:import|export)[^;]*? from '\.\/(.*?)'$/gm)) {
    if (!files.has(other)) loadedWith(other, files)
  }
  return files
}

const sizeOf = (files) =>
  [...files].reduce((sum, file) => sum + gzipSync(textOf(file), { level: 6 }).length, 0)

const core = loadedWith('roomkey.js')
const partsOf = (file) =>
  [...textOf(file).matchAll(/import\('\.\/(.*?)'\)/g)].map(([, part]) => part)
const parts = new Set([...partsOf('roomkey.js'), ...partsOf('join.js')])
const size = sizeOf(core)
console.log(`the core: ${size} bytes, ${most} at most (${[...core].join(', ')})`)
for (const part of parts) {
  const more = [...loadedWith(part)].filter((file) => !core.has(file))
  console.log(`${part}: ${sizeOf(more)} bytes (${more.join(', ')})`)
}
if (core.size < 2 || parts.size < 3 || size > most) process.exit(1)
