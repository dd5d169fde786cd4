// The tests in Chromium: node run.mjs [PART OF A NAME...]. Ends with "N passed, N failed".

import corsTests, { outageTests } from './cors_test.mjs'
import diagnoseTests from './diagnose_test.mjs'
import failureTests from './failure_test.mjs'
import helperTests from './helper_test.mjs'
import streamTests from './stream_test.mjs'
import twilioTests from './twilio_test.mjs'
import { assertNothingShown, startChromium } from './chromium.mjs'
import { streamStandIn, twilioStandIn } from './standins.mjs'
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
  const browser = await startChromium({
    '*.vss.twilio.com': twilio.port,
    'video.stream-io-api.com': stream.port,
  })
  const all = { demo, browser, twilio, stream }
  await Promise.all([
    corsTests(all)
      .then(() => helperTests(all))
      .then(() => failureTests(all)),
    twilioTests(all).then(() => streamTests(all)),
    diagnoseTests(all), // waits much
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
