// What to do with a token of a provider whose SDK is not in this page.

const code = (text) => {
  const made = document.createElement('pre')
  made.textContent = text
  return made
}
const paragraph = (text) => {
  const made = document.createElement('p')
  made.textContent = text
  return made
}

const names = {
  twilio: ['Video', "import * as Video from 'twilio-video'"],
  stream: ['StreamVideoClient', "import { StreamVideoClient } from '@stream-io/video-client'"],
  livekit: ['LiveKit', "import * as LiveKit from 'livekit-client'"],
  jitsi: ['JitsiMeetExternalAPI', ''],
  custom: ['join', 'const join = (answer, { signal }) => yourSdk.join(answer.access_token)'],
}

export function howTo({ provider, connect, appointment_id: id }) {
  const [name, load] = names[provider] ?? names.custom
  const script = provider === 'jitsi'
    ? `<script src="https://${connect.domain}/external_api.js"><\/script>` : load
  const parent = provider === 'jitsi' ? ', { parent: element }' : ''
  return [
    paragraph(`This page has no SDK of ${provider}, and the demo's account there is made up: so ` +
      'there is no call here. Your page hands its SDK over:'),
    code(`${script}\nconst visit = await rk.join(${id}, { ${provider}: ${name} }${parent})`),
    paragraph('For a real call between these two, with picture and sound, through a Janus on this ' +
      'machine, run:'),
    code('make demo-call'),
  ]
}
