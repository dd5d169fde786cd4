// What the browser's tests share: tests, a demo, and pages of two origins.

import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HERE = join(ROOT, 'tests/browser')
const BIN = resolve(process.env.BIN_DIR ?? join(ROOT, 'build/release'))
export const [JANE, SAM, SARAH] = [2, 3, 19]

// --- Tests --------------------------------------------------------------------------------------

export const contexts = new AsyncLocalStorage() // those that a test opened
export const count = { passed: 0, failed: 0 }
const chosen = process.argv.slice(2)
const running = new AsyncLocalStorage() // the name of the browser

// Tests in there are run in that browser, and marked where it is not Chromium.
export const inBrowser = (browser, tests) => running.run(browser, tests)

export async function test(sentence, body, browsers = ['chromium', 'firefox']) {
  const browser = running.getStore() ?? 'chromium'
  if (!browsers.includes(browser)) return
  const name = browser === 'chromium' ? sentence : `${sentence} [${browser}]`
  if (chosen.length > 0 && !chosen.some((part) => name.includes(part))) return
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('took longer than 90 s')), 90000)
  })
  const began = Date.now()
  const mine = new Set()
  try {
    await Promise.race([contexts.run(mine, body), late])
    count.passed += 1
    console.log(`ok   browser ${name} (${Date.now() - began} ms)`)
  } catch (error) {
    count.failed += 1
    console.log(`FAIL browser ${name}: ${error.stack}`)
    for (const context of mine) await context.close().catch(() => {})
  } finally {
    clearTimeout(timer)
  }
}

// --- Servers ------------------------------------------------------------------------------------

const ends = []
export const atEnd = (action) => ends.push(action)

export async function endAll() {
  for (const end of ends.reverse()) {
    try {
      await end()
    } catch (error) {
      count.failed += 1
      console.log(`FAIL browser the end: ${error.stack}`)
    }
  }
}

export async function listening(server) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  atEnd(() => {
    server.closeAllConnections?.()
    server.close()
  })
  return server.address().port
}

// Below the ports that the kernel gives to connections, so that none of them takes it meanwhile.
export async function freePort() {
  const port = 10100 + Math.floor(Math.random() * 19900)
  const server = createPlainServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return port
}

const kinds = { '.html': 'text/html', '.js': 'text/javascript' }
const sdks = {
  '/keeping-worker.js': join(HERE, 'keeping_worker.js'),
  '/sdk/twilio-video.js': join(HERE, 'node_modules/twilio-video/dist/twilio-video.js'),
  '/sdk/livekit-client.js': join(HERE, 'node_modules/livekit-client/dist/livekit-client.umd.js'),
  '/sdk/adapter.js': join(HERE, 'node_modules/webrtc-adapter/out/adapter.js'),
  '/sdk/janus.js': join(HERE, 'node_modules/janus-gateway/npm/dist/janus.es.js'),
  '/sdk/stream-video-client.js': join(ROOT, 'build/browser/stream-video-client.js'),
}

const folders = { web: ROOT, npm: join(ROOT, 'build/browser') } // elsewhere: the example of docs/

// The example of docs/, as a clinic would serve it, empty pages, web/ as a frontend's own, and bundles.
async function pages() {
  const port = await listening(
    createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://localhost')
      const policy = {
        '/strict.html': { 'Content-Security-Policy': "connect-src 'self'" },
        '/closed.html': { 'Permissions-Policy': 'camera=(), microphone=()' },
      }[pathname]
      if (/^\/(blank|strict|closed)\.html$/.test(pathname)) {
        response.writeHead(200, { 'Content-Type': 'text/html', ...policy })
        response.end('<!doctype html><title>a page</title><link rel="icon" href="data:,">')
        return
      }
      const name = pathname === '/' ? '/index.html' : pathname
      try {
        const folder = folders[name.split('/')[1]] ?? join(ROOT, 'docs/example')
        const content = readFileSync(sdks[name] ?? join(folder, name))
        response.writeHead(200, { 'Content-Type': kinds[extname(name)] })
        response.end(content)
      } catch {
        response.writeHead(404)
        response.end()
      }
    }),
  )
  return `http://localhost:${port}`
}

class Demo {
  constructor(port, origins, more) {
    this.dir = mkdtempSync(join(tmpdir(), 'roomkey-browser-'))
    this.url = `https://localhost:${port}`
    this.variables = {
      PATH: process.env.PATH,
      BIN_DIR: BIN,
      DEMO_DIR: this.dir,
      DEMO_PORT: String(port),
      DEMO_ORIGINS: origins,
      DEMO_WORKERS: '1',
      DEMO_RATE_LIMIT: 'off',
      ...more,
    }
  }

  async script(command) {
    await promisify(execFile)(join(ROOT, 'demo/demo.sh'), [command], { env: this.variables })
  }

  roomkey(...words) {
    return execFileSync(
      join(BIN, 'roomkey'),
      ['--env-file', join(this.dir, 'roomkey.env'), ...words],
      { encoding: 'utf8', env: {} },
    ).trim()
  }

  bearer(user, minutes = 60) {
    const bearer = this.roomkey('bearer', String(user), '--minutes', String(minutes))
    secrets.add(bearer)
    return bearer
  }

  // As a crash does: the leader first, lest it start others.
  killPool(name) {
    const leader = readFileSync(join(this.dir, `${name}.pid`), 'utf8').trim()
    const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8')
      .trim()
      .split(' ')
    for (const pid of [leader, ...children]) process.kill(Number(pid), 'SIGKILL')
  }

  get tls() {
    return {
      key: readFileSync(join(this.dir, 'tls/key.pem')),
      cert: readFileSync(join(this.dir, 'tls/cert.pem')),
    }
  }
}

// `more`: variables of demo/demo.sh.
export async function startDemo(more = {}) {
  const [listed, unlisted] = [await pages(), await pages()]
  const demo = new Demo(await freePort(), listed, more)
  atEnd(async () => {
    await demo.script('stop')
    rmSync(demo.dir, { recursive: true })
  })
  await demo.script('start')
  return Object.assign(demo, { listed, unlisted })
}

// Whatever may never show. Tokens that roomkey gives are put in by the watch (pages.mjs).
export const secrets = new Set()

// --- Tokens of nobody's --------------------------------------------------------------------------

export const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
export const now = () => Math.floor(Date.now() / 1000)

// As roomkey answers, with a token of nobody's; `claims` and `answer` change it.
export function given({ claims = {}, answer = {}, headers = {} } = {}) {
  const exp = now() + 3600
  const all = {
    iat: now(),
    exp,
    grants: { identity: '2-jane', video: { room: 'apt-47' } },
    ...claims,
  }
  return [
    200,
    {
      access_token: `${part({ alg: 'HS256' })}.${part(all)}.c2lnbmF0dXJl`,
      room_name: 'apt-47',
      user_identity: '2-jane',
      expires_in: 3600,
      appointment_id: 47,
      region: null,
      expires_at: new Date(exp * 1000).toISOString().replace('.000Z', 'Z'),
      ...answer,
    },
    { Date: new Date().toUTCString(), ...headers },
  ]
}
