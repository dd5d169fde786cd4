// The API as scripts of other origins see it, without any helper: what a browser lets them do.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { closed, opened } from './pages.mjs'
import { JANE, startDemo, test } from './support.mjs'

// What a frontend with axios sends against caches, and what its release and tracing tools add to
// every call.
const OWN = {
  'Cache-Control': 'no-cache',
  Pragma: 'no-cache',
  'X-Release-Tag': '2025.11.16-3',
  'sentry-trace': '771a43a4192642f0b136d5159a501700-b7ad6b7169203331-1',
  baggage: 'sentry-environment=production,sentry-release=2025.11.16-3',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}

async function asked(page, url, bearer, { method = 'GET', body } = {}) {
  return page.evaluate(
    async ([address, token, how, content, own]) => {
      try {
        const response = await fetch(address, {
          method: how,
          body: content,
          headers: {
            ...(token && { Authorization: `Bearer ${token}` }),
            ...own,
            ...(content && { 'Content-Type': 'application/json' }),
          },
        })
        return {
          status: response.status,
          answer: await response.json(),
          readable: ['WWW-Authenticate', 'Retry-After', 'X-Request-Id', 'Date'].filter((name) =>
            response.headers.has(name),
          ),
        }
      } catch (error) {
        return { blocked: error.name }
      }
    },
    [url, bearer, method, body, OWN],
  )
}

// A rate that a slow machine exceeds as well.
function narrow(demo) {
  const site = join(demo.dir, 'roomkey-site.conf')
  const text = readFileSync(site, 'utf8')
  writeFileSync(site, text.replace('rate=20r/s', 'rate=1r/m').replace('burst=200', 'burst=2'))
  process.kill(Number(readFileSync(join(demo.dir, 'nginx.pid'), 'utf8')), 'SIGHUP')
}

export default async function corsTests({ demo, browser }) {
  const stamp = '?_t=1763138954000'
  const bearer = demo.bearer(JANE)
  const room = JSON.parse(demo.roomkey('--json', 'appointment', 'show', '47')).video_room_id
  const routes = [
    ['video-token', '/api/appointments/video-token/47/'],
    ['video-token-refresh', '/api/appointments/video-token-refresh/47/'],
    ['video-status', '/api/appointments/video-status/47/'],
    ['video-room', '/api/appointments/video-room/47/', { method: 'POST', body: '{}' }],
    ['appointment', '/api/appointments/47/'],
    ['video-call', '/api/video-call', { method: 'POST', body: JSON.stringify({ callId: room }) }],
    [
      'video-call token',
      '/api/video-call/token',
      { method: 'POST', body: JSON.stringify({ callId: room }) },
    ],
  ]

  await test('every route is used from an origin in the list', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    for (const [name, path, how] of routes) {
      const { status, readable } = await asked(page, demo.url + path + stamp, bearer, how)
      assert.equal(status, 200, name)
      assert.deepEqual(readable, ['X-Request-Id', 'Date'], name)
    }
    await closed(page)
  })

  await test('no route is used from an origin that is not in the list', async () => {
    const page = await opened(browser, `${demo.unlisted}/blank.html`)
    for (const [name, path, how] of routes) {
      const outcome = await asked(page, demo.url + path + stamp, bearer, how)
      assert.deepEqual(outcome, { blocked: 'TypeError' }, name)
    }
    await closed(page)
  })

  await test('errors are read by scripts: 401, 403, 404, 413', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    const url = `${demo.url}/api/appointments/video-token/47/`
    const none = await asked(page, url, null)
    assert.deepEqual([none.status, none.answer.code], [401, 'authentication_required'])
    assert.deepEqual(none.readable, ['WWW-Authenticate', 'X-Request-Id', 'Date'])
    const stranger = await asked(page, url, demo.bearer(3))
    assert.deepEqual([stranger.status, stranger.answer.code], [403, 'permission_denied'])
    const missing = await asked(page, `${demo.url}/api/appointments/video-token/48/`, bearer)
    assert.deepEqual([missing.status, missing.answer.code], [404, 'appointment_not_found'])
    const large = await asked(page, `${demo.url}/api/video-call/token/`, bearer, {
      method: 'POST',
      body: JSON.stringify({ callId: 'x'.repeat(70000) }),
    })
    assert.deepEqual([large.status, large.answer.code], [413, 'payload_too_large'])
    await closed(page)
  })

  await test('a 429 is read by scripts', async () => {
    const limited = await startDemo({ DEMO_RATE_LIMIT: 'on' })
    narrow(limited)
    const page = await opened(browser, `${limited.listed}/blank.html`)
    const ask = () => asked(page, `${limited.url}/api/nothing/`, null)
    let answer = await ask()
    for (let round = 0; round < 50 && answer.status === 404; round += 1) answer = await ask()
    assert.deepEqual([answer.status, answer.answer?.code], [429, 'rate_limited'])
    assert.deepEqual(answer.readable, ['Retry-After', 'X-Request-Id', 'Date'])
    await closed(page)
  })

  await test('what the list makes of an origin is what a browser makes of it', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    for (const typed of [
      'https://App.Clinic.Example:443/',
      'http://app.clinic.example:80',
      'https://app.clinic.example:08443',
      'https://my_app.clinic.example:',
      'http://[0:0:0:0:0:0:0:1]:3000',
      'http://[::FFFF:192.0.2.7]',
      'http://[2001:db8:0:0:1:0:0:7]',
      'http://192.0.2.7:8080',
    ]) {
      const sent = await page.evaluate((address) => new URL(address).origin, typed)
      assert.equal(demo.roomkey('origin', typed), sent)
    }
    await closed(page)
  })

  await test("the files are imported from the list's origins only, and have a policy", async () => {
    const imported = async (origin) => {
      const page = await opened(browser, `${origin}/blank.html`)
      const outcome = await page.evaluate(
        (url) =>
          import(url).then(
            () => 'imported',
            () => 'blocked',
          ),
        `${demo.url}/roomkey/roomkey.js`,
      )
      await closed(page)
      return outcome
    }
    assert.equal(await imported(demo.listed), 'imported')
    assert.equal(await imported(demo.unlisted), 'blocked')
  })
}

// The last of all: the room pool is gone.
export async function outageTests({ demo, browser }) {
  await test('a 502 without any worker is read by scripts, and has advice', async () => {
    const page = await opened(browser, `${demo.listed}/blank.html`)
    const url = `${demo.url}/api/appointments/video-status/47/`
    const away = await asked(page, url, demo.bearer(JANE))
    assert.deepEqual([away.status, away.answer.code], [502, 'worker_unavailable'])
    assert.deepEqual(away.readable, ['Retry-After', 'X-Request-Id', 'Date'])
    await closed(page)
  })
}
