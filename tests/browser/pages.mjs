// Pages in a browser (browsers.mjs), with roomkey.js in them, and a watch over all that a page lets out.

import assert from 'node:assert/strict'
import { JANE, contexts, secrets } from './support.mjs'

const seen = [] // [where, text]
const errors = new WeakMap() // of each page

// What was thrown in the page and caught by nobody. Firefox counts a WebSocket that fails among them.
export const errorsOf = (page) => errors.get(page)

// Firefox's remote control may look into a new window before its tabs are there, and says so. No page
// is there then; the next one is in another window.
async function pageIn(context, left = 2) {
  try {
    return await context.newPage()
  } catch (error) {
    if (left === 0 || !/TabManager\.getTabBrowser/.test(error.message)) throw error
    return pageIn(context, left - 1)
  }
}

// A page in a profile of its own.
export async function opened(browser, address, options = {}) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options })
  contexts.getStore().add(context)
  watch(context)
  const page = await pageIn(context)
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
  await page.route(
    (url) => url.pathname.startsWith(path),
    async (route) => {
      // Firefox shows its preflights, too.
      if (route.request().method() === 'OPTIONS') return route.continue()
      requests.push(route.request())
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (typeof answer === 'function') return answer(route)
      const [status, body, headers = {}] = answer
      await route.fulfill({
        status,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: {
          'Access-Control-Allow-Origin': await page.evaluate(() => location.origin),
          'Access-Control-Expose-Headers': 'Retry-After, X-Request-Id, Date',
          'Content-Type': 'application/json',
          'X-Request-Id': 'scripted',
          ...headers,
        },
      })
    },
  )
  return requests
}

// The addresses of the WebSockets that the page opens from now on. (Over BiDi no event tells of them.)
export async function socketsOf(page) {
  await page.evaluate(() => {
    window.sockets = []
    window.WebSocket = class extends WebSocket {
      constructor(...options) {
        super(...options)
        window.sockets.push(this.url)
      }
    }
  })
  return () => page.evaluate(() => window.sockets)
}

function watch(context) {
  // LiveKit's own client has the token in its address at LiveKit's door, and there alone; where that
  // does not open, the browser's own line in the console has the address.
  const note = (where, text) => seen.push([where, text.replace(/(\/rtc\/[^?' ]*)\?[^' ]*/g, '$1')])
  context.on('request', (request) => note('a URL', request.url()))
  context.on('response', (response) => keepTokens(response))
  context.on('page', (page) => {
    errors.set(page, [])
    page.on('websocket', (socket) => note('a URL', socket.url()))
    page.on('console', (message) => {
      note('the console', message.text())
      for (const handle of message.args()) {
        handle
          .evaluate((value) => {
            const parts = value instanceof Error ? Object.getOwnPropertyNames(value) : undefined
            try {
              return `${value} ${JSON.stringify(value, parts)}`
            } catch {
              return String(value)
            }
          })
          .then(
            (text) => note('the console', text),
            () => {},
          )
      }
    })
    page.on('pageerror', (error) => {
      errors.get(page).push(error.message)
      note('an error', `${error.message} ${error.stack}`)
    })
  })
}

async function keepTokens(response) {
  if (!/video-token|video-call\/token/.test(response.url())) return
  const answer = await response.json().catch(() => ({}))
  for (const token of [answer.access_token, answer.token]) {
    if (token?.length > 15) secrets.add(token) // a test's word instead of one is no secret
  }
}

// Closes the page, after a look at what it kept.
export async function closed(page) {
  const kept = await page.evaluate(async () => ({
    'the page': document.documentElement.outerHTML,
    // The example of docs/ has one for a login, and keeps it there; our own page doesn't.
    'a field': [...document.querySelectorAll('#page input, #page textarea')]
      .map(({ value }) => value)
      .join('\n'),
    storage: JSON.stringify([
      localStorage,
      sessionStorage,
      document.cookie,
      location.href,
      history.state,
      await indexedDB.databases(),
      await globalThis.caches?.keys(),
    ]),
  }))
  for (const [where, text] of Object.entries(kept)) seen.push([where, text])
  await page.context().close()
}

export function assertNothingShown() {
  assert.ok(secrets.size > 0, `${secrets.size} tokens were given`)
  assert.ok(seen.length > 0, `${seen.length} places were seen`)
  for (const [where, text] of seen) {
    for (const secret of secrets) {
      for (const part of [secret, ...secret.split('.').slice(1)]) {
        if (part.length < 16) continue // a word of Janus's
        assert.ok(!text.includes(part), `a token stands in ${where}: ${text.slice(0, 300)}`)
      }
    }
  }
}
