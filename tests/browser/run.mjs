// The tests in Chromium: node run.mjs [PART OF A NAME...]. Ends with "N passed, N failed".

import checkAccessTests from './check_access_test.mjs'
import checkLoginTests from './check_login_test.mjs'
import checkTests, { checkSilenceTests } from './check_test.mjs'
import corsTests, { outageTests } from './cors_test.mjs'
import diagnoseTests from './diagnose_test.mjs'
import failureTests from './failure_test.mjs'
import helperTests from './helper_test.mjs'
import streamTests from './stream_test.mjs'
import twilioTests from './twilio_test.mjs'
import { NOWHERE, SHUT } from './check_support.mjs'
import { assertNothingShown, startChromium } from './chromium.mjs'
import { streamStandIn, stunStandIn, twilioStandIn } from './standins.mjs'
import { count, endAll, startDemo, test } from './support.mjs'

process.on('unhandledRejection', (error) => {
  count.failed += 1
  console.log(`FAIL browser ${error?.stack}`)
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.once(signal, () => endAll().finally(() => process.exit(1)))
}
try {
  const demo = await startDemo()
  const twilio = await twilioStandIn(demo.tls)
  const stream = await streamStandIn(demo.tls)
  twilio.shut.add(`${SHUT}.vss.twilio.com`)
  const stun = { silent: false }
  const stunAddress = `127.77.${(process.pid >> 8) & 255}.${process.pid & 255 || 1}` // port 3478
  await stunStandIn(stun, stunAddress, 3478)
  const browser = await startChromium({
    [`${NOWHERE}.vss.twilio.com`]: '~NOTFOUND',
    'global.stun.twilio.com.': stunAddress,
    '*.vss.twilio.com': twilio.port,
    'video.stream-io-api.com': stream.port,
  })
  const all = { demo, browser, twilio, stream, stun }
  await Promise.all([
    corsTests(all)
      .then(() => helperTests(all))
      .then(() => failureTests(all)),
    twilioTests(all).then(() => streamTests(all)),
    diagnoseTests(all) // waits much
      .then(() => checkLoginTests(all))
      .then(() => checkAccessTests(all)),
    checkTests(all),
    checkSilenceTests(all), // only waits
  ])
  await outageTests(all)
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
