// The golden tokens of the templates against jose: signature, algorithm, times to the second, and what
// each says, by what its provider documents of its tokens (the address above each).
//
//     node custom_node.mjs [GOLDEN_FILE]

import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { jwtVerify } from 'jose'

const ROOM = 'apt-47-1763138954-46eb915c'
const NINE_O_CLOCK = 1763283600 // 2025-11-16T09:00:00Z
const END = NINE_O_CLOCK + 5400
const SIDES = ['patient', 'psychologist']
const USER = { patient: 'user-2', psychologist: 'user-19' }

let passed = 0
let failed = 0

function check(name, ok, detail) {
  if (ok) {
    passed += 1
    console.log(`ok   custom ${name}`)
  } else {
    failed += 1
    console.log(`FAIL custom ${name}${detail ? `: ${detail}` : ''}`)
  }
}

const same = (name, found, wanted) =>
  check(name, found === wanted, `${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`)

// --- What each provider takes of each claim --------------------------------------------------------

const is = (wanted) => (value) => value === wanted
const of = (patient, psychologist) => (value, side) =>
  value === (side === 'patient' ? patient : psychologist)
const among = (...words) => (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => words.includes(one))
const user = (longest) => (value, side) => value === USER[side] && value.length <= longest
const text = (value) => typeof value === 'string' && value !== ''

const RULES = {
  // docs.daily.co/docs/guides/privacy-and-security/self-signing-tokens
  daily: {
    algorithm: 'HS256',
    claims: { d: text, r: is(ROOM), ud: user(36), u: text, o: of(false, true) },
  },
  // developers.zoom.us/docs/video-sdk/auth: lives 1,800 s to 48 hours
  'zoom-video-sdk': {
    algorithm: 'HS256',
    claims: {
      app_key: text,
      tpc: (value) => value === ROOM && value.length <= 200 && value === value.toLowerCase(),
      role_type: of(0, 1),
      version: is(1),
      user_identity: user(35),
    },
    life: [1800, 172800],
  },
  // @vonage/jwt and @vonage/video, generateClientToken
  vonage: {
    algorithm: 'RS256',
    claims: {
      application_id: text,
      scope: is('session.connect'),
      session_id: is(ROOM),
      role: of('publisher', 'moderator'),
      initial_layout_class_list: is(''),
      sub: is('video'),
      acl: (value) => JSON.stringify(value) === '{"paths":{"/session/**":{}}}',
      connection_data: user(1000),
      jti: text,
    },
    life: [1, 30 * 86400],
  },
  // docs.videosdk.live/api-reference/realtime-communication/authentication
  'videosdk-live': {
    algorithm: 'HS256',
    claims: {
      apikey: text,
      permissions: (value, side) =>
        among('allow_join', 'allow_mod')(value) &&
        value.includes('allow_mod') === (side === 'psychologist'),
      version: is(2),
      roomId: is(ROOM),
      participantId: user(64),
      roles: among('rtc'),
    },
  },
  // 100ms.live/docs/get-started/v2/get-started/security-and-tokens
  '100ms': {
    algorithm: 'HS256',
    claims: {
      access_key: text,
      type: is('app'),
      version: is(2),
      room_id: is(ROOM),
      user_id: user(64),
      role: of('guest', 'host'),
      nbf: is(NINE_O_CLOCK - 10),
      jti: text,
    },
    // Its script for browsers takes a token apart with atob, which knows no - and _.
    plain: true,
  },
}
const TIMES = { iat: is(NINE_O_CLOCK), exp: is(END) }

// --- Judged ---------------------------------------------------------------------------------------

const file = process.argv[2] ?? new URL('custom_golden.json', import.meta.url)
const OTHER = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
const bytes = (secret) => new TextEncoder().encode(secret)
const keyOf = (golden) =>
  golden.key_file
    ? createPublicKey(readFileSync(new URL(golden.key_file, import.meta.url)))
    : bytes(golden.secret)

const options = (rules, second) => ({
  algorithms: [rules.algorithm],
  requiredClaims: Object.keys({ ...rules.claims, ...TIMES }),
  typ: 'JWT',
  clockTolerance: 0,
  currentDate: new Date(second * 1000),
})

// jose's code of the refusal; empty where it takes the token.
async function refusal(golden, side, rules, second, key = keyOf(golden)) {
  try {
    await jwtVerify(golden[side].token, key, options(rules, second))
    return ''
  } catch (e) {
    return e.code ?? String(e)
  }
}

async function times(name, golden, side, rules) {
  const first = rules.claims.nbf ? NINE_O_CLOCK - 10 : NINE_O_CLOCK
  same(`${name}: taken in its first second`, await refusal(golden, side, rules, first), '')
  same(`${name}: taken in its last second`, await refusal(golden, side, rules, END - 1), '')
  same(`${name}: expired then`, await refusal(golden, side, rules, END), 'ERR_JWT_EXPIRED')
  if (!rules.claims.nbf) return
  const early = await refusal(golden, side, rules, first - 1)
  same(`${name}: not valid before`, early, 'ERR_JWT_CLAIM_VALIDATION_FAILED')
}

async function content(name, golden, side, rules) {
  const { token } = golden[side]
  const { payload } = await jwtVerify(token, keyOf(golden), options(rules, NINE_O_CLOCK))
  for (const [claim, takes] of Object.entries({ ...rules.claims, ...TIMES })) {
    check(`${name}: ${claim}`, takes(payload[claim], side), JSON.stringify(payload[claim]))
  }
  const unknown = Object.keys(payload).filter((one) => !(one in rules.claims || one in TIMES))
  same(`${name}: nothing that its provider does not know`, unknown.join(), '')
  const [shortest, longest] = rules.life ?? [1, Infinity]
  const life = payload.exp - payload.iat
  check(`${name}: lives as long as it may`, life >= shortest && life <= longest, life)
  if (rules.plain) check(`${name}: for atob`, !/[-_]/.test(token.split('.')[1]))
}

async function otherKeys(name, golden, side, rules) {
  const other = golden.key_file ? OTHER : bytes(`${golden.secret}x`)
  const why = await refusal(golden, side, rules, NINE_O_CLOCK, other)
  same(`${name}: refused by another key`, why, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
}

const goldens = JSON.parse(readFileSync(file, 'utf8'))
same('each provider has its rules', Object.keys(goldens).join(), Object.keys(RULES).join())
for (const [provider, rules] of Object.entries(RULES)) {
  for (const side of SIDES) {
    const name = `${provider} ${side}`
    try {
      await times(name, goldens[provider], side, rules)
      await content(name, goldens[provider], side, rules)
      await otherKeys(name, goldens[provider], side, rules)
    } catch (e) {
      check(`${name}: can be taken apart`, false, String(e))
    }
  }
}
console.log(`${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1
