// Logins written with jose and jsonwebtoken: `roomkey inspect`, which asks the door itself, takes
// their tokens by the keys and JWK sets that they publish.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, exportPKCS8, exportSPKI, generateKeyPair, SignJWT } from 'jose'
import jsonwebtoken from 'jsonwebtoken'

const roomkey = join(process.env.BIN_DIR, 'roomkey')
const folder = mkdtempSync(join(tmpdir(), 'roomkey-login-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

let passed = 0
let failed = 0

function file(name, content) {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

// The door's verdict on a token.
function check(name, wanted, token, variables) {
  const env = { ROOMKEY_DB: join(folder, 'none.db'), ...variables }
  const { status, stdout, stderr } = spawnSync(roomkey, ['inspect', '-'], { input: token, env })
  if (status === (wanted ? 0 : 1)) {
    passed += 1
    console.log(`ok   login ${name}`)
  } else {
    failed += 1
    console.log(`FAIL login ${name}: status ${status}\n${stdout}${stderr}`)
  }
}

const seconds = Date.now() / 1000

for (const alg of ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'EdDSA']) {
  const [own, other] = [await generateKeyPair(alg, { extractable: true }), await generateKeyPair(alg)]
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'login', use: 'sig', alg }
  const rotated = { ...(await exportJWK(other.publicKey)), kid: 'login', use: 'sig', alg }
  const encryption = { ...jwk, kid: 'enc', use: 'enc', alg: 'RSA-OAEP' }
  const token = (key) =>
    new SignJWT({ user_id: 2, aud: ['account', 'video'] })
      .setProtectedHeader({ alg, kid: 'login', typ: 'JWT' })
      .setIssuedAt(seconds - 0.5) // jose and jsonwebtoken leave fractions as they are
      .setExpirationTime(seconds + 3600.25)
      .sign(key)
  const good = await token(own.privateKey)
  const forged = await token((await generateKeyPair(alg)).privateKey)
  const forms = {
    'public key': ['PUBLIC_KEY', await exportSPKI(own.publicKey)],
    'private key': ['PUBLIC_KEY', await exportPKCS8(own.privateKey)],
    'set': ['JWKS', JSON.stringify({ keys: [encryption, jwk] })],
    'set with the key twice': ['JWKS', JSON.stringify({ keys: [jwk, jwk] })],
    'set with two keys of one kid': ['JWKS', JSON.stringify({ keys: [rotated, jwk] })],
  }
  for (const [name, [variable, content]] of Object.entries(forms)) {
    const variables = {
      ROOMKEY_JWT_ALGORITHM: alg,
      ROOMKEY_JWT_AUDIENCE: 'video',
      [`ROOMKEY_JWT_${variable}_FILE`]: file('key', content),
    }
    check(`${alg} by ${name}`, true, good, variables)
    check(`${alg} by ${name}, forged`, false, forged, variables)
  }
}

for (const alg of ['HS256', 'HS384', 'HS512']) {
  for (const end of ['\n', '\r', '\r\n']) {
    const secret = Buffer.concat([randomBytes(64), Buffer.from(`\xff\0${end}`, 'latin1')])
    const variables = {
      ROOMKEY_JWT_ALGORITHM: alg,
      ROOMKEY_JWT_SECRET_FILE: file('secret', secret),
    }
    const claims = { user_id: '2', token_type: 'access', iat: seconds - 1, exp: seconds + 3600.5 }
    const name = `${alg} by a binary secret with ${JSON.stringify(end)} behind it`
    check(name, true, jsonwebtoken.sign(claims, secret, { algorithm: alg }), variables)
    const cut = jsonwebtoken.sign(claims, secret.subarray(0, -1), { algorithm: alg })
    check(`${name}, cut`, false, cut, variables)
  }
}

console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
