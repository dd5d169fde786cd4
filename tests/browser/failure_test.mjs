// What becomes of failures on the way to roomkey, and of wrong use.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { closed, opened, withRoomKey } from './pages.mjs'
import { ROOT, atEnd, freePort, given, listening, test } from './support.mjs'

const token = (page) => page.evaluate(() => caught(make().videoToken(47)))

export default async function failureTests({ demo, browser }) {
  await test('failures of the network are told apart', async () => {
    const page = await withRoomKey(browser, demo)
    const elsewhere = async (url, more = {}) =>
      page.evaluate(
        ([baseUrl, options]) => caught(make({ baseUrl, ...options }).videoToken(47)),
        [url, more],
      )
    assert.equal((await elsewhere(`https://localhost:${await freePort()}`)).code, 'unreachable')
    assert.equal((await elsewhere('https://no-such-name.example')).code, 'unreachable')

    const silent = await listening(createServer(() => {}))
    assert.equal((await elsewhere(`http://localhost:${silent}`, { timeout: 0.3 })).code, 'timeout')

    const answers = { '/portal': [302, { Location: 'http://portal.example/' }], '/page': [200, {}] }
    const portal = await listening(
      createServer((request, response) => {
        const [status, headers] = answers[`/${request.url.split('/')[1]}`] ?? [204, {}]
        response.writeHead(request.method === 'OPTIONS' ? 204 : status, {
          'Access-Control-Allow-Origin': demo.listed,
          'Access-Control-Allow-Headers': 'authorization',
          ...(request.method === 'OPTIONS' ? {} : headers),
        })
        response.end('<h1>Welcome to the hotel</h1>')
      }),
    )
    for (const path of Object.keys(answers)) {
      assert.equal((await elsewhere(`http://localhost:${portal}${path}`)).code, 'not_roomkey', path)
    }
    await closed(page)
  })

  await test(
    'a device without a network is told so',
    async () => {
      const page = await withRoomKey(browser, demo)
      await page.context().setOffline(true)
      const offline = await token(page)
      assert.deepEqual([offline.code, offline.status], ['offline', null])
      assert.match(offline.advice, /offline/)
      await page.context().setOffline(false)
      await closed(page)
    },
    ['chromium'],
  )

  await test("an origin that is not in the list is told so, and a page's own policy", async () => {
    const imported = async (address) => {
      const page = await opened(browser, address, { bypassCSP: false })
      // As in a frontend that has roomkey.js in its own bundle.
      await page.route(`${demo.listed}/bundled/**`, (route) =>
        route.fulfill({
          path: join(ROOT, 'web', new URL(route.request().url()).pathname.split('/').pop()),
          contentType: 'text/javascript',
          headers: { 'Access-Control-Allow-Origin': '*' },
        }),
      )
      const outcome = await page.evaluate(
        async ([module, baseUrl]) => {
          const { RoomKey } = await import(module)
          return new RoomKey({ baseUrl })
            .videoToken(47)
            .catch(({ code, advice }) => ({ code, advice }))
        },
        [`${demo.listed}/bundled/roomkey.js`, demo.url],
      )
      await closed(page)
      return outcome
    }
    const refused = await imported(`${demo.unlisted}/blank.html`)
    assert.equal(refused.code, 'cors')
    assert.match(refused.advice, /list of origins/)
    assert.equal((await imported(`${demo.listed}/strict.html`)).code, 'blocked_by_page')
  })

  await test("outside a browser, as in a frontend's tests, it works as well", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'roomkey-web-'))
    atEnd(() => rmSync(folder, { recursive: true }))
    cpSync(join(ROOT, 'web'), folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    const { RoomKey, RoomKeyError } = await import(pathToFileURL(join(folder, 'roomkey.js')))
    const server = await listening(
      createServer((_, response) => {
        const [status, answer, headers] = given()
        response.writeHead(status, headers)
        response.end(JSON.stringify(answer))
      }),
    )
    // Debian's node tries but one address of localhost, and that is ::1.
    const videoToken = (port) => new RoomKey({ baseUrl: `http://127.0.0.1:${port}` }).videoToken(47)
    assert.equal((await videoToken(server)).room_name, 'apt-47')
    await assert.rejects(
      videoToken(await freePort()),
      (error) => error instanceof RoomKeyError && error.code === 'unreachable',
    )
  })

  await test('a request is stopped by its signal', async () => {
    const page = await withRoomKey(browser, demo)
    const silent = await listening(createServer(() => {}))
    const outcome = await page.evaluate((baseUrl) => {
      const stop = new AbortController()
      setTimeout(() => stop.abort(), 100)
      return caught(make({ baseUrl }).videoToken(47, { signal: stop.signal }))
    }, `http://localhost:${silent}`)
    assert.equal(outcome.code, 'aborted')
    await closed(page)
  })

  await test('a bearer token that is none is said without being quoted', async () => {
    const page = await withRoomKey(browser, demo)
    for (const [bearer, code] of [
      ['"quoted-secret"', 'bearer_malformed'],
      ['a\nsecret', 'bearer_malformed'],
      [42, 'bearer_malformed'],
      ['', 'authentication_required'],
      [null, 'authentication_required'],
    ]) {
      const outcome = await page.evaluate(
        (value) => caught(make({ bearer: () => value }).videoToken(47)),
        bearer,
      )
      assert.equal(outcome.code, code)
      assert.ok(!JSON.stringify(outcome).includes('secret'))
    }
    const thrown = await page.evaluate(() =>
      caught(
        make({
          bearer: () => {
            throw new Error(`no login for eyJhbGciOiJIUzI1NiJ9.${'x'.repeat(20)}.y`)
          },
        }).videoToken(47),
      ),
    )
    assert.equal(thrown.message, 'no bearer token: no login for (token)')
    await closed(page)
  })

  await test('what a developer got wrong is a TypeError at once', async () => {
    const page = await withRoomKey(browser, demo)
    const names = await page.evaluate(async () => {
      const faults = [
        () => make({ baseUrl: 'ftp://x' }),
        () => make({ baseUrl: 'https://a:b@x' }),
        () => make({ refreshBearer: 'x' }),
        () => make().videoToken(0),
        () => make().videoToken('47/'),
        () => make().videoToken(2 ** 60),
        () => make().request('https://evil.example/'),
        () => make().connectTwilio({}, 47),
        () => make().connectTwilio({ connect() {} }, 0),
        () => make().joinStream({}, { callId: 'x' }),
      ]
      return Promise.all(
        faults.map(async (fault) => {
          try {
            await fault()
          } catch (error) {
            return error.name
          }
        }),
      )
    })
    assert.deepEqual(
      names,
      names.map(() => 'TypeError'),
    )
    await closed(page)
  })
}
