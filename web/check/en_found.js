// What the check found, in words for patients: [what it is, what to do]. Hosts, ports and
// milliseconds stand in the summary for support (summary.js).

const again = 'Then run the check again.'
const device = 'Check that it is plugged in and switched on, and that no other program is using ' +
  `it. ${again}`
const network = 'Check your internet connection, or try another network, for instance your ' +
  'mobile phone\'s. Some networks block video calls.'
const browsers = 'Use a current Chrome, Edge, Firefox or Safari.'
const clock = `In this device's settings, switch on automatic date and time. ${again}`
const support = 'Please tell support, and send the summary below.'
const later = 'Try again in a minute. If it stays so, tell support.'

export default {
  browser_ok: ['Your browser has everything that a video call needs.'],
  browser_lacks: ['Your browser lacks something that a video call needs.', `${browsers} If this ` +
    'page is open inside another app, choose “Open in browser” there.'],
  secure_ok: ['Nobody can listen in on the way to this page.'],
  secure_not: ['This page is not protected on its way to you.', 'Open this page with https:// at ' +
    'the beginning of its address.'],

  camera_looking: ['Waiting for the picture …'],
  camera_ok: ['Your camera gives a picture.'],
  camera_black: ['Your camera is on, but its picture is black.', 'Open the slide over the lens ' +
    'or take its cover off, switch on a light, and check that no key has switched the camera ' +
    'off. Or choose another camera, where there is one.'],
  microphone_listening: ['Please say a few words.'],
  microphone_ok: ['Your microphone hears you.'],
  microphone_silent: ['Your microphone is on, but nothing was heard.', 'Say a few words. If the ' +
    'bar doesn\'t move: check that no key or switch has muted the microphone, turn its volume up ' +
    'in the settings of this device, or choose another microphone, where there is one.'],
  microphone_unmeasured: ['Your microphone is on. Whether it hears you, this browser doesn\'t say.',
    `If people have not heard you before, try another browser: ${browsers}`],
  media_no: ['It does not start.', device],
  media_waiting: ['Your browser\'s question was not answered.', 'Answer your browser\'s question ' +
    `for camera and microphone with “Allow”. ${again}`],
  media_silent: ['It is on, but gives nothing.', 'A cover, a key or a setting may have switched ' +
    `it off: switch it on. ${again}`],

  server_ok: ['The server answers.'],
  server_no: ['The server does not answer as it should.', later],
  network_no: ['Nothing on the internet can be reached from here.', network],
  clock_ok: ['The clock is right.'],
  clock_ahead: ['The clock of this device is ahead.', clock],
  clock_behind: ['The clock of this device is behind.', clock],
  clock_unknown: ['The clock could not be compared.', 'See to the way to the server first.'],
  token_ok: ['You may enter the session.'],
  token_no: ['Access is not given.', support],

  signalling_ok: ['The video service answers.'],
  signalling_web_ok: ['The video service answers.'],
  signalling_blocked: ['Something blocks video calls: a VPN, a web filter, or this network.',
    'Switch off VPN, web filter and web protection, or try another network, for instance your ' +
    'mobile phone\'s. Or ask whoever runs the network: the summary below says what to allow.'],
  signalling_unreachable: ['The video service cannot be reached.', `${network} Whoever runs the ` +
    'network finds in the summary below what to allow.'],
  udp_ok: ['Sound and picture get through on the fast way.'],
  udp_blocked: ['The fast way for sound and picture is blocked in this network.', 'Your visit ' +
    'can take place all the same, with worse sound and picture. Another network is better, for ' +
    'instance your mobile phone\'s.'],
  udp_tls: ['Only the slow way for sound and picture is open in this network.', 'Your visit can ' +
    'take place all the same, with worse sound and picture. Another network is better, for ' +
    'instance your mobile phone\'s.'],
  udp_nothing: ['Both ways for sound and picture seem to be blocked in this network.',
    'Try another network, for instance your mobile phone\'s. Whoever runs this one finds in the ' +
    'summary below what to allow.'],
  udp_no: ['This browser cannot try it.', browsers],
  check_broke: ['This could not be checked.', support],
}
