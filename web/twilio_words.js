// Twilio's errors, by their numbers.

import { again, expired, network, setup, support } from './errors.js'

export const words = {
  advice: {
    20101: setup,
    20102: setup,
    20103: `${setup} (The account or API key of the access token is not right.)`,
    20104: expired,
    20105: `The access is not valid yet: the server's clock is ahead. ${support}`,
    20106: setup,
    20107: `${setup} (The API secret is not right.)`,
    53000: `The connection to the video service was lost. ${network}`,
    53001: `The connection to the video service was lost. ${network}`,
    53002: `The video service does not answer in time. ${network}`,
    53006: 'The video service is busy. Wait a minute, then join again.',
    53105: 'The session is full. Close it in other windows and on other devices, then join again.',
    53106: 'The session does not exist (any more). Join again from the appointment\'s page.',
    53116: setup,
    53118: 'The session was ended.',
    53200: support,
    53201: support,
    53204: 'You are not in the session any more. Join again.',
    53205: 'You joined from another window or device, so this one was put out. Go on there, or ' +
      'join again here.',
    53206: 'The session does not allow this. Please tell support.',
    53400: `Sound and picture could not be set up. Update the browser. ${again}`,
    53402: `Sound and picture could not be set up. Update the browser. ${again}`,
    53404: 'This browser lacks the picture format of the session. Take a current Chrome, Edge, ' +
      'Firefox or Safari.',
    53405: `Sound and picture do not get through. ${network}`,
    53407: `Sound and picture do not get through. ${network}`,
    53500: `The video service could not be prepared. ${network}`,
    53501: `The video service could not be prepared. ${network}`,
    twilio: again,
  },
}
