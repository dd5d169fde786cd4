// LiveKit's errors, by HTTP status, and by what their numbers mean.

import { again, network, support } from './errors.js'

const service = 'The video service'

export const words = {
  advice: {
    livekit_401: `${service} does not accept the access: it has expired, or the service is not ` +
      'set up right. Join again; if it stays so, tell support.',
    livekit_404: 'The session does not exist (any more). Join again from the appointment\'s page.',
    livekit_unreachable: `${service} cannot be reached. ${network}`,
    livekit_timeout: `${service} does not answer in time. ${network}`,
    livekit_media: `Sound and picture do not get through. ${network}`,
    livekit_elsewhere: 'You joined from another window or device, so this one was put out. Go on ' +
      'there, or join again here.',
    livekit_old: support,
    livekit_lost: `The connection to the video service was lost. ${network}`,
    livekit: again,
  },
}
