// The browsers that the tests run in: Debian's chromium and Debian's firefox-esr, both headless, with a
// fake camera and microphone that are allowed at once, and with our own certificates accepted.
// playwright-core speaks CDP to the one and WebDriver BiDi to the other, so both are used alike:
// pages.mjs opens pages in either. What it can't do over BiDi: emulateMedia(), events of WebSockets.
//
// A file of tests exports a function of {demo, browser, twilio, stream, stun}; run.mjs says in which
// browsers it runs, each with stand-ins of its own. A test that is for one browser alone says so:
//
//   await test('a sentence', async () => {...}, ['chromium'])
//
// In Firefox `[firefox]` stands behind the name, so `tests/browser/run.sh '[firefox]'` runs only those.

import { createRequire } from 'node:module'
import { createServer, connect } from 'node:net'
import { dirname, join } from 'node:path'
import { chromium, firefox } from 'playwright-core'
import { atEnd, listening } from './support.mjs'

// Pages of the browser's own: what drops down from the address bar would be loaded with each window,
// 400 requests that nobody looks at.
const unseen = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']

// A second --disable-features would take the place of playwright's.
function withoutUnseen() {
  const require = createRequire(import.meta.url)
  const library = dirname(require.resolve('playwright-core/package.json'))
  const switches = join(library, 'lib/server/chromium/chromiumSwitches.js')
  const all = require(switches).chromiumSwitches()
  return [all.find((one) => one.startsWith('--disable-features=')), ...unseen].join(',')
}

// `hosts`: {name: port on this machine, or what else it is to be}, `*.` before a name for all below it.
// No other name is found, so nothing leaves this machine. The name of a STUN server needs a dot at
// its end: WebRTC asks so. `pictures`: of the camera, a second.
export async function startChromium(hosts = {}, pictures = 5) {
  const rules = Object.entries(hosts).map(
    ([name, to]) => `MAP ${name} ${Number.isInteger(to) ? `127.0.0.1:${to}` : to}`,
  )
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      withoutUnseen(),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--use-fake-device-for-media-stream=fps=${pictures}`, // each costs time here
      '--use-fake-ui-for-media-stream',
      '--ignore-certificate-errors',
      '--allow-loopback-in-peer-connection',
      `--host-resolver-rules=${[
        ...rules,
        'MAP insecure.example 127.0.0.1',
        'MAP * ~NOTFOUND',
        'EXCLUDE localhost',
        'EXCLUDE 127.0.0.1',
      ].join(',')}`,
    ],
  })
  atEnd(() => browser.close())
  return browser
}

// As above; `stun` is where every STUN server is. Firefox maps no names: what isn't for localhost goes
// through a proxy here. (Set without a script, it would forbid WebRTC to look a name up.)
export async function startFirefox(hosts = {}, stun = '127.0.0.1') {
  const proxy = `SOCKS5 127.0.0.1:${await namesProxy({ 'insecure.example': 0, ...hosts })}`
  const browser = await firefox.launch({
    channel: 'moz-firefox', // Mozilla's own, not playwright's
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    firefoxUserPrefs: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'media.autoplay.default': 0,
      'ui.prefersReducedMotion': 1,
      'network.proxy.type': 2,
      'network.proxy.autoconfig_url': `data:,function FindProxyForURL() { return "${proxy}" }`,
      'network.proxy.socks_remote_dns': true,
      'network.dns.forceResolve': stun,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
    },
  })
  atEnd(() => browser.close())
  return browser
}

// SOCKS 5 (RFC 1928), as far as Firefox needs it. Port 0 in `hosts` is the port that was asked for.
async function namesProxy(hosts) {
  const [done, unreachable] = [0, 4].map((code) => Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))
  const portOf = (name, port) => {
    const to = hosts[name] ?? hosts[name.replace(/^[^.]+/, '*')]
    return to === 0 ? port : Number.isInteger(to) ? to : null
  }
  return listening(
    createServer((client) => {
      client.on('error', () => {})
      client.once('data', () => {
        client.write(Buffer.from([5, 0]))
        client.once('data', (asked) => {
          const name = asked.subarray(5, 5 + asked[4]).toString()
          const port = portOf(name, asked.readUInt16BE(5 + asked[4]))
          if (port === null) return client.end(unreachable)
          const server = connect(port, '127.0.0.1', () => client.write(done))
          server.on('error', () => client.destroy())
          client.pipe(server).pipe(client)
        })
      })
    }),
  )
}
