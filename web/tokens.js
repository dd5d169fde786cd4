// What an access token says, and whether that is what was announced with it. Its signature is the
// provider's business.

const seconds = (time) => Date.parse(time) / 1000

// Of a JWT; {} of anything else.
function claimsOf(token) {
  try {
    const bytes = atob(token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)))
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

// `<exp>,janus.plugin.videoroom,room=<room>:<signature>`
function janusClaims(token) {
  const [, exp, room] = /^(\d+),[\w.]+,room=([^:,]+):/.exec(token) ?? []
  return { exp: Number(exp), room }
}

const lower = (text) => String(text).toLowerCase()

// [name, as announced, as the token says] each; Jitsi's servers fold a room's name.
const parts = {
  __proto__: null,
  twilio: ({ grants }, { room_name: room, user_identity: identity }) => [
    ['room', room, grants?.video?.room], ['identity', identity, grants?.identity]],
  livekit: ({ sub, video }, { room_name: room, user_identity: identity }) => [
    ['room', room, video?.room], ['identity', identity, sub]],
  stream: (claims, { connect }) => [
    ['call', `${connect?.call_type}:${connect?.call_id}`, claims.call_cids?.[0]],
    ['user', connect?.user_id, claims.user_id]],
  jitsi: ({ room }, { connect }) => [['room', lower(connect?.room), lower(room)]],
  janus: ({ room }, { connect }) => [['room', connect?.room, room]],
  custom: () => [],
}

// {iat, exp, ...}. A template may leave both out: then they are what was announced.
export function said({ access_token: token, token: alone, provider, ...announced }) {
  const claims = provider === 'janus' ? janusClaims(token) : claimsOf(token ?? alone)
  const { expires_at: until, expires_in: life } = announced
  const exp = provider === 'custom' ? seconds(until) : claims.exp
  return { ...claims, exp, iat: claims.iat ?? claims.nbf ?? exp - life }
}

export function differs(name, announced, found) {
  return announced !== undefined && announced === found ? null
    : ['bad_token', `the access token's ${name} is not the one that was announced`]
}

// Of the answer for an appointment: null, or what is wrong with it.
export function faultOf(answer, claims, number) {
  const named = parts[answer.provider ?? 'twilio'] ?? parts.custom
  const faults = [...named(claims, answer),
    ['exp', seconds(answer.expires_at), Math.floor(claims.exp)],
    // Past 2^53 both are rounded alike.
    ['appointment', answer.appointment_id, Number(number)]]
  return faults.map((each) => differs(...each)).find(Boolean) ?? null
}
