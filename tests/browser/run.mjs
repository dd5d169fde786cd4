// The tests in Chromium and Firefox: node run.mjs [PART OF A NAME...]. Ends with "N passed, N failed".
// Firefox has those in which browsers differ most; with BROWSERS_WHOLE=1, or when tests are named, it
// has all that are not about Chromium's own words.

import callOfThreeTests from './call_of_three_test.mjs'
import callTests from './call_test.mjs'
import causesTests from './causes_test.mjs'
import checkAccessTests from './check_access_test.mjs'
import checkCausesTests from './check_causes_test.mjs'
import checkDevicesTests from './check_devices_test.mjs'
import checkLoginTests from './check_login_test.mjs'
import checkTests, { checkSilenceTests } from './check_test.mjs'
import corsTests, { outageTests } from './cors_test.mjs'
import demoDoorTests from './demo_door_test.mjs'
import demoPageTests from './demo_page_test.mjs'
import diagnoseTests from './diagnose_test.mjs'
import doorsTests from './doors_test.mjs'
import failureTests from './failure_test.mjs'
import guestTests from './guest_test.mjs'
import helperTests from './helper_test.mjs'
import janusTests from './janus_test.mjs'
import joinTests from './join_test.mjs'
import bundleTests, { packageTests } from './npm_test.mjs'
import ownServerTests from './own_servers_test.mjs'
import rejoinTests from './rejoin_test.mjs'
import requestsTests from './requests_test.mjs'
import streamTests from './stream_test.mjs'
import twilioTests from './twilio_test.mjs'
import { startChromium, startFirefox } from './browsers.mjs'
import { NOWHERE, SHUT } from './check_support.mjs'
import { assertNothingShown } from './pages.mjs'
import { streamStandIn, stunStandIn, twilioStandIn } from './standins.mjs'
import { count, endAll, inBrowser, startDemo, test } from './support.mjs'

process.on('unhandledRejection', (error) => {
  count.failed += 1
  console.log(`FAIL browser ${error?.stack}`)
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.once(signal, () => endAll().finally(() => process.exit(1)))
}

// A browser, and stand-ins that no other has: what they heard and shall say is a test's own.
async function withStandIns(demo, number, start) {
  const [twilio, stream] = [await twilioStandIn(demo.tls), await streamStandIn(demo.tls)]
  twilio.shut.add(`${SHUT}.vss.twilio.com`)
  const stun = { silent: false }
  const address = `127.${76 + number}.${(process.pid >> 8) & 255}.${(process.pid & 255) || 1}` // port 3478
  await stunStandIn(stun, address, 3478)
  const hosts = {
    [`${NOWHERE}.vss.twilio.com`]: '~NOTFOUND',
    '*.vss.twilio.com': twilio.port,
    'video.stream-io-api.com': stream.port,
  }
  return { demo, browser: await start(hosts, address), twilio, stream, stun }
}

const inChromium = (all) =>
  Promise.all([
    corsTests(all)
      .then(() => helperTests(all))
      .then(() => failureTests(all))
      .then(() => causesTests(all)),
    twilioTests(all)
      .then(() => rejoinTests(all))
      .then(() => streamTests(all))
      .then(() => joinTests(all))
      .then(() => guestTests(all))
      .then(() => bundleTests(all)),
    diagnoseTests(all) // waits much
      .then(() => checkLoginTests(all))
      .then(() => checkAccessTests(all)),
    checkTests(all),
    checkCausesTests(all).then(() => checkDevicesTests(all)),
    checkSilenceTests(all) // only waits
      .then(() => ownServerTests(all))
      .then(() => janusTests(all))
      .then(() => demoPageTests(all))
      .then(() => demoDoorTests(all))
      .then(() => doorsTests(all)),
  ])

const whole = process.env.BROWSERS_WHOLE === '1' || process.argv.length > 2

const inFirefox = async (all) => {
  await Promise.all([
    corsTests(all).then(() => helperTests(all)),
    twilioTests(all).then(() => streamTests(all)),
  ])
  if (!whole) return
  await Promise.all([
    failureTests(all)
      .then(() => causesTests(all))
      .then(() => rejoinTests(all))
      .then(() => joinTests(all))
      .then(() => guestTests(all)),
    diagnoseTests(all)
      .then(() => checkCausesTests(all))
      .then(() => checkDevicesTests(all)),
  ])
}

try {
  await packageTests()
  const demo = await startDemo()
  const [chromium, firefox] = await Promise.all([
    withStandIns(demo, 1, (hosts, stun) =>
      startChromium({ ...hosts, 'global.stun.twilio.com.': stun }),
    ),
    withStandIns(demo, 2, startFirefox),
  ])
  await Promise.all([
    inBrowser('chromium', () => inChromium(chromium)),
    inBrowser('firefox', () => inFirefox(firefox)),
  ])
  await requestsTests()
  await inBrowser('chromium', () => callTests(chromium.browser))
  await inBrowser('chromium', () => callOfThreeTests(chromium.browser))
  demo.killPool('room')
  await inBrowser('chromium', () => outageTests(chromium))
  await inBrowser('firefox', () => outageTests(firefox))
  await test(
    'no token stood in a URL, the page, storage, the console or an error',
    assertNothingShown,
  )
} catch (error) {
  count.failed += 1
  console.log(`FAIL browser ${error.stack}`)
}
await endAll()
console.log(`${count.passed} passed, ${count.failed} failed`)
process.exit(count.failed === 0 && count.passed > 0 ? 0 : 1)
