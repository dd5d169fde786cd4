// What the browser's tests share: a demo, pages of two origins, Chromium, and a watch over all that
// a page lets out.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const HERE = join(ROOT, 'tests/browser')
const BIN = resolve(process.env.BIN_DIR ?? join(ROOT, 'build/release'))
export const [JANE, SAM, SARAH] = [2, 3, 19]

// --- Tests --------------------------------------------------------------------------------------

const contexts = new AsyncLocalStorage() // those that a test opened
export const count = { passed: 0, failed: 0 }
const chosen = process.argv.slice(2)

export async function test(name, body) {
  if (chosen.length > 0 && !chosen.some((part) => name.includes(part))) return
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('took longer than 30 s')), 30000)
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

export async function freePort() {
  const server = createPlainServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const kinds = { '.html': 'text/html', '.js': 'text/javascript' }
const sdks = {
  '/sdk/twilio-video.js': join(HERE, 'node_modules/twilio-video/dist/twilio-video.js'),
  '/sdk/stream-video-client.js': join(ROOT, 'build/browser/stream-video-client.js'),
}

// The example of docs/, as a clinic would serve it, empty pages, and web/ as in a frontend's own files.
async function pages() {
  const port = await listening(createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    const policy = { '/strict.html': { 'Content-Security-Policy': "connect-src 'self'" } }[pathname]
    if (/^\/(blank|strict)\.html$/.test(pathname)) {
      response.writeHead(200, { 'Content-Type': 'text/html', ...policy })
      response.end('<!doctype html><title>a page</title><link rel="icon" href="data:,">')
      return
    }
    const name = pathname === '/' ? '/index.html' : pathname
    try {
      const folder = name.startsWith('/web/') ? ROOT : join(ROOT, 'docs/example')
      const content = readFileSync(sdks[name] ?? join(folder, name))
      response.writeHead(200, { 'Content-Type': kinds[extname(name)] })
      response.end(content)
    } catch {
      response.writeHead(404)
      response.end()
    }
  }))
  return `http://localhost:${port}`
}

class Demo {
  constructor(port, origins) {
    this.dir = mkdtempSync(join(tmpdir(), 'roomkey-browser-'))
    this.url = `https://localhost:${port}`
    this.variables = {
      PATH: process.env.PATH, BIN_DIR: BIN, DEMO_DIR: this.dir, DEMO_PORT: String(port),
      DEMO_ORIGINS: origins, DEMO_WORKERS: '1', DEMO_RATE_LIMIT: 'off',
    }
  }

  async script(command) {
    await promisify(execFile)(join(ROOT, 'nginx/demo.sh'), [command], { env: this.variables })
  }

  roomkey(...words) {
    return execFileSync(join(BIN, 'roomkey'), ['--env-file', join(this.dir, 'roomkey.env'), ...words],
      { encoding: 'utf8', env: {} }).trim()
  }

  bearer(user, minutes = 60) {
    const bearer = this.roomkey('bearer', String(user), '--minutes', String(minutes))
    secrets.add(bearer)
    return bearer
  }

  // As a crash does: the leader first, lest it start others.
  killPool(name) {
    const leader = readFileSync(join(this.dir, `${name}.pid`), 'utf8').trim()
    const children = readFileSync(`/proc/${leader}/task/${leader}/children`, 'utf8').trim().split(' ')
    for (const pid of [leader, ...children]) process.kill(Number(pid), 'SIGKILL')
  }

  get tls() {
    return {
      key: readFileSync(join(this.dir, 'tls/key.pem')),
      cert: readFileSync(join(this.dir, 'tls/cert.pem')),
    }
  }
}

export async function startDemo() {
  const [listed, unlisted] = [await pages(), await pages()]
  const demo = new Demo(await freePort(), listed)
  atEnd(async () => {
    await demo.script('stop')
    rmSync(demo.dir, { recursive: true })
  })
  await demo.script('start')
  return Object.assign(demo, { listed, unlisted })
}

// --- Chromium -----------------------------------------------------------------------------------

// Whatever may never show. Tokens that roomkey gave are put in by the watch itself.
export const secrets = new Set()
const seen = [] // [where, text]

