// A page that joins an appointment's call. See README.md beside it.

const $ = (id) => document.getElementById(id)
const say = (state, advice = '') => {
  $('state').textContent = state
  $('advice').textContent = advice
}

// advice is for the patient; code and request id are what support asks for.
function complain({ code, message, advice, requestId }) {
  say(`${message} (${code}${requestId ? `, request ${requestId}` : ''})`, advice)
}

let leave = () => {}

async function joinTwilio(rk, id) {
  const stop = new AbortController()
  leave = () => stop.abort()
  const show = (room) => {
    say(`in the room ${room.name}`)
    const attach = (track) => track.attach && $('people').append(track.attach())
    room.localParticipant.on('trackPublished', ({ track }) => attach(track))
    for (const person of room.participants.values()) person.on('trackSubscribed', attach)
    room.on('participantConnected', (person) => person.on('trackSubscribed', attach))
  }
  show(await rk.connectTwilio(Twilio.Video, id, {
    audio: true, video: true, signal: stop.signal,
    onReconnecting: () => say('the connection was lost, joining again'),
    onReconnected: (room) => { $('people').replaceChildren(); show(room) },
    onDisconnected: (error) => {
      $('people').replaceChildren()
      if (error) complain(error)
      else say('left')
    },
  }))
}

async function joinStream(rk, id) {
  const { StreamVideoClient } = await import('./sdk/stream-video-client.js')
  const { video_room_id: callId } = await rk.request(`/api/appointments/${id}/`)
  const call = await rk.joinStream(StreamVideoClient, { callId })
  leave = () => call.leave()
  await call.camera.enable()
  await call.microphone.enable()
  say(`in the call ${callId}`)
}

async function diagnose(rk, appointmentId) {
  $('findings').replaceChildren()
  const report = await rk.diagnose({
    appointmentId,
    onProgress({ check, ok, detail, advice }) {
      const line = document.createElement('li')
      line.textContent = `${ok ? 'good' : 'bad'}: ${check}: ${detail} ${advice}`
      $('findings').append(line)
    },
  })
  say(`${report.filter(({ ok }) => !ok).length} of ${report.length} checks failed`)
}

$('form').addEventListener('submit', async (event) => {
  event.preventDefault()
  const what = event.submitter.value
  if (what === 'leave') {
    leave()
    return
  }
  say('...')
  try {
    // In your own page: import { RoomKey } from 'https://video.clinic.example/roomkey/roomkey.js'
    const { RoomKey } = await import(`${$('server').value}/roomkey/roomkey.js`)
    const rk = new RoomKey({ baseUrl: $('server').value, bearer: () => $('bearer').value })
    await { twilio: joinTwilio, stream: joinStream, diagnose }[what](rk, $('appointment').value)
  } catch (error) {
    complain(error)
  }
})
