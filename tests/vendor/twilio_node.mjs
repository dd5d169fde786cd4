// The golden tokens against Twilio's Node library, and against jose as a stranger to both.
//
//     node twilio_node.mjs [GOLDEN_FILE]

import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import twilio from 'twilio'

const { AccessToken } = twilio.jwt

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   node ${name}`)
  } else {
    failed += 1
    console.log(`FAIL node ${name}${detail ? `: ${detail}` : ''}`)
  }
}

function same(name, golden, vendor) {
  check(
    name,
    isDeepStrictEqual(golden, vendor),
    `${JSON.stringify(golden)}, not ${JSON.stringify(vendor)}`,
  )
}

// Neither the library nor jsonwebtoken under it can be told the time, and both ask Date.now().
function mintedAt(seconds, c) {
  const token = new AccessToken(c.account_sid, c.api_key, c.api_secret, {
    identity: c.identity,
    ttl: c.validity_seconds,
    region: c.region ?? undefined,
  })
  token.addGrant(new AccessToken.VideoGrant({ room: c.room }))
  const now = Date.now
  Date.now = () => seconds * 1000
  try {
    return token.toJwt()
  } finally {
    Date.now = now
  }
}

async function verdict(c, seconds, secret = c.api_secret) {
  try {
    const { payload, protectedHeader } = await jwtVerify(c.token, Buffer.from(secret), {
      algorithms: ['HS256'],
      currentDate: new Date(seconds * 1000),
      issuer: c.api_key,
      subject: c.account_sid,
      typ: 'JWT',
    })
    return { payload, protectedHeader }
  } catch (e) {
    return { refusal: e }
  }
}

async function compare(c) {
  const vendor = mintedAt(c.issued_at, c)
  const claims = decodeJwt(c.token)
  const header = decodeProtectedHeader(c.token)
  same(`${c.name}: header`, header, decodeProtectedHeader(vendor))
  same(`${c.name}: claims`, claims, decodeJwt(vendor))

  const last = c.issued_at + c.validity_seconds - 1
  for (const [at, when] of [[c.issued_at, 'first'], [last, 'last']]) {
    const { payload, protectedHeader, refusal } = await verdict(c, at)
    check(
      `${c.name}: jose verifies in its ${when} second`,
      isDeepStrictEqual([payload, protectedHeader], [claims, header]),
      String(refusal),
    )
  }
  const late = await verdict(c, last + 1)
  check(`${c.name}: expired one second later`, late.refusal instanceof errors.JWTExpired)
  const other = await verdict(c, c.issued_at, `${c.api_secret}x`)
  check(
    `${c.name}: refused with another secret`,
    other.refusal instanceof errors.JWSSignatureVerificationFailed,
  )
}

const file = process.argv[2] ?? new URL('twilio_golden.json', import.meta.url)
for (const c of JSON.parse(readFileSync(file, 'utf8'))) {
  try {
    await compare(c)
  } catch (e) {
    check(`${c.name}: can be taken apart`, false, String(e))
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = passed > 0 && failed === 0 ? 0 : 1
