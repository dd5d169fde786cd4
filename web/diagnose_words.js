// The names of diagnose()'s checks, and what it finds: [what was found, what to do]; without a
// second part it is well. {x} is filled in.

import { network } from './errors.js'

const clock = 'Set this device\'s clock: switch on automatic date and time in its settings.'
const udp = 'Try another network. For the network\'s administrator: allow {allow}.'

export const words = {
  checks: {
    browser: 'Browser',
    secure_context: 'Secure page',
    camera: 'Camera',
    microphone: 'Microphone',
    server: 'Way to the server',
    clock: 'Clock',
    token: 'Access to the appointment',
    signalling_region: 'Video service, your region',
    signalling_global: 'Video service',
    udp: 'Sound and picture (UDP)',
  },

  details: {
    browser_ok: ['has all that a video call needs'],
    browser_lacks: ['lacks {what}', 'Take a current Chrome, Edge, Firefox or Safari. In an ' +
      'app\'s built-in browser, choose "open in browser".'],
    secure_ok: ['the page is secure'],
    secure_not: ['the page did not come over https', 'Open the page with https:// at the ' +
      'beginning of its address.'],
    camera_ok: ['gives a picture of {width} x {height}'],
    microphone_ok: ['is on'],
    media_no: ['{code}', ''],
    media_waiting: ['the browser\'s question was not answered', 'Answer the browser\'s question ' +
      'for camera and microphone with "allow", then test again.'],
    media_silent: ['gives nothing', 'Switch it on: a cover, a key or a setting of the system may ' +
      'have switched it off.'],
    server_ok: ['answers in {ms} ms'],
    server_no: ['{message}', ''],
    clock_ok: ['right, within {seconds} s'],
    clock_ahead: ['{seconds} s ahead', clock],
    clock_behind: ['{seconds} s behind', clock],
    clock_unknown: ['cannot be compared: the server was not reached', 'See to the way to the ' +
      'server first.'],
    token_ok: ['good until {until}'],
    token_no: ['{message}', ''],
    signalling_ok: ['{host} connects in {ms} ms'],
    signalling_web_ok: ['{host} is reached'],
    signalling_blocked: ['{host}: web pages get through, calls (WebSocket) do not', 'A firewall, ' +
      'proxy or virus scanner blocks WebSocket. Switch off VPN and web protection, or try ' +
      'another network. For the network\'s administrator: allow wss://{host} and {allow}.'],
    signalling_unreachable: ['{host} cannot be reached', `${network} For the network's ` +
      'administrator: allow wss://{host} and {allow}.'],
    udp_ok: ['gets through'],
    udp_blocked: ['does not get through', 'Calls may work all the same, with worse sound and ' +
      `picture. ${udp}`],
    udp_tls: ['does not get through, but TLS on port 443 does', 'Calls work all the same, with ' +
      `worse sound and picture. ${udp}`],
    udp_nothing: ['does not get through, and TLS on port 443 does not either', 'Calls will have ' +
      `neither sound nor picture here. ${udp}`],
    check_broke: ['could not be tried: {message}', 'Tell support.'],
    udp_no: ['cannot be tried in this browser', 'Take a current Chrome, Edge, Firefox or Safari.'],
  },
}