// `hosts`: {name: port on this machine, or what else to map it to}. No other name is found, so nothing
// leaves this machine.
export async function startChromium(hosts = {}) {
  const rules = Object.entries(hosts).map(([name, to]) =>
    `MAP ${name} ${Number.isInteger(to) ? `127.0.0.1:${to}` : to}`)
  const browser = await chromium.launch({
    executablePath: ['/usr/bin/chromium', process.env.CHROMIUM].findLast((path) => path && statSync(path)),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
      '--ignore-certificate-errors', '--allow-loopback-in-peer-connection',
      `--host-resolver-rules=${[...rules, 'MAP insecure.example 127.0.0.1',
        'MAP * ~NOTFOUND', 'EXCLUDE localhost', 'EXCLUDE 127.0.0.1'].join(',')}`],
  })
  atEnd(() => browser.close())
  return browser
}

// A page in a profile of its own.
export async function opened(browser, address, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
  contexts.getStore().add(context)
  watch(context)
  const page = await context.newPage()
  await page.goto(address)
  return page
}

// A page with roomkey.js in it: `make(options)` gives a RoomKey with `user`'s bearer token, and
// `caught(promise)` what was thrown, as plain data, or {value}.
export async function withRoomKey(browser, demo, user = JANE, origin = demo.listed, options = {}) {
  const page = await opened(browser, `${origin}/blank.html`, options)
  const bearer = demo.bearer(user)
  await page.exposeFunction('bearer', () => bearer)
  await page.evaluate(async (baseUrl) => {
    const { RoomKey, RoomKeyError } = await import(`${baseUrl}/roomkey/roomkey.js`)
    window.make = (more) => new RoomKey({ baseUrl, bearer: () => window.bearer(), ...more })
    window.caught = async (promise) => {
      try {
        return { value: await promise }
      } catch (error) {
        const plain = { ...error, message: error.message, name: error.name, stack: error.stack }
        return { ...plain, isRoomKeyError: error instanceof RoomKeyError }
      }
    }
  }, demo.url)
  return page
}

// Answers requests for `path` of roomkey's in the server's place: `answers` are [status, body,
// headers], the last of them for ever; a function gets the route itself. Gives the requests.
export async function scripted(page, path, ...answers) {
  const requests = []
  await page.route((url) => url.pathname.startsWith(path), async (route) => {
    requests.push(route.request())
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (typeof answer === 'function') return answer(route)
    const [status, body, headers = {}] = answer
    await route.fulfill({
      status, body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        'Access-Control-Allow-Origin': await page.evaluate(() => location.origin),
        'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id, Date',
        'Content-Type': 'application/json', 'X-Request-Id': 'scripted', ...headers,
      },
    })
  })
  return requests
}

function watch(context) {
  const note = (where, text) => seen.push([where, text])
  context.on('request', (request) => note('a URL', request.url()))
  context.on('response', (response) => keepTokens(response))
  context.on('page', (page) => {
    page.on('websocket', (socket) => note('a URL', socket.url()))
    page.on('console', (message) => {
      note('the console', message.text())
      for (const handle of message.args()) {
        handle.evaluate((value) => {
          const parts = value instanceof Error ? Object.getOwnPropertyNames(value) : undefined
          try {
            return `${value} ${JSON.stringify(value, parts)}`
          } catch {
            return String(value)
          }
        }).then((text) => note('the console', text), () => {})
      }
    })
    page.on('pageerror', (error) => note('an error', `${error.message} ${error.stack}`))
  })
}

async function keepTokens(response) {
  if (!/video-token|video-call\/token/.test(response.url())) return
  const answer = await response.json().catch(() => ({}))
  for (const token of [answer.access_token, answer.token]) if (token) secrets.add(token)
}

// Closes the page, after a look at what it kept.
export async function closed(page) {
  const kept = await page.evaluate(async () => ({
    'the page': document.documentElement.outerHTML,
    'storage': JSON.stringify([localStorage, sessionStorage, document.cookie, location.href,
      history.state, await indexedDB.databases(), await globalThis.caches?.keys()]),
  }))
  for (const [where, text] of Object.entries(kept)) seen.push([where, text])
  await page.context().close()
}

export function assertNothingShown() {
  assert.ok(secrets.size > 10, `${secrets.size} tokens were given`)
  assert.ok(seen.length > 100, `${seen.length} places were seen`)
  for (const [where, text] of seen) {
    for (const secret of secrets) {
      for (const part of [secret, secret.split('.')[1], secret.split('.')[2]]) {
        assert.ok(!text.includes(part), `a token stands in ${where}: ${text.slice(0, 300)}`)
      }
    }
  }
}
