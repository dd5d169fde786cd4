// The golden Jitsi and JaaS tokens against jose: signature, algorithm, times to the second, and what
// each says, looked at as Prosody's plug-in and JaaS do.
//
//     node jitsi_node.mjs [GOLDEN_FILE]

import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { decodeProtectedHeader, jwtVerify } from 'jose'

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   jitsi ${name}`)
  } else {
    failed += 1
    console.log(`FAIL jitsi ${name}${detail ? `: ${detail}` : ''}`)
  }
}

function same(name, golden, wanted) {
  check(
    name,
    isDeepStrictEqual(golden, wanted),
    `${JSON.stringify(golden)}, not ${JSON.stringify(wanted)}`,
  )
}

const OTHER = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey

const isJaas = (c) => c.private_key !== ''
const keyOf = (c) =>
  isJaas(c) ? createPublicKey(c.private_key) : new TextEncoder().encode(c.app_secret)

function rules(c, second) {
  return {
    algorithms: [isJaas(c) ? 'RS256' : 'HS256'],
    audience: c.audience,
    issuer: isJaas(c) ? 'chat' : c.app_id,
    subject: isJaas(c) ? c.app_id : c.tenant || c.domain,
    typ: 'JWT',
    clockTolerance: 0,
    currentDate: new Date(second * 1000),
  }
}

// jose's code of the refusal; empty where it takes the token.
async function refusal(c, second, key = keyOf(c), more = {}) {
  try {
    await jwtVerify(c.token, key, { ...rules(c, second), ...more })
    return ''
  } catch (e) {
    return e.code ?? String(e)
  }
}

async function times(c) {
  const last = c.now + c.validity_seconds - 1
  same(`${c.name}: taken in its first second`, await refusal(c, c.now - 10), '')
  same(`${c.name}: taken in its last second`, await refusal(c, last), '')
  same(`${c.name}: expired then`, await refusal(c, last + 1), 'ERR_JWT_EXPIRED')
  const early = await refusal(c, c.now - 11)
  same(`${c.name}: not valid before`, early, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
}

async function content(c) {
  const { payload } = await jwtVerify(c.token, keyOf(c), rules(c, c.now))
  const leads = c.side === 'psychologist'
  same(`${c.name}: moderator`, payload.context.user.moderator, String(leads))
  same(`${c.name}: room in small letters`, payload.room, c.room.toLowerCase())
  const star = [payload.room, payload.sub].some((text) => text.includes('*'))
  check(`${c.name}: no * in room and sub`, !star)
  const texts = Object.values(payload.context.user).every((one) => typeof one === 'string')
  check(`${c.name}: the user's members are texts`, texts)
  const { kid } = decodeProtectedHeader(c.token)
  same(`${c.name}: kid`, kid, isJaas(c) ? c.key_id : undefined)
}

async function others(c) {
  const other = isJaas(c) ? OTHER : new TextEncoder().encode(`${c.app_secret}x`)
  const why = await refusal(c, c.now, other)
  same(`${c.name}: refused by another key`, why, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
  const refused = 'ERR_JWT_CLAIM_VALIDATION_FAILED'
  same(`${c.name}: of another app`, await refusal(c, c.now, keyOf(c), { issuer: 'x' }), refused)
  same(`${c.name}: of another tenant`, await refusal(c, c.now, keyOf(c), { subject: 'x' }), refused)
}

const file = process.argv[2] ?? new URL('jitsi_golden.json', import.meta.url)
for (const c of JSON.parse(readFileSync(file, 'utf8'))) {
  try {
    await times(c)
    await content(c)
    await others(c)
  } catch (e) {
    check(`${c.name}: can be taken apart`, false, String(e))
  }
}
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
