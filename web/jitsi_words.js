// Jitsi Meet's errors, by the last part of their names.

import { network } from './errors.js'

const refused = 'The video service does not accept the access: it has expired, or the service is ' +
  'not set up right. Join again; if it stays so, tell support.'

export const words = {
  advice: {
    jitsi_passwordRequired: refused,
    jitsi_authenticationFailed: refused,
    jitsi_authenticationRequired: refused,
    jitsi_notAllowedError: refused,
    jitsi_accessDenied: 'You were not let in. Please call the practice.',
    jitsi_maxUsersLimitReached: 'The session is full. Close it in other windows and on other ' +
      'devices, then join again.',
    jitsi_lost: `The connection to the video service was lost. ${network}`,
    jitsi_timeout: `The video service does not answer in time. ${network}`,
  },
}
