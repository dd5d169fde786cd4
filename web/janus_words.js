// Janus's errors, by their numbers, and what no number is for.

import { network, setup } from './errors.js'

const gone = 'The session does not exist (any more). Join again from the appointment\'s page.'

export const words = {
  advice: {
    janus_403: `${setup} (Its access is not accepted: the secret or the clock is not right.)`,
    janus_426: gone,
    janus_432: 'The session is full. Close it in other windows and on other devices, then join ' +
      'again.',
    janus_433: `${setup} (The access to the room is not accepted.)`,
    janus_unreachable: `The video service cannot be reached. ${network}`,
    janus_lost: `The connection to the video service was lost. ${network}`,
    janus_timeout: `The video service does not answer in time. ${network}`,
    janus_media: `Sound and picture do not get through. ${network}`,
  },
}
